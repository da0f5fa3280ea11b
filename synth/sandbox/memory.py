"""Memory that the parent writes and a worker can only read.

On Linux a memfd: the parent makes the one writable mapping, then seals the file against any
further write, any writable mapping and any change of size, and against unsealing. Elsewhere
an unlinked temporary file, of which the worker gets a read-only descriptor. Pages exist only
once written, so capacity costs nothing. Frames here are not locked against the parent's own
mistakes.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from synth.sandbox.wire import FRAMES_OFFSET, MISSIONS_OFFSET, NUMBERS_OFFSET

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CAPACITY", "FrameSlot", "SharedMemory"]

CAPACITY = 64 << 20
"""Bytes of an ordinary shared memory: 2,400 frames of 96 x 96 pixels."""

_F_ADD_SEALS = 1033
_SEALS = 0x1 | 0x2 | 0x4 | 0x10  # SEAL, SHRINK, GROW, FUTURE_WRITE (fcntl knows it from 3.12 on)


class SharedMemory:
    """One shared memory.

    Args:
        capacity: Bytes, rounded up to whole pages.

    Raises:
        OSError: The machine gives none.

    Attributes:
        size: Bytes.
        descriptor: What the worker maps; closed by `give_away`.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.size = -(-capacity // mmap.PAGESIZE) * mmap.PAGESIZE
        if hasattr(os, "memfd_create"):
            self._on_linux()
        else:
            self._elsewhere()

    def _on_linux(self) -> None:
        import fcntl  # noqa: PLC0415 - next to the only use, and absent on some systems

        self.descriptor = os.memfd_create("synth", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            os.ftruncate(self.descriptor, self.size)
            self._map = mmap.mmap(self.descriptor, self.size)
            fcntl.fcntl(self.descriptor, _F_ADD_SEALS, _SEALS)
        except BaseException:  # the descriptor must not outlive a failed start
            os.close(self.descriptor)
            raise

    def _elsewhere(self) -> None:
        writable, name = tempfile.mkstemp(prefix="synth-")
        try:
            os.ftruncate(writable, self.size)
            self._map = mmap.mmap(writable, self.size)
            self.descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC)
        finally:
            os.close(writable)
            Path(name).unlink()

    def give_away(self) -> None:
        """Close the descriptor, once the worker has its own."""
        os.close(self.descriptor)

    def put_text(self, text: bytes) -> None:
        """Write text at the beginning."""
        self._map[: len(text)] = text

    def pairs(self, count: int) -> NDArray[np.int32]:
        """``int32[count, 2]``, writable, where the worker looks for pairs."""
        return np.ndarray((count, 2), np.int32, self._map)

    def numbers(self, count: int) -> NDArray[np.int32]:
        """``int32[count]``, writable, where the worker looks for the number of a pair's mission."""
        return np.ndarray(count, np.int32, self._map, NUMBERS_OFFSET)

    def put_missions(self, text: bytes) -> None:
        """Write the distinct missions where the worker looks for them."""
        self._map[MISSIONS_OFFSET : MISSIONS_OFFSET + len(text)] = text

    def frames(self, count: int, height: int, width: int) -> NDArray[np.uint8]:
        """``uint8[count, height, width, 3]``, writable, where the worker looks for frames."""
        return np.ndarray((count, height, width, 3), np.uint8, self._map, FRAMES_OFFSET)

    @property
    def map(self) -> mmap.mmap:
        """All of it."""
        return self._map

    def slot(self, index: int, height: int, width: int) -> FrameSlot:
        """Where one frame of that size lies."""
        size = height * width * 3
        start = FRAMES_OFFSET + index * size
        return FrameSlot(np.ndarray(size, np.uint8, self._map, start))

    def room(self, height: int, width: int) -> int:
        """How many frames of that size fit."""
        return (self.size - FRAMES_OFFSET) // (height * width * 3)

    def close(self) -> None:
        """Unmap, unless an array still looks in; then the last such array does."""
        with contextlib.suppress(BufferError):
            self._map.close()


class FrameSlot:
    """Where one frame after the other is laid, of which much is alike.

    What is not written stays in the cache of the processor that has read it: fetching 27 KiB from
    another's takes it ten microseconds.

    Args:
        cells: ``uint8[H * W * 3]`` of the shared memory.
    """

    def __init__(self, cells: NDArray[np.uint8]) -> None:
        self._cells, self._words = cells, None
        if not cells.size % 8:
            self._words = cells.view(np.uint64)
            self._changed = np.empty(len(self._words), np.bool_)

    def put(self, frame: NDArray[np.uint8]) -> None:
        """Write what differs from the frame before.

        Args:
            frame: ``uint8[H, W, 3]``.
        """
        new = frame.reshape(-1)
        if self._words is None:
            self._cells[:] = new
            return
        words = new.view(np.uint64)
        changed = np.not_equal(words, self._words, out=self._changed).tobytes()
        first = changed.find(1)
        if first >= 0:
            last = changed.rfind(1) + 1
            self._words[first:last] = words[first:last]
