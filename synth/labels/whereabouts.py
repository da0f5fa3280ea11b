"""Where the agent is in a picture, and where the thing that a sub-task tells of was at first.

Both are guesses from pixels: of a still the agent is what differs from the picture without it; in
an episode it is what moves, scene events aside. Guesses will do here: they only shape rival
readings, and whether a reading is right is for eyes to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.pixels import differing
from synth.suite.looks import cut, look_of, overlap, spots
from synth.vision import bounding_box, pack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from synth.labels.pool import Strip
    from synth.vision import Box

__all__ = ["UNKNOWN", "agent_boxes", "away", "near", "onset", "place_of", "visited"]

UNKNOWN = -1
"""Where a reading, or a guess, says nothing."""


def agent_boxes(strip: Strip) -> tuple[Box | None, ...]:
    """The agent's box in each picture of a strip; ``None`` where nothing tells it."""
    frames = strip.frames
    if strip.scene is not None:
        masks = [differing(frame, strip.scene.backdrop) for frame in frames]
        return tuple(bounding_box(mask) if mask.any() else None for mask in masks)
    moved = [differing(frames[t], frames[t - 1]) for t in range(1, len(frames))]
    for event in strip.episode.scene_events or ():
        top, left, bottom, right = event.box
        moved[event.frame - 1][top:bottom, left:right] = False
    boxes: list[Box | None] = []
    for t in range(len(frames)):
        before = moved[t - 1] if t else None
        after = moved[t] if t < len(moved) else None
        known = [m for m in (before, after) if m is not None and m.any()]
        # What moves on both sides of a moment is where the agent is at that moment.
        both = known[0] & known[-1] if known else None
        if both is not None and both.any():
            boxes.append(bounding_box(both))
        else:
            boxes.append(boxes[-1] if boxes else None)
    return tuple(boxes)


def onset(holds: NDArray[np.bool_]) -> int | None:
    """The first picture of a strip on which a sub-task holds; ``None`` where it never does.

    Args:
        holds: ``bool[T+1]``.
    """
    return int(holds.argmax()) if holds.any() else None


def place_of(strip: Strip, first: int | None) -> Box | None:
    """The place of the scene event with which a sub-task begins to hold; ``None`` without one."""
    events = strip.episode.scene_events or ()
    return next((event.box for event in events if event.frame == first), None)


def near(agent: Box | None, place: Box | None) -> int:
    """Whether the agent is beside a place, no further than the place is large; or `UNKNOWN`."""
    if agent is None or place is None:
        return UNKNOWN
    top, left, bottom, right = place
    height, width = bottom - top, right - left
    return int(overlap((top - height, left - width, bottom + height, right + width), agent))


def away(strip: Strip, place: Box) -> NDArray[np.int8]:
    """How a thing's first place and look appear, ``int8[T+1, 2]``.

    Returns:
        Whether its place looks other than at first, and whether its look is nowhere to be seen;
        `UNKNOWN` where the look cannot be told from others.
    """
    codes = [pack(frame) for frame in strip.frames]
    first, look = cut(codes[0], place), look_of(codes[0], place)
    return np.array(
        [
            [
                not np.array_equal(cut(code, place), first),
                UNKNOWN if look is None else not spots(code, look),
            ]
            for code in codes
        ],
        np.int8,
    )


def visited(boxes: Sequence[Box | None], until: int) -> tuple[Box, ...]:
    """Where the agent has been before a picture."""
    return tuple(dict.fromkeys(box for box in boxes[:until] if box is not None))
