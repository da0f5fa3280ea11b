"""Whether every success passes through every sub-task, in the plan's order.

What fails here is taken for a fault of the plan: the group comes last in the cascade, after
the program's checkers have done right by experts, random episodes and near misses, and a
success of the environment cannot be wrong. That a checker is blind to one way of doing its
sub-task looks the same from here; whoever plans again may come to the same plan.

Four faults are told apart: a sub-task that a success does without, stages in the wrong
order, an order where any will do, and a missing stage. That one is missing is only said where
every success changes something in the scene for good and no sub-task tells of it: a long
time without credit may as well be a long way to walk.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from synth.suite.checks.late import overlooked
from synth.suite.diagnosis import count
from synth.suite.registry import check
from synth.suite.scene_events import (
    lasting_changes,
    offsets,
    require_events,
    told,
    unnoticed,
    where,
)
from synth.suite.successes import success_frame, successes
from synth.suite.things import meant_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from synth.episode import Episode, Split
    from synth.failure import Failure
    from synth.suite.registry import Case

__all__: list[str] = []

ENOUGH = 2
"""Successes that must refute a plan's order: one alone may have happened on a thing to spare."""


@check("necessity")
def every_success_credits_every_subtask(case: Case) -> Iterator[Failure]:
    """No success does without a sub-task of the plan, and none needs another order."""
    case.require(case.plan.names[1:], "necessity", "the plan is the goal alone")
    case.require(successes(case.subject), "necessity", "no episode succeeds after its start")
    for split in case.subject.splits:
        found = [*_needless(case, split)]
        found += _orders(case, split, known={f.subtask for f in found})
        yield from found
        yield from _too_early(case, split, known={f.subtask for f in found})


@check("necessity")
def every_change_is_noticed(case: Case) -> Iterator[Failure]:
    """No success needs a lasting change of the scene that no sub-task tells of."""
    require_events(case, experts=ENOUGH)
    for split in case.subject.splits:
        recorded = told(case.subject, split)
        experts = [e for e in recorded if e.kind == "expert"]
        if len(experts) < ENOUGH:
            continue
        known = offsets(case.evidence, recorded)  # a checker that is off is not a missing stage
        missed = {
            e.id: [c for n, c in unnoticed(case.evidence, e) if n not in known] for e in recorded
        }
        # One success with every change noticed shows that the rest can be done without.
        if not all(missed.values()):
            continue
        example = experts[0]
        change = missed[example.id][0]
        late = [
            case.evidence.subtasks[column]
            for column, number in meant_for(case.evidence, experts).items()
            if number < len(lasting_changes(example))
            and lasting_changes(example)[number].frame == change.frame
        ]
        perhaps = (
            f" If {late[0]} is meant for it, which first holds a few frames after, it is late: "
            "mend the program, and leave the plan as it is."
            if late
            else ""
        )
        yield case.failure(
            f"a stage is missing: in all {count(len(experts), 'expert episode')} something "
            f"changes for good on the way to success ({where(change)} at frame {change.frame} of "
            f"{example.id}) and no sub-task notices; add a sub-task for it. One that is meant "
            f"for it must begin to hold on that very frame.{perhaps}",
            episode=example,
            frame=change.frame,
            expected="a sub-task begins to hold where the scene changes for good",
            actual="none does",
        )


def _needless(case: Case, split: Split) -> Iterator[Failure]:
    """Sub-tasks that hold nowhere in some success."""
    evidence, every = case.evidence, successes(case.subject, split)
    missed = overlooked(case, split)
    for k, name in enumerate(evidence.subtasks[:-1]):
        # Where its thing did change the program is late or blind; `late` says so, and where.
        blind = {e.id for e, _ in missed.get(k, ())}
        without = [
            e for e in every if e.id not in blind and not _until_success(case, e)[:, k].any()
        ]
        if _tolerated(case, without, every):
            continue
        episode = min(without, key=lambda e: e.kind == "expert")
        yield _skip(
            case,
            episode,
            name,
            f"{name} holds on none of its frames: a success can do without {name}, so the plan is "
            f"wrong, not the program. Leave it out of the plan. It is skipped in {len(without)} of "
            f"{len(every)} successes.",
        )


