"""The colours of a frame, and what differs between two, in numbers.

Colours read off a picture are guesses, so that exact ones go beside it as text.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.prompts.colours import colour_name
from synth.vision import pack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

__all__ = [
    "ColourChange",
    "ColourCount",
    "ColourTable",
    "FrameDifference",
    "colour_table",
    "difference",
]

_RGB = tuple[int, int, int]

MANY = 256
"""Distinct colours beyond which exact ones say little, and similar ones are counted together."""

LINE = 4
"""Pixels in a straight line that make a colour one of a thing, rather than a blend at an edge."""

STEP = 32
"""Width of a group of similar colours, in each channel."""

FEW = 500
"""A colour on no more than one in so many pixels is few of a name that has many shades."""

SHADES = 6
"""Shades of one name, each on few pixels, beyond which they are told together."""


@dataclass(frozen=True, slots=True)
class ColourCount:
    """One colour of a frame, or several shades of one name.

    Attributes:
        rgb: Red, green, blue, 0 to 255; of a group of similar colours its mean; of several shades
            the darkest.
        name: In words.
        shades: How many it tells of.
        lightest: The lightest of them.
        count: Pixels.
    """

    rgb: _RGB
    name: str
    shades: int
    lightest: _RGB
    count: int


@dataclass(frozen=True, slots=True)
class ColourTable:
    """The colours of a frame: those of its things first, most frequent first.

    Attributes:
        rows: Those of its things, and of the blends at their edges as many as there is room for.
        distinct: How many exact colours the frame has.
        more: Colours, or groups, left out.
        more_pixels: Pixels of those left out.
        blends: Whether none of those left out covers 2 x 2 pixels or a straight line anywhere.
        grouped: Whether similar colours were counted together.
    """

    rows: tuple[ColourCount, ...]
    distinct: int
    more: int
    more_pixels: int
    grouped: bool
    blends: bool = False


@dataclass(frozen=True, slots=True)
class ColourChange:
    """A colour that has more or fewer pixels than before, or several shades of one name.

    Attributes:
        rgb: As for `ColourCount`.
        name: In words.
        shades: As for `ColourCount`.
        lightest: As for `ColourCount`.
        before: Pixels in the initial frame.
        after: Pixels in the frame.
    """

    rgb: _RGB
    name: str
    shades: int
    lightest: _RGB
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class FrameDifference:
    """What differs between a frame and the initial one.

    Attributes:
        same_size: Whether they can be compared pixel by pixel.
        changed: Pixels that differ; 0 where sizes differ.
        box: ``(top, left, bottom, right)`` around them, bottom and right exclusive.
        colours: Colours by how much their count changed, most first, those of things before
            the blends at their edges.
        more: Changed colours left out.
        blends: As for `ColourTable`.
    """

    same_size: bool
    changed: int
    box: tuple[int, int, int, int]
    colours: tuple[ColourChange, ...]
    more: int
    blends: bool = False


def colour_table(frame: NDArray[np.uint8], limit: int = 20) -> ColourTable:
    """The exact colours of a frame with their pixel counts.

    Where there are more than `MANY`, as in a shaded or photographic picture, similar colours
    are counted together. A drawn picture has dozens of colours of which most are blends: shades
    between two colours, where an edge was smoothed. They come last, however many pixels they have.

    Args:
        frame: ``uint8[H, W, 3]``.
        limit: Rows at most; up to twice as many where that many colours are no blends.
    """
    codes = pack(frame)
    distinct = len(np.unique(codes))
    grouped = distinct > MANY
    told = _grouped(codes) if grouped else codes
    counts, solid = _counts(told), _solid(told)
    means = _means(codes) if grouped else {}
    order = sorted(counts, key=lambda code: (code not in solid, -counts[code], code))
    room = _room(order, solid, limit)
    rgbs = {code: means.get(code, _rgb(code)) for code in order[:room]}
    rows = tuple(
        ColourCount(*_shades(line, rgbs), _sum(counts, line))
        for line in _lines(order[:room], rgbs, counts, told.size)
    )
    rest = order[room:]
    more = sum(counts[code] for code in rest)
    return ColourTable(rows, distinct, len(rest), more, grouped, not solid.intersection(rest))


def difference(
    frame: NDArray[np.uint8], initial: NDArray[np.uint8], limit: int = 12
) -> FrameDifference:
    """What differs between a frame and the initial frame.

    Args:
        frame: ``uint8[H, W, 3]``.
        initial: ``uint8[H, W, 3]``.
        limit: Colours at most; as for `colour_table`.
    """
    now, then = pack(frame), pack(initial)
    both = np.concatenate([now.ravel(), then.ravel()])
    means: dict[int, _RGB] = {}
    if len(np.unique(both)) > MANY:
        means = _means(both)
        told, told_then = _grouped(now), _grouped(then)
    else:
        told, told_then = now, then
    after, before = _counts(told), _counts(told_then)
    solid = _solid(told) | _solid(told_then)
    change = {
        code: after.get(code, 0) - before.get(code, 0)
        for code in sorted(before.keys() | after.keys())
    }
    most = {code: max(after.get(code, 0), before.get(code, 0)) for code in change}
    order = sorted(
        (code for code in change if change[code]),
        key=lambda code: (code not in solid, -abs(change[code]), code),
    )
    room = _room(order, solid, limit)
    rgbs = {code: means.get(code, _rgb(code)) for code in order[:room]}
    colours = tuple(
        ColourChange(*_shades(line, rgbs), _sum(before, line), _sum(after, line))
        for line in _lines(order[:room], rgbs, most, told.size)
    )
    same_size = now.shape == then.shape
    changed = now != then if same_size else np.zeros((0, 0), dtype=np.bool_)
    return FrameDifference(
        same_size,
        int(changed.sum()),
        _box(changed),
        colours,
        max(len(order) - room, 0),
        not solid.intersection(order[room:]),
    )


def _solid(codes: NDArray[np.uint32]) -> set[int]:
    """Colours that somewhere cover 2 x 2 pixels, or `LINE` in a row or a column."""
    found: set[int] = set()
    down, right = codes[1:] == codes[:-1], codes[:, 1:] == codes[:, :-1]
    if down.size and right.size:
        square = down[:, 1:] & down[:, :-1] & right[:-1]
        found.update(np.unique(codes[:-1, :-1][square]).tolist())
    for same, lines in ((right, codes), (down.T, codes.T)):
        steps = LINE - 1
        if same.shape[1] >= steps:
            runs = np.lib.stride_tricks.sliding_window_view(same, steps, axis=1).all(axis=-1)
            found.update(np.unique(lines[:, : runs.shape[1]][runs]).tolist())
    return found


def _room(order: list[int], solid: set[int], limit: int) -> int:
    """How many of the colours are told: all that are no blends, as far as twice the limit."""
    return max(limit, min(sum(code in solid for code in order), 2 * limit))


def _lines(
    order: Sequence[int], rgbs: Mapping[int, _RGB], counts: Mapping[int, int], size: int
) -> list[list[int]]:
    """What is told on one line: each colour, but many shades of one name on few pixels together."""
    few: dict[str, list[int]] = defaultdict(list)
    for code in order:
        if FEW * counts[code] < size:
            few[colour_name(rgbs[code])].append(code)
    together = {code: codes for codes in few.values() if len(codes) > SHADES for code in codes}
    lines = [together.get(code, [code]) for code in order]
    return [line for line, code in zip(lines, order, strict=True) if line[0] == code]


def _shades(line: Sequence[int], rgbs: Mapping[int, _RGB]) -> tuple[_RGB, str, int, _RGB]:
    """The darkest of a line, its name, how many there are, and the lightest."""
    own = sorted((rgbs[code] for code in line), key=lambda rgb: (sum(rgb), rgb))
    return own[0], colour_name(own[0]), len(own), own[-1]


def _sum(counts: Mapping[int, int], codes: Iterable[int]) -> int:
    return sum(counts.get(code, 0) for code in codes)


def _rgb(code: int) -> _RGB:
    return code >> 16, code >> 8 & 255, code & 255


def _grouped(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    keep = 256 - STEP
    return codes & np.uint32(keep << 16 | keep << 8 | keep)


def _means(codes: NDArray[np.uint32]) -> dict[int, _RGB]:
    """The mean colour of each group."""
    flat = codes.ravel()
    groups, index, counts = np.unique(_grouped(flat), return_inverse=True, return_counts=True)
    channels = [
        np.bincount(index, weights=(flat >> shift & 255).astype(np.float64)) / counts
        for shift in (16, 8, 0)
    ]
    return {
        int(group): (round(float(r)), round(float(g)), round(float(b)))
        for group, r, g, b in zip(groups, *channels, strict=True)
    }


def _counts(codes: NDArray[np.uint32]) -> dict[int, int]:
    values, counts = np.unique(codes, return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))


def _box(mask: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return (0, 0, 0, 0)
    return (int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)
