"""pybullet writes to file descriptors 1 and 2 from C, past Python's ``sys.stdout``."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["silent"]


@contextlib.contextmanager
def silent(*streams: int) -> Iterator[None]:
    """Let nothing come out that is written to file descriptors.

    Args:
        streams: Which; standard output alone by default.
    """
    streams = streams or (1,)
    sys.stdout.flush()
    sys.stderr.flush()
    library = ctypes.CDLL(None)
    library.fflush(None)
    kept = [os.dup(stream) for stream in streams]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for stream in streams:
            os.dup2(nowhere, stream)
        yield
    finally:
        # C keeps a buffer of its own, which would come out later.
        library.fflush(None)
        for stream, copy in zip(streams, kept, strict=True):
            os.dup2(copy, stream)
            os.close(copy)
        os.close(nowhere)
