"""Pictures for people: a contact sheet of the visible experts, and one of them moving.

Both are deterministic for a given Pillow. They show only the visible split and no truth.
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

__all__ = ["contact_sheet", "evenly", "write_animation", "write_contact_sheet", "write_strip"]

ROWS, COLUMNS = 8, 8
STRIP = 16
THUMBNAIL = 128
"""Frames are enlarged or reduced by whole factors to about this many pixels of width."""

_PAPER, _INK, _FAINT, _SUCCESS = (250, 250, 248), (30, 30, 30), (120, 120, 120), (0, 140, 60)
_MARGIN, _GAP, _CAPTION, _HEADER, _FRAME = 16, 10, 18, 30, 3
_MILLISECONDS, _HOLD = 180, 1200


def write_contact_sheet(path: Path, store: EpisodeStore, *, title: str) -> None:
    """Write the contact sheet as a PNG."""
    contact_sheet(store, title=title).save(path, optimize=True)


def contact_sheet(store: EpisodeStore, *, title: str) -> Image.Image:
    """The first visible experts, a row each, with evenly chosen frames.

    The first and the last frame are always there; frames with success have a green frame.

    Args:
        store: At least one visible expert.
        title: The task's name.
    """
    experts = store.select(kind="expert", split="visible")
    shown = experts[:ROWS]
    rows = [(e, evenly(len(e) + 1, COLUMNS)) for e in shown]
    columns = max(len(steps) for _, steps in rows)
    thumb_width, thumb_height = _resize(store.initial_of(shown[0])).size
    label_font, small_font = ImageFont.load_default(14), ImageFont.load_default(12)
    label_width = int(max(label_font.getlength(e.id) for e in shown)) + 2 * _GAP
    width = 2 * _MARGIN + label_width + columns * (thumb_width + _GAP)
    row_height = thumb_height + _CAPTION + _GAP
    sheet = Image.new("RGB", (width, 2 * _MARGIN + _HEADER + len(rows) * row_height), _PAPER)
    draw = ImageDraw.Draw(sheet)
    height_px, width_px = store.frames.shape[1:3]
    draw.text((_MARGIN, _MARGIN - 4), title, _INK, label_font)
    about = f"{store.env}   {width_px} x {height_px} px   {len(shown)} of {len(experts)} experts"
    offset = label_font.getlength(title) + 2 * _GAP
    draw.text((_MARGIN + offset, _MARGIN - 2), about, _FAINT, small_font)
    for row, (episode, steps) in enumerate(rows):
        y = _MARGIN + _HEADER + row * row_height
        draw.text((_MARGIN, y + thumb_height // 2 - 16), episode.id, _INK, label_font)
        draw.text((_MARGIN, y + thumb_height // 2 + 2), f"seed {episode.seed}", _FAINT, small_font)
        frames = store.frames_of(episode)
        for column, t in enumerate(steps):
            x = _MARGIN + label_width + column * (thumb_width + _GAP)
            success = bool(episode.success[t])
            if success:
                box = (x - _FRAME, y - _FRAME, x + thumb_width + 2, y + thumb_height + 2)
                draw.rectangle(box, fill=_SUCCESS)
            sheet.paste(_resize(frames[t]), (x, y))
            caption = f"step {t}" + (", success" if success else "")
            where = (x, y + thumb_height + _FRAME)
            draw.text(where, caption, _SUCCESS if success else _FAINT, small_font)
    return sheet


def write_animation(path: Path, store: EpisodeStore, episode: Episode) -> None:
    """Write one episode as a GIF that repeats, its last frame held."""
    images = [_resize(frame) for frame in store.frames_of(episode)]
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
    images = [_resize(frames[t]) for t in steps]
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


def _resize(frame: NDArray[np.uint8]) -> Image.Image:
    image = Image.fromarray(frame)
    if image.width >= 2 * THUMBNAIL:
        return image.reduce(image.width // THUMBNAIL)
    factor = max(1, round(THUMBNAIL / image.width))
    return image.resize((image.width * factor, image.height * factor), Image.Resampling.NEAREST)
