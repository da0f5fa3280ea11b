"""The pointer: an arrow whose tip is where the last click was.

Chromium draws none when nobody looks. It is put into the picture here, so that the page
without it is at hand for nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["with_pointer"]

_ARROW = (
    "#.......",
    "##......",
    "#o#.....",
    "#oo#....",
    "#ooo#...",
    "#oooo#..",
    "#ooooo#.",
    "#oooo###",
    "#o#oo#..",
    "##.#oo#.",
    "#..#oo#.",
    "....##..",
)
"""``#`` is black, ``o`` is white; the tip is the first pixel."""

_ROWS, _COLUMNS = np.nonzero(np.array([[pixel != "." for pixel in row] for row in _ARROW]))
_COLOURS = np.array(
    [(255 if _ARROW[y][x] == "o" else 0,) * 3 for y, x in zip(_ROWS, _COLUMNS, strict=True)],
    dtype=np.uint8,
)


def with_pointer(page: NDArray[np.uint8], tip: tuple[int, int]) -> NDArray[np.uint8]:
    """A copy of a page's picture with the arrow in it, cut off at the edges.

    Args:
        page: ``uint8[H, W, 3]``.
        tip: Column and row of the pixel that is pointed at.
    """
    picture = page.copy()
    rows, columns = _ROWS + tip[1], _COLUMNS + tip[0]
    seen = (rows < page.shape[0]) & (columns < page.shape[1])
    picture[rows[seen], columns[seen]] = _COLOURS[seen]
    return picture
