"""How long a parent waits for a reply.

Time in which a worker could have run and other processes had the processor is not its own, and the
deadline moves by it: a busy machine makes no program wrong.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from synth.errors import ProgramFault

if TYPE_CHECKING:
    import select
    from collections.abc import Callable

__all__ = ["TOLD", "PastDeadline", "Wait", "waited_seconds"]

TOLD = Path("/proc/self/schedstat").exists()
"""Whether this system tells how long a process has waited."""

_STARVED = 30.0
"""A deadline moves by so many times its own length at most, however busy the machine."""
_AT_ONCE = 0.05
_NOTICED = 0.01
"""Seconds of waiting that move a deadline; less is what any process waits."""
_GLANCES = (0.001, 0.02)
"""Seconds between two looks at what does not wake anybody: at first, and at last."""


class PastDeadline(ProgramFault):
    """It did not answer in time. Whether it would have, nobody can know from here."""


class Wait:
    """The wait for one reply.

    Args:
        pid: Of the worker.
        until: `time.monotonic` of the deadline.
        allowed: The deadline in words, for the message.
    """

    def __init__(self, pid: int, until: float, allowed: str) -> None:
        self._pid, self._until, self._allowed = pid, until, allowed
        self._patience: _Patience | None = None

    def for_bytes(self, poll: select.poll, there: Callable[[], bool] | None = None) -> None:
        """Wait until there is something to read.

        Args:
            poll: Knows the pipe.
            there: Whether it lies elsewhere by now.

        Raises:
            PastDeadline: There is not.
        """
        while True:
            left = self._until - time.monotonic()
            # Most answers come at once, and are not worth a look at what the worker waits for.
            now = min(left, _AT_ONCE) if self._patience is None else left
            if left > 0 and _ready(poll, now, there):
                return
            if self._patience is None and left > 0:
                self._patience = _Patience(self._pid, left)
            elif self._patience is not None and (more := self._patience.more()):
                self._until += more
            else:
                raise PastDeadline(
                    f"the program ran past its deadline of {self._allowed} and was killed."
                )


def _ready(poll: select.poll, seconds: float, there: Callable[[], bool] | None) -> bool:
    if there is None:
        return bool(poll.poll(seconds * 1000))
    end, (step, longest) = time.monotonic() + seconds, _GLANCES
    while (left := end - time.monotonic()) > 0:
        if there() or poll.poll(min(left, step) * 1000):
            return True
        step = min(2 * step, longest)
    return there()


class _Patience:
    """By how much a deadline moves, since others had the processor.

    Args:
        pid: Of the worker.
        left: Seconds until the deadline.
    """

    def __init__(self, pid: int, left: float) -> None:
        self._pid, self._waited = pid, waited_seconds(pid)
        self._most = _STARVED * left

    def more(self) -> float:
        """Seconds that the worker has waited since the last look; 0.0 where it is not worth it."""
        waited = waited_seconds(self._pid)
        more = min(waited - self._waited, self._most)
        if more < _NOTICED:
            return 0.0
        self._waited, self._most = waited, self._most - more
        return more


def waited_seconds(pid: int) -> float:
    """How long a process could have run in its life and others had the processor.

    Args:
        pid: Of the process, or of one of its threads; 0.0 where the system does not tell, or it
            is gone.
    """
    try:
        # On the processor, waiting for it, both in nanoseconds, and how often it was put there:
        # https://docs.kernel.org/scheduler/sched-stats.html
        fields = Path(f"/proc/{pid}/schedstat").read_bytes().split()
        return int(fields[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0
