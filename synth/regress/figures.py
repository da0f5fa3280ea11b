"""What is known of a reward: by its suite, by truth, by labels, by its size, speed and cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.errors import RewardError
from synth.loop.adopt import RecordedTask
from synth.loop.judge import SuiteJudge
from synth.program import parse
from synth.regress.attempt import GroupCount, goal_right
from synth.report.accuracy import SubTaskAccuracy, best_match
from synth.sandbox import CONFINED
from synth.task.labels import in_force
from synth.verdicts import Footage, ask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from synth.episode import EpisodeStore
    from synth.loop import Provenance
    from synth.regress.attempt import Attempted
    from synth.regress.frames import Watched
    from synth.sandbox import Sandboxes
    from synth.task import TaskFolder

__all__ = [
    "LabelCount",
    "RewardFigures",
    "against_truth",
    "by_labels",
    "of_attempt",
    "of_committed",
]


@dataclass(frozen=True, slots=True)
class LabelCount:
    """Of how many committed labels a reward says the same."""

    right: int
    labels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardFigures:
    """What is known of one reward.

    Attributes:
        groups: Visible tests by group, the search for counterexamples left out of the committed
            reward's: its audit makes that.
        held_out_passed: Held-out tests passed.
        held_out_failed: Held-out tests failed, or not to be made.
        held_out_right: Share of the judged held-out frames on which the goal says what the
            environment says; ``None`` where it cannot be run.
        lines: Of the program.
        single: Microseconds a frame one by one, or ``None`` where it was not measured.
        batched: Microseconds a frame in batches, likewise.
        rounds: Rounds in which it came about.
        calls: Requests answered for it.
        input_tokens: Of all calls.
        output_tokens: Of all calls.
        cost: Money of all calls, or ``None`` where no price is known.
        truth: Each sub-task against simulator truth on fresh episodes; none without a simulator.
        labels: Of the committed labels; ``None`` where there are none, or it was not asked.
    """

    groups: tuple[GroupCount, ...] = ()
    held_out_passed: int = 0
    held_out_failed: int = 0
    held_out_right: float | None = None
    lines: int = 0
    single: float | None = None
    batched: float | None = None
    rounds: int = 0
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    truth: tuple[SubTaskAccuracy, ...] = ()
    labels: LabelCount | None = None

    @property
    def passes(self) -> bool:
        """Whether it passes every test that was made."""
        failed = self.held_out_failed + sum(group.failed for group in self.groups)
        return self.held_out_passed > 0 and not failed

    @property
    def goal(self) -> SubTaskAccuracy | None:
        """The goal against success."""
        return self.truth[-1] if self.truth else None


def of_attempt(went: Attempted) -> RewardFigures:
    """What an attempt found out about its program."""
    return RewardFigures(
        groups=went.groups,
        held_out_passed=went.held_out_passed,
        held_out_failed=went.held_out_failed,
        held_out_right=went.held_out_right,
        lines=went.lines,
        single=went.single,
        batched=went.batched,
        rounds=went.rounds,
        calls=went.calls,
        input_tokens=went.input_tokens,
        output_tokens=went.output_tokens,
        cost=went.cost,
    )


def of_committed(
    task: TaskFolder, source: str, record: Provenance | None, sandboxes: Sandboxes = CONFINED
) -> RewardFigures:
    """Judge and time the committed reward as it is today.

    Args:
        task: Its folder.
        source: Its text.
        record: Its provenance, for what it cost; ``None`` where there is none.
        sandboxes: Where it runs.

    Raises:
        SandboxUnavailable: This machine cannot confine it.
    """
    spec = task.spec.model_copy(update={"search": None})
    judge = SuiteJudge(RecordedTask(spec, task.store), task.path, sandboxes=sandboxes)
    verdict = judge.visible(source, task.plan)
    held_out = judge.held_out(source, task.plan, task.store.generation)
    try:
        timing = judge.speed(source)
    except RewardError:
        timing = None
    return RewardFigures(
        groups=tuple(GroupCount(g, *counts) for g, counts in verdict.groups.items()),
        held_out_passed=held_out.passed,
        held_out_failed=held_out.failed,
        held_out_right=goal_right(source, task.store, sandboxes),
        lines=len(source.splitlines()),
        single=timing.single if timing else None,
        batched=timing.batched if timing else None,
        rounds=record.rounds if record else 0,
        calls=record.calls if record else 0,
        input_tokens=record.input_tokens if record else 0,
        output_tokens=record.output_tokens if record else 0,
    )


def against_truth(
    store: EpisodeStore, watched: Watched, meant: Mapping[str, NDArray[np.bool_]]
) -> tuple[SubTaskAccuracy, ...]:
    """Each sub-task of a program against simulator truth on fresh episodes.

    Args:
        store: The episodes.
        watched: What the program says of them.
        meant: For sub-tasks that have a partner in the committed program, ``bool[N]``: its
            verdicts. They say which predicate is meant: a bad reward must not choose what it is
            measured by.
    """
    episodes = store.episodes
    names = sorted(set.intersection(*(set(e.truth) for e in episodes)))
    truth = {name: np.concatenate([e.truth[name] for e in episodes]) for name in names}
    truth["success"] = np.concatenate([e.success for e in episodes])
    judged = np.concatenate([e.judged for e in episodes])
    return tuple(
        best_match(
            name,
            watched.column(name),
            truth,
            judged,
            goal=name == watched.subtasks[-1],
            meant=meant.get(name),
        )
        for name in watched.subtasks
    )


def by_labels(
    task: TaskFolder,
    source: str,
    partners: Mapping[str, str],
    sandboxes: Sandboxes = CONFINED,
) -> LabelCount | None:
    """Of how many committed labels a program says the same.

    Args:
        task: The committed folder.
        source: The program.
        partners: Which of its sub-tasks stands for each of the committed plan's; labels of others
            are left out.
        sandboxes: Where it runs.

    Returns:
        The count, or ``None`` where no label applies.

    Raises:
        ProgramFault: The program cannot be run.
    """
    known = [
        (label, exhibit)
        for label, exhibit in in_force(task.labels, task.plan, task.store)
        if label.subtask in partners
    ]
    if not known:
        return None
    shown = [Footage(np.stack([e.initial, e.frame]), np.arange(2), e.mission) for _, e in known]
    program = parse(source)
    names = [name for stage in program.stages for name in stage]
    answers = ask(program, shown, sandboxes=sandboxes)
    right = sum(
        bool(answers.holds(k)[1, names.index(partners[label.subtask])]) == label.holds
        for k, (label, _) in enumerate(known)
    )
    return LabelCount(right, len(known))
