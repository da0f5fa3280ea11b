"""Film strips of episodes of which two rewards do not say the same.

Below the frames stands a timeline for each pair of matched checkers, the one reward's verdict above
the other's: a filled cell holds, an empty one does not, and a red frame marks where the two differ.
The bottom line is the environment's own success.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from synth.record.pictures import evenly, fitted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Timeline", "chosen_frames", "film_strip"]

COLUMNS = 12
MOST = 36
"""Frames in a strip."""
SIDE = 96
_PAPER, _INK, _FAINT = (250, 250, 248), (30, 30, 30), (150, 150, 150)
_ONE, _OTHER, _SUCCESS, _ODDS = (60, 100, 200), (200, 130, 30), (0, 140, 60), (210, 30, 30)
_MARGIN, _GAP, _LABEL, _CAPTION, _LINE, _HEAD = 16, 6, 230, 18, 15, 28
_CELL = 10

_LARGE = cache(partial(ImageFont.load_default, 14))
_SMALL = cache(partial(ImageFont.load_default, 11))


@dataclass(frozen=True, eq=False, slots=True)
class Timeline:
    """What two checkers say along an episode.

    Attributes:
        one: The first checker's name.
        other: The second's.
        holds: ``bool[T+1]``, what the first says.
        other_holds: ``bool[T+1]``, what the second says.
    """

    one: str
    other: str
    holds: NDArray[np.bool_]
    other_holds: NDArray[np.bool_]

    @property
    def odds(self) -> NDArray[np.bool_]:
        """``bool[T+1]``, where they differ."""
        odds: NDArray[np.bool_] = self.holds != self.other_holds
        return odds


def chosen_frames(odds: NDArray[np.bool_], most: int = MOST) -> list[int]:
    """Frames worth showing: all, or else where odds begin, the frames before, and some others.

    Args:
        odds: ``bool[T+1]``, where anything differs.
        most: At most so many.
    """
    if len(odds) <= most:
        return list(range(len(odds)))
    began = np.flatnonzero(odds & ~np.concatenate([[False], odds[:-1]])).tolist()
    shown = {0, len(odds) - 1}
    for at in (began[k] for k in evenly(len(began), most // 3)):
        shown |= {at, max(at - 1, 0)}
    some = evenly(len(odds), most // 2)
    for at in (*some, *np.flatnonzero(odds).tolist(), *range(len(odds))):
        if len(shown) < most:
            shown.add(at)
    return sorted(shown)


def film_strip(
    frames: NDArray[np.uint8],
    timelines: Sequence[Timeline],
    success: NDArray[np.bool_],
    *,
    title: str,
    sides: tuple[str, str] = ("A", "B"),
) -> Image.Image:
    """One episode as a strip.

    Args:
        frames: ``uint8[T+1, H, W, 3]``.
        timelines: One for each pair of checkers.
        success: ``bool[T+1]``, what the environment reports.
        title: A line above it.
        sides: What the two rewards are called.
    """
    odds = np.any([line.odds for line in timelines], axis=0)
    shown = chosen_frames(odds)
    thumbs = [fitted(frames[t], SIDE) for t in shown]
    width, height = thumbs[0].size
    columns, bands = min(len(shown), COLUMNS), -(-len(shown) // COLUMNS)
    band = height + _CAPTION + (2 * len(timelines) + 1) * _LINE + len(timelines) * 4 + _MARGIN
    font, small = _LARGE(), _SMALL()
    across = max(_LABEL + columns * (width + _GAP), round(font.getlength(title)))
    sheet = Image.new("RGB", (across + 2 * _MARGIN, _HEAD + _MARGIN + bands * band), _PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((_MARGIN, _MARGIN // 2), title, _INK, font)
    for number in range(bands):
        here = range(number * COLUMNS, min(len(shown), (number + 1) * COLUMNS))
        top = _HEAD + _MARGIN // 2 + number * band
        y = top + height + _CAPTION
        for place, k in enumerate(here):
            x = _MARGIN + _LABEL + place * (width + _GAP)
            sheet.paste(thumbs[k], (x, top))
            if odds[shown[k]]:
                draw.rectangle((x - 2, top - 2, x + width + 1, top + height + 1), None, _ODDS, 2)
            draw.text((x, top + height + 2), str(shown[k]), _INK, small)
        places = [_MARGIN + _LABEL + place * (width + _GAP) for place in range(len(here))]
        boxes = [(x, x + width) for x in places]
        at = [shown[k] for k in here]
        for line in timelines:
            rows = (
                (sides[0], line.one, line.holds, _ONE),
                (sides[1], line.other, line.other_holds, _OTHER),
            )
            for side, name, holds, colour in rows:
                _row(draw, y, f"{side}: {name}", holds[at], colour, places=boxes)
                y += _LINE
            for x, t in zip(places, at, strict=True):
                if line.odds[t]:
                    box = (x - 1, y - 2 * _LINE + 1, x + width, y - 2)
                    draw.rectangle(box, None, _ODDS, 2)
            y += 4
        _row(draw, y, "environment: success", success[at], _SUCCESS, places=boxes)
    return sheet


def _row(
    draw: ImageDraw.ImageDraw,
    y: int,
    label: str,
    holds: NDArray[np.bool_],
    colour: tuple[int, int, int],
    *,
    places: Sequence[tuple[int, int]],
) -> None:
    """One checker's verdicts on the frames of a band."""
    small = _SMALL()
    while small.getlength(label) > _LABEL - _GAP:
        label = f"{label[:-2]}\u2026"
    draw.text((_MARGIN, y), label, _INK, small)
    for (left, right), held in zip(places, holds.tolist(), strict=True):
        box = (left + 1, y + 3, right - 2, y + 3 + _CELL - 2)
        draw.rectangle(box, colour if held else None, colour if held else _FAINT)
