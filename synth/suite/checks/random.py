"""Checks on random episodes: acting at random must not be rewarded as if it were skill.

A random episode that truly succeeds is no fault of the program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.suite.bounds import completes_falsely
from synth.suite.checks.goal import wrong_goal_frames
from synth.suite.diagnosis import count, pattern
from synth.suite.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.failure import Failure
    from synth.suite.registry import Case

__all__: list[str] = []


@check("random", each="random")
def holds_the_goal_exactly_at_success(case: Case) -> Iterator[Failure]:
    """The goal holds on no frame that is not a success, and on every one that is."""
    yield from wrong_goal_frames(case)


@check("random")
def completes_seldom(case: Case) -> Iterator[Failure]:
    """The share of random episodes that complete without having succeeded is below the gate."""
    gate = case.subject.task.spec.gate.random_completion
    case.require(case.subject.episodes("random"), "random episodes", "none was recorded")
    for split in case.subject.splits:
        episodes = case.subject.episodes("random", split)
        lies = [e for e in episodes if completes_falsely(case.evidence, e)]
        if len(lies) > gate * len(episodes):
            goal = case.plan.goal
            yield case.failure(
                f"{len(lies)} of {count(len(episodes), 'random episode')} complete without "
                f"a success of the environment, but at most {gate:.0%} may; {lies[0].id} completes "
                f"at frame {case.evidence.credit(lies[0]).complete}.{pattern(case, goal, split)}",
                split=split,
                subtask=goal,
                expected=f"at most {gate:.0%}",
                actual=f"{len(lies) / len(episodes):.0%}",
            )
