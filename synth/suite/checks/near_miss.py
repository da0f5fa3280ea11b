"""Checks on near misses: episodes that come close, labelled by the environment.

A near miss need not fail: some succeed, and then the goal must hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.suite.checks.goal import what_lies_share, why_missed
from synth.suite.diagnosis import count, pattern, timing
from synth.suite.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.episode import Episode
    from synth.failure import Failure
    from synth.suite.registry import Case

__all__: list[str] = []


@check("near_miss", each="near_miss")
def holds_the_goal_exactly_at_success(case: Case) -> Iterator[Failure]:
    """The goal holds where the environment reports success, and on no frame that is only close."""
    episode, goal = case.episode, case.evidence.goal(case.episode)
    name = case.plan.goal
    cause = pattern(case, name, episode.split) or timing(goal, episode.success, name)
    lies = episode.false_frames(goal)
    if len(lies):
        at = int(lies[0])
        yield case.failure(
            f"{episode.id} ({episode.note}), frame {at}: {name} holds, but the environment reports "
            f"no success there; {_nearest(case, episode, at)}{cause}"
            f"{what_lies_share(case, episode.split)}",
            frame=at,
            subtask=name,
            expected="False",
            actual="True",
        )
    missed = episode.missed_frames(goal)
    if len(missed):
        at = int(missed[0])
        yield case.failure(
            f"{episode.id} ({episode.note}), frame {at}: the environment reports success, but "
            f"{name} does not hold.{why_missed(case, at)}",
            frame=at,
            subtask=name,
            expected="True",
            actual="False",
        )


def _nearest(case: Case, episode: Episode, at: int) -> str:
    """Where the nearest true success is, in words: in this episode, else in another.

    Among other episodes of the split the frame with the fewest differing pixels is taken.
    """
    own = np.flatnonzero(episode.success & episode.judged)
    if len(own):
        nearest = int(own[np.abs(own - at).argmin()])
        apart = count(abs(nearest - at), "frame")
        when = "later" if nearest > at else "before"
        return f"here success comes at frame {nearest}, {apart} {when}."
    store = case.subject.task.store
    frame = store.frames[episode.frame_index[at]]
    like = store.most_like(
        frame,
        (
            (e, int(t))
            for e in case.subject.episodes(split=episode.split)
            for t in np.flatnonzero(e.success & e.judged)[:1]
        ),
    )
    if like is None:
        return "no episode shows a success that is near it."
    return (
        f"the most similar true success is frame {like.frame} of "
        f"{like.episode.id}, from which it differs in {like.pixels} of "
        f"{frame.shape[0] * frame.shape[1]} pixels."
    )
