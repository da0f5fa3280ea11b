"""What wrong pictures share, and right ones do not: where the agent is, or where a thing lies.

Told in words that are appended to a failure's sentence, since a program that is wrong in some
places only is put right sooner by them than by one example.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.vision import pack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from synth.episode import Scene, Still
    from synth.vision import Box

__all__ = ["agent_box", "apart", "in_words"]

FEW = 3
"""Wrong pictures that must share a place before it is told: two are near each other by chance."""


def agent_box(scene: Scene, still: Still) -> Box | None:
    """Where the agent is in a still: where it differs from the scene without it."""
    rows, columns = np.nonzero(pack(still.frame) != pack(scene.backdrop))
    if not len(rows):
        return None
    return int(rows.min()), int(columns.min()), int(rows.max()) + 1, int(columns.max()) + 1


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
    return f" In all wrong ones {what} within {in_words(around)}; {others}."


def in_words(box: Box) -> str:
    """``rows 16..31, columns 48..63``."""
    top, left, bottom, right = box
    return f"rows {top}..{bottom - 1}, columns {left}..{right - 1}"


def _around(boxes: NDArray[np.int64]) -> Box:
    top, left = boxes[:, :2].min(axis=0)
    bottom, right = boxes[:, 2:].max(axis=0)
    return int(top), int(left), int(bottom), int(right)


def _within(box: Box, around: Box) -> bool:
    return (
        around[0] <= box[0] and around[1] <= box[1] and box[2] <= around[2] and box[3] <= around[3]
    )
