"""Checks on expert episodes: each of them shows how the task is done.

The environment's own success flag is the measure for the goal. For the other sub-tasks
there is none (truth is not shown to a suite): only that each is credited, in order, and
not before anything was done.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from synth.suite.bounds import completes_falsely, distinct, shortfall
from synth.suite.checks.goal import completed, wrong_goal_frames
from synth.suite.diagnosis import blind, count, number_of, pattern
from synth.suite.registry import check
from synth.suite.successes import success_frame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.episode import Episode, Split
    from synth.failure import Failure
    from synth.suite.registry import Case

__all__: list[str] = []


@check("expert", each="expert")
def starts_with_nothing_done(case: Case) -> Iterator[Failure]:
    """No sub-task is credited on the first frame."""
    credit = case.evidence.credit(case.episode)
    for k, name in enumerate(case.evidence.subtasks):
        # The goal alone has a measure, and at the edge of success even that is not judged.
        if credit.first[k] == 0 and (name != case.plan.goal or case.episode.judged[0]):
            cause = pattern(case, name, case.episode.split)
            yield case.failure(
                f"{case.episode.id}, frame 0: {name} holds on the first frame, before anything "
                f"was done.{cause}",
                frame=0,
                subtask=name,
                expected="False",
                actual="True",
            )


@check("expert", each="expert")
def credits_every_subtask(case: Case) -> Iterator[Failure]:
    """Every sub-task is credited, stage after stage."""
    evidence, episode = case.evidence, case.episode
    if _tolerated(case, episode):
        return
    credit, holds, names = evidence.credit(episode), evidence.holds(episode), evidence.subtasks
    goal = names[-1]
    success = success_frame(episode)  # an expert episode has one: recording sees to it
    if credit.skipped and completes_falsely(evidence, episode):
        skipped = _listed([names[k] for k in credit.skipped])
        yield case.failure(
            f"{episode.id}, frame {credit.complete}: {goal} holds before {skipped} "
            f"{'is' if len(credit.skipped) == 1 else 'are'} credited and before the environment "
            f"reports success at frame {success}.{pattern(case, goal, episode.split)}",
            frame=credit.complete,
            subtask=goal,
            expected=f"{goal} first holds at frame {success}",
            actual=f"at frame {credit.complete}",
        )
        return
    stage_of = [i for i, stage in enumerate(evidence.stages) for _ in stage]
    missing = [k for k in range(len(names) - 1) if credit.first[k] < 0]
    for k in missing:
        if stage_of[k] > stage_of[missing[0]]:
            break  # it waits for one that is reported already
        opened = max((credit.first[j] for j in range(k) if stage_of[j] < stage_of[k]), default=0)
        yield case.failure(
            f"{episode.id}: {_why(names[k], holds[:, k], opened, credit.complete)}"
            f"{blind(case, names[k], episode.split)}",
            subtask=names[k],
            expected=f"{names[k]} is credited before {goal}",
            actual="never credited",
        )
    if credit.complete < 0 and episode.judged[success]:
        yield case.failure(
            f"{episode.id}: {goal} holds on none of the {len(holds)} frames, so the episode never "
            f"completes; the environment reports success at frame {success}."
            f"{blind(case, goal, episode.split)}",
            frame=success,
            subtask=goal,
            expected=f"{goal} holds at frame {success}",
            actual="it never holds",
        )


def _why(name: str, holds: np.ndarray, opened: int, complete: int) -> str:
    """Why a sub-task was not credited.

    Args:
        name: The sub-task.
        holds: ``bool[T+1]``.
        opened: The frame at which all earlier stages were credited.
        complete: The frame at which the goal first held, or -1.
    """
    where = np.flatnonzero(holds)
    if not len(where):
        return f"{name} is never credited, since it holds on none of the {len(holds)} frames."
    if complete >= 0 and where[0] > complete:
        return (
            f"{name} is never credited: it first holds at frame {where[0]}, after the goal "
            f"already held at frame {complete}."
        )
    return (
        f"{name} is never credited: it holds at {number_of(where)}, but not from frame {opened} "
        "on, when the sub-tasks before it have been credited; it must hold then, or come earlier "
        "in the plan."
    )


@check("expert", each="expert")
def holds_the_goal_exactly_at_success(case: Case) -> Iterator[Failure]:
    """The goal holds on the frames that the environment calls a success, and on no other."""
    yield from wrong_goal_frames(case, tolerate_misses=_tolerated(case, case.episode))


@check("expert")
def completes_often_enough(case: Case) -> Iterator[Failure]:
    """The share of expert episodes that complete reaches the gate."""
    spec = case.subject.task.spec
    gate = spec.gate.expert_completion
    case.require(case.subject.episodes("expert"), "expert episodes", "none was recorded")
    for split in case.subject.splits:
        episodes = case.subject.episodes("expert", split)
        done = [e for e in episodes if completed(case, e)]
        if len(done) < gate * len(episodes):
            lost = next(e for e in episodes if not completed(case, e))
            yield case.failure(
                f"{len(done)} of {count(len(episodes), 'expert episode')} complete with every "
                f"sub-task credited, but at least {gate:.0%} must; {lost.id} is one that does not.",
                split=split,
                expected=f"at least {gate:.0%}",
                actual=f"{len(done) / len(episodes):.0%}",
            )
        elif split == "held_out":
            differ = distinct(episodes)
            misses = sum(not completed(case, e) for e in differ)
            short = shortfall(misses, len(differ), spec.gate, recorded=len(episodes))
            if short:
                yield case.failure(short, split=split)


@check("expert")
def spreads_the_credits(case: Case) -> Iterator[Failure]:
    """No two sub-tasks are credited together in every expert episode."""
    case.require(case.plan.names[1:], "the order of credits", "the plan is the goal alone")
    several = [
        experts
        for split in case.subject.splits
        if len(experts := case.subject.episodes("expert", split)) > 1
    ]
    # In a single episode a coincidence says nothing.
    case.require(several, "the order of credits", "there are not two expert episodes")
    evidence = case.evidence
    for episodes in several:
        first = np.array([evidence.credit(e).first for e in episodes])
        for j, k in combinations(range(first.shape[1]), 2):
            if (first[:, j] == first[:, k]).all() and (first[:, j] >= 0).all():
                one, other = evidence.subtasks[j], evidence.subtasks[k]
                yield case.failure(
                    f"{one} and {other} are credited on the same frame in all {len(episodes)} "
                    f"expert episodes (frame {first[0, j]} of {episodes[0].id}), so one of them "
                    f"tells nothing: {one} should hold earlier, as soon as it has been achieved, "
                    "or one of the two does not belong in the plan.",
                    episode=episodes[0],
                    frame=int(first[0, j]),
                    subtask=other,
                    expected="credits on different frames",
                    actual="on the same frame in every episode",
                )


def _tolerated(case: Case, episode: Episode) -> bool:
    """Whether this episode may stay incomplete, since enough others complete."""
    return not completed(case, episode) and _share(case, episode.split) >= (
        case.subject.task.spec.gate.expert_completion
    )


def _share(case: Case, split: Split) -> float:
    episodes = case.subject.episodes("expert", split)
    return sum(completed(case, e) for e in episodes) / len(episodes)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
