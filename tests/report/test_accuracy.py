"""Accuracy against truth: judged frames, the strict figure beside, and families without truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from synth.envs import PlainFamily, PlainSimulator, TimeStep, registry
from synth.report import measure_accuracy
from synth.reward import Reward
from synth.spec import parse_spec

PROGRAM = """\
def started(frame, initial):
    return bool(frame[0, 0, 0] > 0)


def reached(frame, initial):
    return bool(frame[0, 0, 0] >= {at})


SUBTASKS = [started, reached]
"""
GOAL = 5


class Count(PlainSimulator):
    """Counts up; at `GOAL` is success, and the seed 40001 is solved at the start."""

    truth = True

    def reset(self, seed, *, draw=True):
        """Start at 0."""
        self.at = GOAL if seed == 40_001 else 0
        return self._seen(draw=draw)

    def step(self, action, *, draw=True):
        """Count."""
        self.at += 1
        return self._seen(draw=draw)

    def _seen(self, *, draw):
        frame = np.full((4, 4, 3), self.at, np.uint8) if draw else np.zeros((0, 0, 3), np.uint8)
        margin = self.at - GOAL + 0.5
        truth = {"moved": self.at > 0} if self.truth else {}
        return TimeStep(frame, 0.0, margin > 0, False, truth, margin=margin)

    def random_action(self, rng):
        """There is one."""
        return 0

    def resolution(self):
        """So that the frames beside the threshold are in a band of one pixel."""
        return 1.0


class CountFamily(PlainFamily):
    """Makes it."""

    name = "count"

    def claims(self, env_id):
        """Its own id."""
        return env_id == "Count-v0"

    def make(self, spec):
        """One of them."""
        simulator = Count()
        simulator.truth = spec.options.get("truth", True)
        return simulator


FAMILY = CountFamily()


def count(simulator):
    """The expert."""
    while True:
        yield 0


@pytest.fixture
def spec(monkeypatch):
    """The task."""
    monkeypatch.setattr(registry, "HOMES", ((__name__, "FAMILY"), *registry.HOMES))
    return parse_spec(
        f'env = "Count-v0"\nmax_steps = 9\n[expert]\npolicy = "{__name__}:count"\nepisodes = 2\n'
        "hold = 3\n[random]\nepisodes = 2\n[held_out]\nepisodes = 2\n",
        name="count",
    )


def measured(spec, at=GOAL):
    """The figures of a program that takes `at` for the threshold."""
    with Reward(PROGRAM.format(at=at)) as reward:
        return measure_accuracy(spec, reward, seeds=10)


def test_only_judged_frames_count_and_the_strict_figure_stands_beside(spec):
    """One frame too early, inside the band, is wrong only strictly."""
    started, reached = measured(spec, at=GOAL - 1).subtasks
    assert (reached.predicate, reached.wrong, reached.strictly_wrong) == ("success", 0, 20)
    assert reached.frames < started.frames
    assert (started.predicate, started.wrong) == ("moved", 0)
    assert measured(spec, at=GOAL - 2).subtasks[-1].wrong == 20


def test_seeds_that_do_not_serve_are_counted(spec):
    """A seed that is solved at the start is passed over, and another takes its place."""
    figures = measured(spec)
    assert figures.skipped == 1
    assert figures.experts_in_order == 10


def test_without_truth_only_the_goal_has_figures(spec):
    """No predicate is made up for the others."""
    bare = spec.model_copy(update={"options": {"truth": False}})
    started, reached = measured(bare).subtasks
    assert (started.predicate, started.frames, started.agreement) == ("", 0, 1.0)
    assert replace(reached, frames=0).wrong == 0
