"""Cut a batch of pairs into pieces that fit the shared memory.

Order is kept: the suite compares two orders, and a piece must not undo one. Workers
are asked elsewhere (`synth.sandbox.session`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.sandbox.wire import MAX_PAIRS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["Piece", "cut"]


@dataclass(frozen=True, eq=False, slots=True)
class Piece:
    """Consecutive pairs and the frames they need.

    Attributes:
        start: Index of its first pair.
        used: ``int64[n]``, the distinct frames, ascending.
        pairs: ``int32[p, 2]``, indices into `used`.
    """

    start: int
    used: NDArray[np.int64]
    pairs: NDArray[np.int32]


def cut(pairs: NDArray[np.int64], room: int, most: int = MAX_PAIRS) -> Iterator[Piece]:
    """The pieces of a batch, as large as they may be.

    Args:
        pairs: ``int64[P, 2]``, indices of frames.
        room: Distinct frames that a piece may hold, at least 2.
        most: Pairs that a piece may hold.

    Yields:
        Pieces that together hold every pair once, in order.
    """
    start = 0
    while start < len(pairs):
        stop = min(start + most, len(pairs))
        used, local = np.unique(pairs[start:stop], return_inverse=True)
        if len(used) > room:
            stop = start + _fitting(pairs[start:stop], room)
            used, local = np.unique(pairs[start:stop], return_inverse=True)
        yield Piece(start, used, local.reshape(-1, 2).astype(np.int32))
        start = stop


def _fitting(pairs: NDArray[np.int64], room: int) -> int:
    """How many of the first pairs need no more than `room` frames."""
    flat = pairs.reshape(-1)
    _, first = np.unique(flat, return_index=True)
    # The frame that is one too many appears first at the room-th smallest place.
    return int(np.partition(first, room)[room]) // 2
