"""The pictures of a page: each distinct one once, in sheets that the page carries within itself.

Thousands of small files would cost more in headers than in pixels, and many frames are shown in
several places. So pictures of one size lie in a grid on a sheet, losslessly compressed, and a
place of the page names a sheet and a cell::

    album = Album()
    picture = album.add(frame)          # AlbumPicture(sheet=0, column=3, row=0, ...)
    album.sheets()                      # one data URI a sheet

A browser shows a cell by moving the sheet behind a window of one cell's size.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from synth.episode import frame_digest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["Album", "AlbumPicture", "AlbumSheet"]

LONGEST = 4096
"""Side of a sheet in pixels, at most: phones refuse to draw larger pictures."""

MOST_PIXELS = 6_000_000
"""Of a sheet, at most: a browser keeps it unpacked, four bytes a pixel."""

FINE = 192
"""A picture whose longer side is shorter is shown enlarged with hard edges."""


@dataclass(frozen=True, slots=True)
class AlbumPicture:
    """Where a picture lies.

    Attributes:
        sheet: Number of its sheet.
        column: Of its cell.
        row: Of its cell.
        width: In pixels.
        height: In pixels.
    """

    sheet: int
    column: int
    row: int
    width: int
    height: int

    @property
    def place(self) -> str:
        """``sheet.column.row``, as the page's script reads it."""
        return f"{self.sheet}.{self.column}.{self.row}"


@dataclass(frozen=True, slots=True)
class AlbumSheet:
    """Pictures of one size.

    Attributes:
        number: From 0.
        width: Of one picture in pixels.
        height: Of one picture in pixels.
        columns: Cells across.
        rows: Cells down.
        uri: ``data:image/webp;base64,...``, or PNG where that is smaller.
    """

    number: int
    width: int
    height: int
    columns: int
    rows: int
    uri: str

    @property
    def hard_edges(self) -> bool:
        """Whether enlarging must not blur."""
        return max(self.width, self.height) < FINE


class Album:
    """Takes in pictures and lays them out on sheets."""

    def __init__(self) -> None:
        self._known: dict[bytes, AlbumPicture] = {}
        self._sheets: list[list[NDArray[np.uint8]]] = []
        self._open: dict[tuple[int, int], int] = {}

    def __len__(self) -> int:
        """How many distinct pictures there are."""
        return len(self._known)

    def add(self, frame: NDArray[np.uint8]) -> AlbumPicture:
        """Keep ``uint8[H, W, 3]``, unless it is kept already."""
        digest = frame_digest(frame)
        if digest not in self._known:
            self._known[digest] = self._placed(frame)
        return self._known[digest]

    def all(self, frames: Iterable[NDArray[np.uint8]]) -> tuple[AlbumPicture, ...]:
        """Keep several."""
        return tuple(self.add(frame) for frame in frames)

    def sheets(self) -> tuple[AlbumSheet, ...]:
        """The sheets, packed; each picture is where `add` said."""
        return tuple(_sheet(number, cells) for number, cells in enumerate(self._sheets))

    def _placed(self, frame: NDArray[np.uint8]) -> AlbumPicture:
        height, width = frame.shape[:2]
        size = (int(height), int(width))
        columns, rows = _grid(*size)
        number = self._open.get(size)
        if number is None or len(self._sheets[number]) == columns * rows:
            number = self._open[size] = len(self._sheets)
            self._sheets.append([])
        cell = len(self._sheets[number])
        self._sheets[number].append(frame)
        return AlbumPicture(number, cell % columns, cell // columns, size[1], size[0])


def _grid(height: int, width: int) -> tuple[int, int]:
    """Columns and rows of a full sheet."""
    columns = max(1, min(LONGEST // width, 16))
    rows = max(1, min(LONGEST // height, MOST_PIXELS // (columns * width * height)))
    return columns, rows


def _sheet(number: int, cells: list[NDArray[np.uint8]]) -> AlbumSheet:
    height, width = cells[0].shape[:2]
    most, _ = _grid(height, width)
    columns = min(most, len(cells))
    rows = -(-len(cells) // columns)
    canvas = np.zeros((rows * height, columns * width, 3), np.uint8)
    for cell, frame in enumerate(cells):
        top, left = cell // columns * height, cell % columns * width
        canvas[top : top + height, left : left + width] = frame
    return AlbumSheet(number, width, height, columns, rows, _uri(canvas))


def _uri(canvas: NDArray[np.uint8]) -> str:
    """The smaller of two lossless formats."""
    image = Image.fromarray(canvas)
    packed: dict[str, bytes] = {}
    for kind, options in (("webp", {"lossless": True, "quality": 80}), ("png", {"optimize": True})):
        file = io.BytesIO()
        image.save(file, format=kind.upper(), **options)
        packed[kind] = file.getvalue()
    kind = min(packed, key=lambda name: len(packed[name]))
    return f"data:image/{kind};base64,{base64.b64encode(packed[kind]).decode('ascii')}"
