"""What expert and random episodes have in common: the goal against the environment's success.

This module registers no check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.suite import bounds
from synth.suite.causes import pattern, timing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.episode import Episode
    from synth.failure import Failure
    from synth.suite.registry import Case

__all__ = ["completed", "wrong_goal_frames"]


def completed(case: Case, episode: Episode) -> bool:
    """Whether every distinct sub-task is credited; see `synth.suite.bounds.completed`."""
    return bounds.completed(case.evidence, episode)


def wrong_goal_frames(case: Case, *, tolerate_misses: bool = False) -> Iterator[Failure]:
    """The first frame on which the goal holds and should not, and the first the other way.

    Args:
        case: A case with an episode.
        tolerate_misses: Leave out the second.
    """
    episode = case.episode
    goal, name = case.evidence.goal(episode), case.plan.goal
    cause = pattern(case, name, episode.split) or timing(goal, episode.success, name)
    false = np.flatnonzero(goal & ~episode.success)
    if len(false):
        yield case.failure(
            f"{episode.id}, frame {false[0]}: {name} holds, but the environment reports no success "
            f"there ({len(false)} of {len(goal)} frames are wrong in this way).{cause}",
            frame=int(false[0]),
            subtask=name,
            expected="False",
            actual="True",
        )
    missed = np.flatnonzero(~goal & episode.success)
    if len(missed) and not tolerate_misses:
        yield case.failure(
            f"{episode.id}, frame {missed[0]}: the environment reports success, but {name} does "
            f"not hold ({len(missed)} of {int(episode.success.sum())} successes are missed)."
            f"{cause}",
            frame=int(missed[0]),
            subtask=name,
            expected="True",
            actual="False",
        )
