"""What wrong pictures share, and right ones do not: where the agent is, or where a thing lies.

Told in words that are appended to a failure's sentence, since a program that is wrong in some
places only is put right sooner by them than by one example.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from synth.failure import place_in_words
from synth.vision import bounding_box, pack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from synth.episode import Episode, EpisodeStore, Scene, Still
    from synth.vision import Box

__all__ = ["agent_box", "agent_boxes", "apart"]

FEW = 3
"""Wrong pictures that must share a place before it is told: two are near each other by chance."""

MOST = 4
"""What covers more than one pixel in so many is not the agent alone."""


def agent_box(scene: Scene, still: Still) -> Box | None:
    """Where the agent is in a still: where it differs from the scene without it."""
    return _box_of(pack(still.frame) != pack(scene.backdrop))


def agent_boxes(store: EpisodeStore, episode: Episode) -> list[Box | None]:
    """Where the agent is on each frame of an episode, as far as it can be told.

    While nothing in the scene changes most pictures show the ground at any one place: what
    differs from them is the agent.

    Args:
        store: Where the pictures are.
        episode: Its events must have been recorded.

    Returns:
        T + 1 boxes; ``None`` where too little moves, or too much.
    """
    cuts = sorted({0, *(c.frame for c in episode.scene_events or ()), len(episode) + 1})
    boxes: list[Box | None] = []
    for start, end in pairwise(cuts):
        distinct, at = np.unique(episode.frame_index[start:end], return_inverse=True)
        pictures = np.stack([pack(store.frames[index]) for index in distinct])
        # Of more than half of the pictures that are alike the middle one is one.
        ground = np.sort(pictures, axis=0)[len(pictures) // 2]
        found = [_box_of(picture != ground) for picture in pictures]
        boxes += [found[n] if len(pictures) >= FEW else None for n in at.tolist()]
    return boxes


def _box_of(mask: NDArray[np.bool_]) -> Box | None:
    count = int(np.count_nonzero(mask))
    return bounding_box(mask) if 0 < MOST * count <= mask.size else None


def apart(what: str, wrong: Sequence[Box], right: Sequence[Box]) -> str:
    """Where something is in all wrong pictures and in no right one, or in few.

    Args:
        what: ``the agent is``.
        wrong: Boxes of it, one for each wrong picture.
        right: The same for right ones.

    Returns:
        A sentence with a leading space, or nothing where place tells nothing.
    """
    if len(wrong) < FEW:
        return ""
    around = _around(np.array(wrong))
    also = sum(_within(box, around) for box in right)
    if not right or 2 * also > len(right):
        return ""
    others = f"on {also} of {len(right)} that are right" if also else "on none that is right"
    return f" In all wrong ones {what} within {place_in_words(around)}; {others}."


def _around(boxes: NDArray[np.int64]) -> Box:
    top, left = boxes[:, :2].min(axis=0)
    bottom, right = boxes[:, 2:].max(axis=0)
    return int(top), int(left), int(bottom), int(right)


def _within(box: Box, around: Box) -> bool:
    return (
        around[0] <= box[0] and around[1] <= box[1] and box[2] <= around[2] and box[3] <= around[3]
    )
