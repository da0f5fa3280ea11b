"""Stacks of frames in one file each: NumPy's own format, packed with xz.

The same frames always become the same bytes. Neither way needs memory for all of them.
"""

from __future__ import annotations

import io
import lzma
from typing import IO, TYPE_CHECKING

import numpy as np

from synth.episode.frame_file import CHUNK, FrameFile, chunks

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["frames_header", "read_frames", "unpack_frames", "write_frames"]

_LARGEST = 1 << 14
"""Pixels of a side."""

XZ_PRESET = 3
"""On rendered frames as small as the default 6, and 15 times as quick to write."""


def write_frames(
    path: Path, frames: NDArray[np.uint8], order: NDArray[np.int64] | None = None
) -> None:
    """Write a stack.

    Args:
        path: Replaced if it is there.
        frames: ``uint8[N, H, W, 3]``.
        order: Which of them to write, in which order; all by default.
    """
    count = len(frames) if order is None else len(order)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "|u1", "fortran_order": False, "shape": (count, *frames.shape[1:])}
    )
    packer = lzma.LZMACompressor(preset=XZ_PRESET)
    with path.open("wb") as stream:
        stream.write(packer.compress(header.getvalue()))
        for chunk in chunks(frames, order):
            stream.write(packer.compress(np.ascontiguousarray(chunk).data))
        stream.write(packer.flush())


def read_frames(path: Path) -> NDArray[np.uint8]:
    """Read a stack, ``uint8[N, H, W, 3]``, read-only and not in memory; see `unpack_frames`."""
    with FrameFile() as file:
        unpack_frames(path, file)
        return file.array()


def frames_header(stream: IO[bytes], name: str) -> tuple[int, int, int, int]:
    """The shape of a stack, ``(N, H, W, 3)``, from where it begins; the frames come next.

    Args:
        stream: Unpacked.
        name: Of the file, for messages.

    Raises:
        OSError: The file cannot be read.
        lzma.LZMAError: It is not xz.
        EOFError: It ends too early.
        ValueError: It holds no frames.
    """
    try:
        known = np.lib.format.read_magic(stream) == (1, 0)
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    except (OSError, EOFError, lzma.LZMAError):
        raise
    # A header is a Python literal: reading it ends in TokenError and SyntaxError, too.
    except Exception as error:
        raise ValueError(f"{name} is not in the NumPy format that synth writes") from error
    whole = known and len(shape) == 4 and all(0 <= side <= _LARGEST for side in shape[1:])  # noqa: PLR2004
    if fortran or dtype != np.uint8 or not whole or shape[0] < 0 or shape[3] != 3:  # noqa: PLR2004
        raise ValueError(f"{name} holds no frames uint8[N, H, W, 3]")
    if shape[0] and not (shape[1] and shape[2]):
        raise ValueError(f"{name} holds frames without pixels")
    count, height, width, channels = shape
    return count, height, width, channels


def unpack_frames(path: Path, file: FrameFile) -> int:
    """Append a stack to a file of frames; gives how many they are.

    Raises:
        OSError: The file cannot be read.
        lzma.LZMAError: It is not xz.
        EOFError: It ends too early.
        ValueError: It holds no frames, or frames of another size.
    """
    with lzma.open(path) as stream:
        shape = frames_header(stream, path.name)
        if shape[0] and file.shape not in (None, shape[1:]):
            raise ValueError(f"{path.name} holds frames of {shape[1:]}, not of {file.shape}")
        if shape[0]:
            file.shape = shape[1:]
        left, each = shape[0], max(1, CHUNK // max(1, int(np.prod(shape[1:]))))
        while left:
            wanted = min(each, left) * int(np.prod(shape[1:]))
            raw = stream.read(wanted)
            if len(raw) != wanted:
                raise EOFError(f"{path.name} ends too early")
            file.append(np.frombuffer(raw, np.uint8).reshape(-1, *shape[1:]))
            left -= min(each, left)
    return int(shape[0])
