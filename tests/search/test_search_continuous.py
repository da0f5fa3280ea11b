"""The search where actions have no end: faults near the threshold, few pictures, plain finds."""

from __future__ import annotations

import numpy as np
import pytest
import reach_world
from reach_world import FAMILY, PIXEL, PROGRAM, RADIUS, TEST, reach_spec

from synth.envs import registry
from synth.program import parse
from synth.record import Seeds
from synth.search import hunt
from synth.search.sorties import Scout
from synth.task.found import play

EPISODES = 120
WIDE = PROGRAM.replace(TEST, f"right * right + down * down < {RADIUS + 2 * PIXEL} ** 2")
NOT_FROM_THE_RIGHT = PROGRAM.replace(TEST, f"{TEST} and right < 0.02")
BEYOND = PROGRAM.replace(TEST, f"{TEST} or right > 0.3")
ALMOST = PROGRAM.replace(TEST, f"right * right + down * down < {RADIUS + 0.5 * PIXEL} ** 2")
TWO_STEPS = PROGRAM.replace(
    "SUBTASKS = [reached]",
    "def from_below(frame, initial):\n    return apart(frame)[1] > 0.2\n\n\n"
    "SUBTASKS = [from_below, reached]",
)


@pytest.fixture(autouse=True)
def reach(monkeypatch):
    """The world is one that synth knows."""
    monkeypatch.setattr(registry, "HOMES", ((reach_world.__name__, "FAMILY"), *registry.HOMES))


def search(source: str, *, pixels: float = 1.0):
    """Search for what is wrong with a program."""
    spec = reach_spec(pixels=pixels)
    return hunt(spec, parse(source), seeds=Seeds.of(spec).visible_search, episodes=EPISODES)


FAULTS = [
    (WIDE, "false_positive"),
    (NOT_FROM_THE_RIGHT, "false_negative"),
    (BEYOND, "false_positive"),
    (TWO_STEPS, "skipped_subtask"),
]


@pytest.mark.parametrize(("source", "kind"), FAULTS)
def test_a_planted_fault_is_found_and_can_be_played_again(source, kind):
    """Whether at the edge, on one side, far beyond or in the plan, it is found in few episodes."""
    (one,) = search(source).counterexamples
    assert one.kind == kind
    again = play(reach_spec(), one.find)
    assert np.array_equal(again.frames, one.rollout.frames)
    assert one.frame == len(one.find.actions) == len(one.rollout)
    assert one.rollout.judged[-1]


def test_no_more_is_played_than_asked_for_however_cheap_play_is(monkeypatch):
    """Every step of a drawn episode is looked at, so that a simulator's states save nothing."""
    monkeypatch.setattr(Scout, "is_cheap", staticmethod(lambda _: True))
    spec = reach_spec()
    seeds = Seeds.of(spec).visible_search
    assert 0 < hunt(spec, parse(PROGRAM), seeds=seeds, episodes=20).episodes <= 20


def test_nothing_is_found_against_a_program_that_is_right_where_it_counts():
    """Half a pixel off is no fault inside a band of one pixel."""
    assert not search(PROGRAM).counterexamples
    assert not search(ALMOST).counterexamples


def test_without_a_band_half_a_pixel_is_a_fault():
    """`pixels = 0` judges every frame."""
    (one,) = search(ALMOST, pixels=0.0).counterexamples
    assert one.kind == "false_positive"


def test_no_program_is_blamed_for_a_success_that_is_hidden(monkeypatch):
    """That a frame hides what decides is known once it is drawn; what is missed there is not."""
    assert search(NOT_FROM_THE_RIGHT).counterexamples
    monkeypatch.setattr(FAMILY, "hides", True)
    assert not search(NOT_FROM_THE_RIGHT.replace("0.02", "0.0")).counterexamples


def test_the_same_search_gives_the_same_counterexamples():
    """Same program, spec and bounds: same episodes tried, same finds."""
    runs = [search(NOT_FROM_THE_RIGHT) for _ in range(2)]
    assert runs[0].counterexamples[0].find == runs[1].counterexamples[0].find
    assert runs[0].episodes == runs[1].episodes


def test_few_frames_are_drawn():
    """A frame far from the threshold is drawn once in ten, so most steps have no picture."""
    assert search(PROGRAM).episodes > EPISODES / 2
    assert FAMILY.made.pictures < 0.4 * FAMILY.made.steps


def test_finds_are_plain_and_no_floats_are_printed():
    """What can stand still or be round is, and the sentence counts the actions only."""
    (one,) = search(BEYOND).counterexamples
    numbers = [part for action in one.find.actions for part in action]
    assert sum(number == round(number, 1) for number in numbers) > len(numbers) / 2
    assert not one.shortest
    assert one.words == ()
    assert one.sentence.startswith(
        f"search, seed {one.find.seed}, {one.frame} actions: reached holds at frame {one.frame}, "
        "but the environment reports no success; it is a short episode that shows it. The "
        "nearest success of this layout differs in "
    )