def _too_early(case: Case, split: Split, known: set[str | None]) -> Iterator[Failure]:
    """Sub-tasks that hold in a success, but only before those that the plan puts before them."""
    evidence, every = case.evidence, successes(case.subject, split)
    stage_of = [i for i, stage in enumerate(evidence.stages) for _ in stage]
    for k, name in enumerate(evidence.subtasks[:-1]):
        skipping = [e for e in every if _first_skipped(case, e) == k]
        if name in known or _tolerated(case, skipping, every):
            continue
        episode = min(skipping, key=lambda e: e.kind == "expert")
        # It held, but was not credited: so only before an earlier stage was done.
        held = np.flatnonzero(_until_success(case, episode)[:, k])
        before = [j for j in range(k) if stage_of[j] < stage_of[k]]
        if not len(held) or not before:
            continue
        earlier = evidence.subtasks[max(before, key=lambda j: evidence.credit(episode).first[j])]
        yield _skip(
            case,
            episode,
            name,
            f"{name} holds there at frame {held[-1]} for the last time, before {earlier} is "
            f"achieved: the plan is wrong to put {name} after {earlier}, and should leave it out "
            f"or put both in one stage. It is skipped in {len(skipping)} of {len(every)} "
            "successes.",
        )


def _skip(case: Case, episode: Episode, name: str, what: str) -> Failure:
    end = success_frame(episode)
    return case.failure(
        f"{_called(episode)} succeeds at frame {end}, but {what}",
        episode=episode,
        frame=end,
        subtask=name,
        expected=f"{name} is credited in every success",
        actual="a success skips it",
    )


def _tolerated(case: Case, skipping: list[Episode], every: list[Episode]) -> bool:
    """Whether so few successes skip something that the gate for experts allows it."""
    gate = case.subject.task.spec.gate.expert_completion
    # The gate's share of experts must complete every sub-task: the same share of successes.
    return not skipping or len(every) - len(skipping) >= gate * len(every)


@dataclass(frozen=True, slots=True)
class _Order:
    """In which successes one sub-task was over and done before another began, and vice versa."""

    as_planned: tuple[Episode, ...]
    reversed: tuple[Episode, ...]


def _orders(case: Case, split: Split, known: set[str | None]) -> Iterator[Failure]:
    """Pairs of sub-tasks of different stages, the goal left out, that come the other way.

    Args:
        case: The case.
        split: In whose successes.
        known: Sub-tasks that are needless anyway.
    """
    evidence, names = case.evidence, case.evidence.subtasks
    stage_of = [i for i, stage in enumerate(evidence.stages) for _ in stage]
    told: set[int] = set()
    for j, k in combinations(range(len(names) - 1), 2):
        if stage_of[j] == stage_of[k] or k in told or known & {names[j], names[k]}:
            continue
        order = _order(case, split, j, k)
        if len(order.reversed) < ENOUGH:
            continue
        told.add(k)  # a sub-task out of place is so against several others; one pair says it
        example = order.reversed[0]
        shown = _frames_of_first(evidence.holds(example), j, k)
        if order.as_planned:
            other = order.as_planned[0]
            message = (
                f"{_called(example)}: {names[k]} is achieved at frame {shown[1]} and {names[j]} "
                f"at frame {shown[0]}, the other way round than in {_called(other)}, and both "
                "succeed: the plan is wrong to impose an order where any will do. Put "
                f"{names[j]} and {names[k]} in one stage."
            )
        else:
            message = (
                f"{_called(example)}: {names[k]} is achieved at frame {shown[1]}, before "
                f"{names[j]} at frame {shown[0]}, and so in all {len(order.reversed)} successes "
                f"in which one clearly comes first: the plan has them in the wrong order. Put "
                f"{names[k]} before {names[j]}."
            )
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
    for episode in successes(case.subject, split):
        holds = _until_success(case, episode)
        one, other = _rises(holds[:, j]), _rises(holds[:, k])
        if not len(one) or not len(other):
            continue
        # Last onset against first: where the two alternate neither order is shown.
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


def _until_success(case: Case, episode: Episode) -> NDArray[np.bool_]:
    """``bool[t+1, K]``, up to the success and including it."""
    return case.evidence.holds(episode)[: success_frame(episode) + 1]


def _first_skipped(case: Case, episode: Episode) -> int:
    """The first sub-task not credited by the time of success, or -1."""
    end, first = success_frame(episode), case.evidence.credit(episode).first
    missing = (k for k in range(len(first) - 1) if not 0 <= first[k] <= end)
    return next(missing, -1)


def _called(episode: Episode) -> str:
    """The episode's id, and how it was made where that was recorded."""
    return f"{episode.id} ({episode.note})" if episode.note else episode.id
