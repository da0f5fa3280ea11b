"""Frames that are too many for memory: a temporary file, read by mapping it.

The file has no name once it is open, so that whatever ends the process, nothing stays behind.
"""

from __future__ import annotations

import mmap
import tempfile
from typing import TYPE_CHECKING

import numpy as np

from synth.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType
    from typing import Self

    from numpy.typing import NDArray

__all__ = ["FrameFile", "chunks", "joined", "release"]

CHUNK = 8 << 20
"""Bytes that are held at a time."""


class FrameFile:
    """Frames of one size, one after the other; a context manager.

    For example::

        with FrameFile() as file:
            file.append(frames)
            stack = file.array()

    Args:
        shape: ``(H, W, 3)``; that of the first frames where it is not given.
    """

    def __init__(self, shape: tuple[int, ...] | None = None) -> None:
        self.shape = shape
        self._count = 0
        self._file = tempfile.TemporaryFile(prefix="synth-frames-")  # noqa: SIM115 - closed on exit

    def __len__(self) -> int:
        """The number of frames."""
        return self._count

    def append(self, frames: NDArray[np.uint8]) -> None:
        """Add ``uint8[n, H, W, 3]``.

        Raises:
            EnvironmentFault: They are of another size, or the disk is full.
        """
        self.shape = self.shape or frames.shape[1:]
        if frames.shape[1:] != self.shape:
            raise EnvironmentFault(
                f"frames of {frames.shape[1:]} follow frames of {self.shape}; all "
                "episodes of a task must render to one size, so fix the environment's size."
            )
        try:
            self._file.write(np.ascontiguousarray(frames).data)
        except OSError as error:
            raise EnvironmentFault(
                f"{tempfile.gettempdir()} does not hold {self._count} frames of {self.shape}: "
                f"{error}. Make room, or name another folder by TMPDIR."
            ) from error
        self._count += len(frames)

    def array(self) -> NDArray[np.uint8]:
        """``uint8[N, H, W, 3]``, read-only: all frames so far. It outlives the file object."""
        shape = (self._count, *(self.shape or (0, 0, 3)))
        size = int(np.prod(shape))
        if not size:  # nothing can be mapped
            empty = np.zeros(shape, np.uint8)
            empty.setflags(write=False)
            return empty
        self._file.flush()
        mapped = mmap.mmap(self._file.fileno(), size, access=mmap.ACCESS_READ)
        return np.frombuffer(mapped, np.uint8).reshape(shape)

    def __enter__(self) -> Self:
        """The file itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file; arrays of it stay."""
        self._file.close()


def chunks(
    frames: NDArray[np.uint8], order: NDArray[np.int64] | None = None
) -> Iterator[NDArray[np.uint8]]:
    """Frames a few at a time, what has been read of a mapped file given back.

    Args:
        frames: ``uint8[N, H, W, 3]``.
        order: Which of them, in which order; all by default.
    """
    total = len(frames) if order is None else len(order)
    each = max(1, CHUNK // max(1, int(np.prod(frames.shape[1:]))))
    for start in range(0, total, each):
        yield frames[start : start + each] if order is None else frames[order[start : start + each]]
        release(frames)


def joined(parts: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """One stack of several, read-only and not in memory.

    Raises:
        EnvironmentFault: They are not of one size.
    """
    with FrameFile() as file:
        for part in parts:
            if len(part):
                for chunk in chunks(part):
                    file.append(chunk)
        return file.array() if len(file) else parts[0]


def release(frames: NDArray[np.uint8]) -> None:
    """Give back the memory of a mapped file's pages; they are read again where needed."""
    base: object = frames
    while isinstance(base, np.ndarray):
        base = base.base
    if isinstance(base, memoryview):
        base = base.obj
    # Pages of a mapped file count as the process's own memory for as long as they are not
    # dropped, so that reading a big store once would cost as much as holding it.
    if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        base.madvise(mmap.MADV_DONTNEED)
