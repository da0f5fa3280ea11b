"""Pictures of one episode for people: moving, and frame by frame.

They are deterministic for a given Pillow. `synth.record.contact_sheet` shows many episodes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from synth.episode import Episode, EpisodeStore

__all__ = ["evenly", "fitted", "write_animation", "write_strip"]

ROWS = 8
STRIP = 16
THUMBNAIL = 128
SPARE = 1.25
"""A picture may be so much larger than asked for before it is reduced."""

_PAPER, _INK = (250, 250, 248), (30, 30, 30)
_MARGIN, _GAP, _CAPTION, _FRAME = 16, 10, 18, 3
_MILLISECONDS, _HOLD = 180, 1200


def write_animation(path: Path, store: EpisodeStore, episode: Episode) -> None:
    """Write one episode as a GIF that repeats, its last frame held."""
    images = [fitted(frame) for frame in store.frames_of(episode)]
    durations = [_MILLISECONDS] * (len(images) - 1) + [_HOLD]
    images[0].save(
        path, save_all=True, append_images=images[1:], duration=durations, loop=0, optimize=False
    )


def write_strip(path: Path, frames: NDArray[np.uint8], captions: Sequence[str]) -> None:
    """Write an episode as a PNG, row by row; very long ones cut to evenly chosen frames.

    Args:
        path: Replaced where it exists.
        frames: ``uint8[T, H, W, 3]``, at least one.
        captions: One for each frame.
    """
    steps = evenly(len(frames), ROWS * STRIP)
    images = [fitted(frames[t]) for t in steps]
    width, height = images[0].size
    columns, rows = min(len(steps), STRIP), -(-len(steps) // STRIP)
    across, down = width + _GAP, height + _MARGIN + _CAPTION
    strip = Image.new("RGB", (_MARGIN + columns * across, _MARGIN + rows * down), _PAPER)
    draw, font = ImageDraw.Draw(strip), ImageFont.load_default(12)
    for place, (t, image) in enumerate(zip(steps, images, strict=True)):
        x, y = _MARGIN + place % STRIP * across, _MARGIN + place // STRIP * down
        strip.paste(image, (x, y))
        draw.text((x, y + height + _FRAME), captions[t], _INK, font)
    strip.save(path, optimize=True)


def evenly(count: int, most: int) -> list[int]:
    """At most `most` indices below `count`, evenly spread, the first and the last included."""
    if count <= most:
        return list(range(count))
    return [round(i) for i in np.linspace(0, count - 1, most).tolist()]


def fitted(frame: NDArray[np.uint8], side: int = THUMBNAIL) -> Image.Image:
    """A frame as a picture for people.

    Small ones are enlarged by a whole factor, so that each pixel stays a square; what is a
    little larger than asked for stays as it is, so that no grid is blurred.

    Args:
        frame: ``uint8[H, W, 3]``.
        side: About as many pixels the longer side has then.
    """
    image = Image.fromarray(frame)
    longer = max(image.size)
    if longer > SPARE * side:
        width, height = (max(1, round(n * side / longer)) for n in image.size)
        return image.resize((width, height), Image.Resampling.LANCZOS)
    factor = max(1, side // longer)
    return image.resize((image.width * factor, image.height * factor), Image.Resampling.NEAREST)
