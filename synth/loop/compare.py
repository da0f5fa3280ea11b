"""How a new reward compares with the committed one.

Both are run on the same held-out frames. Their sub-tasks may bear different names, and be
of different number, so that they are compared by position, counted from the goal
backwards. What a difference is worth is said only where it is plain: by the tests passed,
and by the speed target.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.errors import RewardError
from synth.loop.judge import SuiteJudge, Timing
from synth.program import parse
from synth.sandbox import CONFINED, Cell
from synth.verdicts import Footage, ask

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from synth.loop.judge import Task
    from synth.plan import Plan
    from synth.sandbox import Sandboxes

__all__ = ["Agreement", "Comparison", "Side", "compare"]

SLOWER = 4.0
"""Times as slow that another program may be before it is worse for that alone."""
TURNS = 3
"""How often both are timed, one after the other, so that a busy moment meets both."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two rewards.

    Attributes:
        subtasks: Names in plan order.
        passed: Visible and held-out tests that it passes under its own plan.
        failed: Those that it fails, or that could not be made.
        single: Microseconds a frame one by one, or ``None`` where it cannot be run.
        batched: Microseconds a frame in batches, likewise.
        lines: Of its source.
    """

    subtasks: tuple[str, ...]
    passed: int
    failed: int
    single: float | None
    batched: float | None
    lines: int

    @property
    def passes(self) -> bool:
        """Whether it passes every test."""
        return self.passed > 0 and not self.failed


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often two checkers say the same.

    Attributes:
        committed: Name of the committed reward's checker.
        candidate: Name of the candidate's.
        same: Share of the held-out frames on which they agree.
        frames: How many frames that is out of.
    """

    committed: str
    candidate: str
    same: float
    frames: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A candidate beside the committed reward.

    Attributes:
        agreements: By position from the goal backwards, the goal first; empty where one
            of the two cannot be run.
        target: Microseconds a frame that the spec asks for.
    """

    committed: Side
    candidate: Side
    agreements: tuple[Agreement, ...]
    target: float

    @property
    def goal(self) -> Agreement | None:
        """How far the two agree on the goal."""
        return self.agreements[0] if self.agreements else None

    @property
    def worse(self) -> bool:
        """Whether the candidate fails more tests, or is much too slow where the other is not."""
        if not self.candidate.passes:
            return self.candidate.failed > self.committed.failed
        return self.slower

    @property
    def slower(self) -> bool:
        """Whether the candidate misses the spec's target and takes over four times as long.

        In batches as well: one by one it also counts whether a processor was free for its worker.
        """
        one, other = self.candidate, self.committed
        if one.single is None or other.single is None:
            return False
        # Two programs that pass may well differ by a factor of two, and a busy machine adds more.
        alone = one.single > max(self.target, SLOWER * other.single)
        return alone and (one.batched or 0.0) > SLOWER * (other.batched or 0.0)


def compare(
    task: Task,
    committed: tuple[str, Plan],
    candidate: tuple[str, Plan],
    *,
    folder: Path,
    sandboxes: Sandboxes = CONFINED,
) -> Comparison:
    """Judge, time and compare two rewards of one task.

    Args:
        task: Spec and episodes.
        committed: Source and plan of the committed reward.
        candidate: Source and plan of the other.
        folder: The task's folder.
        sandboxes: Where programs run.

    Raises:
        SandboxUnavailable: This machine cannot confine them.
    """
    judge = SuiteJudge(task, folder, sandboxes=sandboxes)
    rewards = (committed, candidate)
    times = _times(judge, [source for source, _ in rewards])
    sides = [_side(task, judge, *reward, time) for reward, time in zip(rewards, times, strict=True)]
    holds = [_holds(task, source, sandboxes) for source, _ in rewards]
    agreements: list[Agreement] = []
    one, other = holds
    if one is not None and other is not None:
        # From the goal backwards: plans may differ in length, and the goal is the last of both.
        for back in range(1, min(one.shape[1], other.shape[1]) + 1):
            same = float((one[:, -back] == other[:, -back]).mean())
            names = (sides[0].subtasks[-back], sides[1].subtasks[-back])
            agreements.append(Agreement(*names, same, len(one)))
    target = task.spec.target.microseconds_per_frame
    return Comparison(sides[0], sides[1], tuple(agreements), target)


def _times(judge: SuiteJudge, sources: list[str]) -> list[Timing | None]:
    """The least of each of a program's figures over its turns; ``None`` if it cannot be run."""
    best: list[Timing | None] = [None] * len(sources)
    for _ in range(TURNS):
        for k, source in enumerate(sources):
            with contextlib.suppress(RewardError):  # it cannot be run, which its tests tell
                now, before = judge.speed(source), best[k]
                if before is not None:
                    least = min(now.single, before.single), min(now.batched, before.batched)
                    now = Timing(*least, now.profile)
                best[k] = now
    return best


def _side(task: Task, judge: SuiteJudge, source: str, plan: Plan, timing: Timing | None) -> Side:
    visible = judge.visible(source, plan)
    held_out = judge.held_out(source, plan, task.store.generation)
    return Side(
        subtasks=plan.names,
        passed=len(visible.passed) + held_out.passed,
        failed=len(visible.failed) + held_out.failed,
        single=timing.single if timing else None,
        batched=timing.batched if timing else None,
        lines=len(source.splitlines()),
    )


def _holds(task: Task, source: str, sandboxes: Sandboxes) -> NDArray[np.bool_] | None:
    """``bool[P, K]`` over the distinct held-out pairs of frame and initial frame."""
    held_out = task.store.select(split="held_out")
    shown = [Footage(task.store.frames, e.frame_index, e.mission) for e in held_out]
    try:
        answers = ask(parse(source), shown, sandboxes=sandboxes)
    except RewardError:
        return None
    holds: NDArray[np.bool_] = answers.cells == Cell.TRUE
    return holds
