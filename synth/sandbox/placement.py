"""Where a worker runs, relative to whoever waits for it.

A single frame is asked for and waited for. Where either side sleeps meanwhile, two processors
are no help: each hand-over wakes an idle one and moves the frame between caches, and on one it
does neither, which halves the time (``benchmarks/sandbox_overhead.py``). So a worker is kept on
its parent's processor while it is asked single frames, and set free for batches. Where both look
for what the other writes (`synth.sandbox.mailbox`) it is kept off it instead: two that look on one
processor wait for each other's time to be up.

It is about speed alone: nothing here confines, and where the system has no such calls,
nothing happens.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Placement"]

_ANYWHERE = -1


def _find_getcpu() -> Callable[[], int] | None:
    if not hasattr(os, "sched_setaffinity"):
        return None
    getcpu: Callable[[], int] | None = getattr(ctypes.CDLL(None), "sched_getcpu", None)
    return getcpu


_getcpu = _find_getcpu()


class Placement:
    """The processor of one worker.

    Args:
        pid: The worker's process id.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._cpu = _ANYWHERE
        self._apart = False

    def near(self) -> None:
        """Keep the worker on the processor of the calling thread."""
        if _getcpu is None:
            return
        cpu = _getcpu()
        if (cpu != self._cpu or self._apart) and cpu >= 0:
            self._cpu, self._apart = cpu, False
            self._place({cpu})

    def apart(self) -> None:
        """Keep the worker off the processor of the calling thread."""
        if _getcpu is None:
            return
        cpu = _getcpu()
        if (cpu != self._cpu or not self._apart) and cpu >= 0:
            self._cpu, self._apart = cpu, True
            self._place(os.sched_getaffinity(0) - {cpu})

    def anywhere(self) -> None:
        """Let the worker run wherever this process may."""
        if self._cpu != _ANYWHERE:
            self._cpu, self._apart = _ANYWHERE, False
            self._place(os.sched_getaffinity(0))

    def _place(self, cpus: set[int]) -> None:
        # The worker may be gone, or a processor out of bounds: then speed is all that is lost.
        with contextlib.suppress(OSError):
            os.sched_setaffinity(self._pid, cpus)
