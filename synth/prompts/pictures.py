"""Frames as a model gets to see them: enlarged by a whole factor, with hard edges.

A 96-pixel frame sent as it is loses its details in a model's own scaling. What a picture shows is
for the model to see, a tile grid included; exact colours go beside it (`synth.prompts.palette`).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from synth.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Scale", "encode_png", "scale_of"]

LEGIBLE = 480
"""Longer side in pixels that enlarging aims at."""

LARGEST = 1024
"""Longer side in pixels beyond which a picture is reduced."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How a frame is shown.

    Attributes:
        true: Width and height of the frame in pixels.
        shown: Width and height of the picture in pixels.
    """

    true: tuple[int, int]
    shown: tuple[int, int]

    @property
    def words(self) -> str:
        """``true size 96 x 96 pixels (width x height), shown enlarged 5 times``."""
        width, height = self.true
        size = f"true size {width} x {height} pixels (width x height)"
        if self.shown == self.true:
            return f"{size}, shown as it is"
        if self.shown[0] > width:
            return f"{size}, shown enlarged {self.shown[0] // width} times"
        return f"{size}, shown reduced to {self.shown[0]} x {self.shown[1]}"


def scale_of(frame: NDArray[np.uint8]) -> Scale:
    """How `frame` is shown: enlarged by a whole factor, or as it is, or reduced if huge.

    Raises:
        UsageError: It is not an image with at least one pixel.
    """
    if frame.ndim != 3 or frame.shape[2] != 3 or not frame.size or frame.dtype != np.uint8:  # noqa: PLR2004  axes and channels
        raise UsageError(
            f"a picture must be uint8[H, W, 3] with at least one pixel, not {frame.dtype}"
            f"{list(frame.shape)}."
        )
    height, width = frame.shape[:2]
    longer = max(height, width)
    if longer <= LARGEST:
        factor = min(max(round(LEGIBLE / longer), 1), LARGEST // longer)
        return Scale((width, height), (width * factor, height * factor))
    shown = (max(width * LARGEST // longer, 1), max(height * LARGEST // longer, 1))
    return Scale((width, height), shown)


def encode_png(frame: NDArray[np.uint8]) -> bytes:
    """PNG of a frame as a model sees it; equal frames give equal bytes.

    Args:
        frame: ``uint8[H, W, 3]``.

    Raises:
        UsageError: It is not an image with at least one pixel.
    """
    scale = scale_of(frame)
    picture = Image.fromarray(np.ascontiguousarray(frame))
    if scale.shown != scale.true:
        enlarged = scale.shown[0] >= scale.true[0]
        how = Image.Resampling.NEAREST if enlarged else Image.Resampling.BOX
        picture = picture.resize(scale.shown, how)
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", compress_level=6)
    return buffer.getvalue()
