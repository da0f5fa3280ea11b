"""Whether every success passes through every sub-task, in the plan's order.

What fails here is taken for a fault of the plan: the group comes last in the cascade, after
the program's checkers have done right by experts, random episodes and near misses, and a
success of the environment cannot be wrong. That a checker is blind to one way of doing its
sub-task looks the same from here; whoever plans again may come to the same plan.

Three faults are told apart: a sub-task that a success does without, stages in the wrong
order, and an order where any will do. A missing stage is not: a long time without credit
may as well be a long way to walk.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from synth.suite.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from synth.episode import Episode, Split
    from synth.failure import Failure
    from synth.suite.registry import Case

__all__: list[str] = []

ENOUGH = 2
"""Successes that must agree before a plan's order is called wrong."""


@check("necessity")
def every_success_credits_every_subtask(case: Case) -> Iterator[Failure]:
    """No success does without a sub-task of the plan, and none needs another order."""
    for split in case.subject.splits:
        found = list(_orders(case, split))
        yield from found
        explained = {failure.subtask for failure in found}
        yield from (f for f in _skips(case, split) if f.subtask not in explained)


def _skips(case: Case, split: Split) -> Iterator[Failure]:
    """The first sub-task that a success skips, once for each sub-task."""
    evidence, gate = case.evidence, case.subject.task.spec.gate.expert_completion
    successes = _successes(case, split)
    skipping = [e for e in successes if _first_skipped(case, e) >= 0]
    if len(successes) - len(skipping) >= gate * len(successes):
        return
    stage_of = [i for i, stage in enumerate(evidence.stages) for _ in stage]
    told: set[int] = set()
    for episode in sorted(skipping, key=lambda e: e.kind == "expert"):
        k = _first_skipped(case, episode)
        if k in told:
            continue
        told.add(k)
        name, end = evidence.subtasks[k], int(np.argmax(episode.success))
        number = sum(_first_skipped(case, e) == k for e in skipping)
        held = np.flatnonzero(evidence.holds(episode)[: end + 1, k])
        before = [j for j in range(k) if stage_of[j] < stage_of[k]]
        if len(held):
            earlier = evidence.subtasks[
                max(before, key=lambda j: evidence.credit(episode).first[j])
            ]
            what = (
                f"{name} holds there at frame {held[-1]} for the last time, before {earlier} "
                f"is achieved: the plan is wrong to put {name} after {earlier}, and should leave "
                "it out or put both in one stage."
            )
        else:
            what = (
                f"{name} holds on none of its frames: a success can do without {name}, so the "
                "plan is wrong, not the program. Leave it out of the plan."
            )
        yield case.failure(
            f"{_called(episode)} succeeds at frame {end}, but {what} It is skipped in {number} of "
            f"{len(successes)} successes.",
            episode=episode,
            frame=end,
            subtask=name,
            expected=f"{name} is credited in every success",
            actual=f"skipped in {number} of {len(successes)}",
        )


@dataclass(frozen=True, slots=True)
class _Order:
    """In which successes one sub-task was over and done before another began, and vice versa."""

    as_planned: tuple[Episode, ...]
    reversed: tuple[Episode, ...]


def _orders(case: Case, split: Split) -> Iterator[Failure]:
    """Pairs of sub-tasks of different stages, the goal left out, that come the other way."""
    evidence, names = case.evidence, case.evidence.subtasks
    stage_of = [i for i, stage in enumerate(evidence.stages) for _ in stage]
    told: set[int] = set()
    for j, k in combinations(range(len(names) - 1), 2):
        if stage_of[j] == stage_of[k] or k in told:
            continue
        order = _order(case, split, j, k)
        if not order.reversed:
            continue
        example = order.reversed[0]
        shown = _frames_of_first(evidence.holds(example), j, k)
        if order.as_planned:
            told.add(k)
            other = order.as_planned[0]
            message = (
                f"{_called(example)}: {names[k]} is achieved at frame {shown[1]} and {names[j]} "
                f"at frame {shown[0]}, the other way round than in {_called(other)}, and both "
                "succeed: the plan is wrong to impose an order where any will do. Put "
                f"{names[j]} and {names[k]} in one stage."
            )
        elif len(order.reversed) >= ENOUGH:
            told.add(k)
            message = (
                f"{_called(example)}: {names[k]} is achieved at frame {shown[1]}, before "
                f"{names[j]} at frame {shown[0]}, and so in all {len(order.reversed)} successes "
                f"in which one clearly comes first: the plan has them in the wrong order. Put "
                f"{names[k]} before {names[j]}."
            )
        else:
            continue
        yield case.failure(
            message,
            episode=example,
            frame=shown[1],
            subtask=names[k],
            expected=f"{names[j]} before {names[k]}, as the plan has it",
            actual=f"{names[k]} before {names[j]}",
        )


def _order(case: Case, split: Split, j: int, k: int) -> _Order:
    """The successes in which the order of two sub-tasks is beyond doubt.

    It is where all the times at which one began to hold come before all those of the other:
    what was done, undone and done again on both sides of the other says nothing.
    """
    planned, swapped = [], []
    for episode in _successes(case, split):
        holds = case.evidence.holds(episode)[: int(np.argmax(episode.success)) + 1]
        one, other = _rises(holds[:, j]), _rises(holds[:, k])
        if not len(one) or not len(other):
            continue
        if one[-1] < other[0]:
            planned.append(episode)
        elif other[-1] < one[0]:
            swapped.append(episode)
    return _Order(tuple(planned), tuple(swapped))


def _rises(holds: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Frames at which a sub-task begins to hold."""
    rises: NDArray[np.int64] = np.flatnonzero(holds & ~np.concatenate([[False], holds[:-1]]))
    return rises


def _frames_of_first(holds: NDArray[np.bool_], j: int, k: int) -> tuple[int, int]:
    return int(np.argmax(holds[:, j])), int(np.argmax(holds[:, k]))


def _successes(case: Case, split: Split) -> list[Episode]:
    """Episodes of every kind in which the environment reports success after the start."""
    return [e for e in case.subject.episodes(split=split) if e.success.any() and not e.success[0]]


def _first_skipped(case: Case, episode: Episode) -> int:
    """The first sub-task not credited by the time of success, or -1."""
    end, first = int(np.argmax(episode.success)), case.evidence.credit(episode).first
    missing = (k for k in range(len(first) - 1) if not 0 <= first[k] <= end)
    return next(missing, -1)


def _called(episode: Episode) -> str:
    """The episode's id, and how it was made where that was recorded."""
    return f"{episode.id} ({episode.note})" if episode.note else episode.id
