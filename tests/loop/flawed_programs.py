"""Programs that lie on episodes of certain seeds, and a search that finds them.

A program is one of `squares.program` whose goal says on which seeds it lies: ``lies on 7 9``.
`Liars` stands for the suite: its search finds the first of them, plain and deterministic,
and every episode found by then is judged as well. `played` stands for the simulator.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from squares import Markers, block, episode, function, markers, program

from synth.episode import Rollout
from synth.failure import Failure, Find
from synth.loop.verdict import Verdict
from synth.sandbox import CONFINED

if TYPE_CHECKING:
    from synth.loop.episodes import Episodes
    from synth.plan import Plan
    from synth.sandbox import Sandboxes
    from synth.spec import Spec

KNOWN, LIVE = "search::known_finds_are_told_right", "search::no_lie_is_found"
GROUNDLESS = "the goal holds without success"


def liar(*seeds: int, microseconds: int = 50) -> str:
    """A program that lies on these seeds, and on no other."""
    told = f"lies on {' '.join(map(str, seeds))}" if seeds else "good"
    return program(goal=told, microseconds=microseconds)


def mended(*seeds: int) -> str:
    """An answer that repairs the goal, but for these seeds."""
    told = f"lies on {' '.join(map(str, seeds))}" if seeds else "good"
    return block(function("reach_goal", told))


def find_of(seed: int) -> Find:
    """What the search finds on a seed."""
    return Find(seed, (0, 1, 2), GROUNDLESS)


def played(spec: Spec, find: Find) -> Rollout:
    """Stands for `synth.task.found.play`."""
    assert spec.name == "squares"
    frames, made = episode("played", seed=find.seed, wander=True)
    return Rollout(
        frames=np.stack(frames),
        actions=find.actions,
        rewards=made.rewards,
        success=made.success,
        truth=made.truth,
        seed=find.seed,
        policy="search",
    )


class Liars(Markers):
    """Like `Markers`, with a group of tests for what is found. Made as `SuiteJudge` is."""

    can_search: ClassVar[bool] = True

    def __init__(
        self, episodes: Episodes, folder: Path, *, sandboxes: Sandboxes = CONFINED
    ) -> None:
        super().__init__()
        assert folder.name
        assert not sandboxes.unsafe
        self.episodes = episodes

    def visible(self, source: str, plan: Plan) -> Verdict:
        """See `synth.loop.Judge`."""
        before = super().visible(source, plan)
        if not before.passes:
            return before
        told = markers(source)["reach_goal"]
        lies = [int(seed) for seed in told.split()[2:]] if told.startswith("lies on") else []
        found = [e for e in self.episodes.store.select(kind="found") if e.seed in lies]
        failures = [
            Failure(
                KNOWN, "search", f"{e.id}: {GROUNDLESS}", e.id, 3, "reach_goal", "False", "True"
            )
            for e in found
        ]
        tests = {KNOWN: bool(found)}
        if self.can_search:
            tests[LIVE] = bool(lies)
            for seed in lies[:1]:
                message = f"search, seed {seed}: {GROUNDLESS}"
                failures.append(
                    Failure(
                        LIVE,
                        "search",
                        message,
                        None,
                        3,
                        "reach_goal",
                        "False",
                        "True",
                        find=find_of(seed),
                    )
                )
        passed = [*before.passed, *(test for test, failed in tests.items() if not failed)]
        return Verdict.of(passed, [test for test, failed in tests.items() if failed], failures)


class Blind(Liars):
    """The same where no simulator is installed: nothing new can be found."""

    can_search = False
