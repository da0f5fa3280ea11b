"""Whether pictures are grids of equal tiles, and of which size.

Every picture that is shown is asked. A grid drawn from a few kinds of tile holds few
distinct tiles where it is cut along its own lines, and many where it is cut between them.
The largest size for which that makes a clear difference is the tile's; its divisors show the
same difference, its multiples none.

Tiles that are not square, and grids that do not begin in the corner, are not found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth import vision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["tile_size"]

SMALLEST = 4
FEWEST = 3
"""A grid has at least so many tiles each way."""

CLEAR = 1.5
"""How many times as many distinct tiles there must be when cut between the lines."""


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


def _distinct(codes: NDArray[np.uint32], size: int) -> int:
    return len(np.unique(vision.tile_hashes(codes, size)))
