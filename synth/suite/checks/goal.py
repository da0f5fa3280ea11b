"""What expert and random episodes have in common: the goal against the environment's success.

This module registers no check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.failure import place_in_words
from synth.pixels import differing
from synth.suite import bounds
from synth.suite.diagnosis import blind, pattern, timing
from synth.suite.shared import agent_boxes, apart
from synth.vision import bounding_box

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.episode import Episode, Split
    from synth.failure import Failure
    from synth.suite.registry import Case
    from synth.vision import Box

__all__ = ["completed", "what_lies_share", "why_missed", "wrong_goal_frames"]

PLENTY = 20
"""Episodes whose right frames are compared with the wrong ones, beside those that have any."""


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
    false, missed = episode.false_frames(goal), episode.missed_frames(goal)
    if len(false):
        yield case.failure(
            f"{episode.id}, frame {false[0]}: {name} holds, but the environment reports no success "
            f"there ({len(false)} of {len(goal)} frames are wrong in this way).{cause}"
            f"{what_lies_share(case, episode.split)}",
            frame=int(false[0]),
            subtask=name,
            expected="False",
            actual="True",
        )
    if len(missed) and not tolerate_misses:
        yield case.failure(
            f"{episode.id}, frame {missed[0]}: the environment reports success, but {name} does "
            f"not hold ({len(missed)} of {(episode.success & episode.judged).sum()} "
            f"successes are missed)."
            f"{why_missed(case, int(missed[0]))}",
            frame=int(missed[0]),
            subtask=name,
            expected="True",
            actual="False",
        )


def what_lies_share(case: Case, split: Split) -> str:
    """Where the agent is on all frames of a split on which the goal holds without success.

    Args:
        case: Gives the evidence.
        split: On which episodes.

    Returns:
        A sentence with a leading space, or nothing where that does not set them apart.
    """
    return case.subject.keep(f"lies {split}", lambda: _what_lies_share(case, split))


def _what_lies_share(case: Case, split: Split) -> str:
    wrong: dict[int, Box] = {}
    right: dict[int, Box] = {}
    store, plenty = case.subject.task.store, 0
    for episode in case.subject.episodes(split=split):
        goal = case.evidence.goal(episode)
        lies = {int(t) for t in episode.false_frames(goal)}
        if episode.scene_events is None or not (lies or plenty < PLENTY):
            continue
        plenty += 1
        for t, box in enumerate(agent_boxes(store, episode)):
            if box is not None and not episode.success[t] and episode.judged[t]:
                (wrong if t in lies else right)[int(episode.frame_index[t])] = box
    return apart("the agent is", list(wrong.values()), list(right.values()))


def why_missed(case: Case, at: int) -> str:
    """Why the goal does not hold at a success: a pattern, else what a success it sees has other.

    Args:
        case: A case with an episode.
        at: The frame.

    Returns:
        A sentence with a leading space, or nothing.
    """
    episode, store = case.episode, case.subject.task.store
    told = blind(case, case.plan.goal, episode.split)
    if told:
        return told
    frame = store.frames[episode.frame_index[at]]
    seen = (
        (e, int(t))
        for e in case.subject.episodes(split=episode.split)
        for t in np.flatnonzero(e.success & e.judged & case.evidence.goal(e))[:1]
        if (store.frames[e.frame_index[t]] != frame).any()  # one alike differs in its first image
    )
    like = store.most_like(frame, seen)
    if like is None:
        return timing(case.evidence.goal(episode), episode.success, case.plan.goal)
    other = store.frames[like.episode.frame_index[like.frame]]
    place = place_in_words(bounding_box(differing(other, frame)))
    return (
        f" The most similar success on which it holds is frame {like.frame} of {like.episode.id}; "
        f"it differs in {like.pixels} pixels, within {place}."
    )
