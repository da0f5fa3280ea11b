"""Grids of equal tiles: of which size, what is counted in a tile, and which kinds there are.

*Size*: every picture that is shown is asked. A grid drawn from a few kinds of tile holds few
distinct tiles where it is cut along its own lines, and many where it is cut between them.
The largest size for which that makes a clear difference is the tile's; its divisors show the
same difference, its multiples none. Tiles that are not square, and grids that do not begin in
the corner, are not found.

*Measures* tell tiles apart. *Drawn*: how many pixels of a tile differ from its own ground,
the pixel in its bottom right corner. It does not depend on colour: a key is a key in any of
them. And for any colour, how many pixels of a tile have it.

A *kind* is worth a word where every initial frame shows a few tiles of it: floors and walls
are everywhere, and a thing that only some episodes have cannot carry a sub-task. Whether a
colour stays the same between episodes is seen here: a measure by a colour counts only where
every initial frame has that colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth import vision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from synth.models.builtin.view import View

__all__ = [
    "DRAWN",
    "MOST_TILES",
    "Kind",
    "Measure",
    "drawn_pixels",
    "kinds_of",
    "measures_of",
    "new_kinds",
    "tile_size",
]

SMALLEST = 4
FEWEST = 3
"""A grid has at least so many tiles each way."""

CLEAR = 1.5
"""How many times as many distinct tiles there must be when cut between the lines."""

MOST_TILES = 6
BACKGROUND = 0.15
"""A colour with a larger share of an initial frame is ground or wall."""

COLOURS = 24


@dataclass(frozen=True, slots=True, order=True)
class Measure:
    """A number for each tile.

    Attributes:
        colour: ``0xRRGGBB`` whose pixels are counted; -1 for the pixels off the ground.
    """

    colour: int = -1

    @property
    def is_drawn(self) -> bool:
        """Whether this is the measure that does not depend on colour."""
        return self.colour < 0


DRAWN = Measure()


@dataclass(frozen=True, slots=True, order=True)
class Kind:
    """Tiles that look alike: those on which a measure has one value."""

    measure: Measure
    count: int


def tile_size(codes: Sequence[NDArray[np.uint32]]) -> int | None:
    """The side of a tile in pixels, or ``None`` where the pictures are no grid.

    Args:
        codes: ``uint32[H, W]`` each, packed frames of one task, all of one size.
    """
    if not codes or len({picture.shape for picture in codes}) > 1:
        return None
    height, width = codes[0].shape
    largest = min(height, width) // FEWEST
    for size in range(largest, SMALLEST - 1, -1):
        if height % size or width % size:
            continue
        along = sum(_distinct(picture, size) for picture in codes)
        between = sum(
            _distinct(np.roll(picture, (size // 2, size // 2), (0, 1)), size) for picture in codes
        )
        if between >= CLEAR * along:
            return size
    return None


def measures_of(initials: Sequence[View]) -> tuple[Measure, ...]:
    """What may be counted: drawn pixels, grounds, and the colours every initial frame has.

    The drawn pixels and the ground that a tile leaves bare do not depend on the colour of what
    is there; so they come first, and the grounds of wall and floor by how common they are.
    """
    rare, grounds = _shared(initials, ground=False), _shared(initials, ground=True)
    return (DRAWN, *map(Measure, grounds), *map(Measure, rare[:COLOURS]))


def kinds_of(initials: Sequence[View]) -> tuple[Kind, ...]:
    """The kinds of which every initial frame has from one to a few tiles."""
    found: list[Kind] = []
    for measure in measures_of(initials):
        shared: set[int] | None = None
        for view in initials:
            values, counts = np.unique(view.counts(measure), return_counts=True)
            few = {int(v) for v, n in zip(values, counts, strict=True) if v > 0 and n <= MOST_TILES}
            shared = few if shared is None else shared & few
        found += [Kind(measure, count) for count in sorted(shared or ())]
    return tuple(found)


def new_kinds(initials: Sequence[View], goals: Sequence[View]) -> tuple[Kind, ...]:
    """The kinds that no initial frame has and every one of the goal frames has.

    Grounds do not make one: so much bare ground may be left anywhere, by anything.
    """
    found: list[Kind] = []
    grounds = _shared(initials, ground=True)
    for measure in measures_of(initials):
        if measure.colour in grounds:
            continue
        before = {int(v) for view in initials for v in np.unique(view.counts(measure))}
        after = [{int(v) for v in np.unique(view.counts(measure))} for view in goals]
        shared = set.intersection(*after) if after else set()
        found += [Kind(measure, count) for count in sorted(shared - before) if count > 0]
    return tuple(found)


def drawn_pixels(
    codes: NDArray[np.uint32], ground: NDArray[np.uint32], tile: int
) -> NDArray[np.int64]:
    """How many pixels of each tile differ from its ground."""
    wide = ground.repeat(tile, axis=1).repeat(tile, axis=0)
    return vision.tile_counts(codes[: wide.shape[0], : wide.shape[1]] != wide, tile)


def _distinct(codes: NDArray[np.uint32], size: int) -> int:
    return len(np.unique(vision.tile_hashes(codes, size)))


def _shared(initials: Sequence[View], *, ground: bool) -> list[int]:
    """The colours of all initial frames that are ground there, or that are not; most first."""
    shared: set[int] | None = None
    for view in initials:
        values, counts = np.unique(view.codes, return_counts=True)
        wanted = (counts >= BACKGROUND * view.codes.size) == ground
        shared = set(values[wanted].tolist()) & (set(values.tolist()) if shared is None else shared)
    return sorted(shared or (), key=lambda code: (-_pixels(initials[0], code), code))


def _pixels(view: View, code: int) -> int:
    return int(np.count_nonzero(view.codes == code))
