"""Two pictures of one episode as one: what was at first beside what is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.prompts.pictures import scale_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["beside", "enlarged", "is_wide"]

BAR = 12
"""Pixels between the two."""

WHITE = 255
HALF = 506
"""Longer side of one half in pixels, so that both and the bar are sent as they are."""


def is_wide(frame: NDArray[np.uint8]) -> bool:
    """Whether a picture ``uint8[H, W, 3]`` is so wide that two of it stand one above the other."""
    height, width = frame.shape[:2]
    return bool(width > 3 * height // 2)


def enlarged(frame: NDArray[np.uint8]) -> int:
    """How many times each of the two is enlarged."""
    across = frame.shape[0] if is_wide(frame) else frame.shape[1]
    shown = scale_of(frame).shown[0] // frame.shape[1]
    return int(max(min(shown, HALF // across), 1))


def beside(initial: NDArray[np.uint8], frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Both enlarged alike, by a whole factor and with hard edges, parted by a white bar.

    Args:
        initial: ``uint8[H, W, 3]``; left, or above where the pictures are wide.
        frame: Of the same size.
    """
    wide, factor = is_wide(frame), enlarged(frame)
    halves = [np.repeat(np.repeat(one, factor, 0), factor, 1) for one in (initial, frame)]
    height, width = halves[0].shape[:2]
    bar = np.full((BAR, width, 3) if wide else (height, BAR, 3), WHITE, np.uint8)
    return np.concatenate([halves[0], bar, halves[1]], axis=0 if wide else 1)
