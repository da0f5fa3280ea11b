"""Whether it pays that parent and worker look for each other (`synth.sandbox.mailbox`).

It pays while single frames are asked for one soon after the other and a processor is free for
the worker. Both are measured, over a window of calls: how often the worker would have gone to
sleep before the next call, and how long either side could have run and others had the processor.
Where it does not pay, the two take turns on one processor, and it is tried again later, ever more
seldom.
"""

from __future__ import annotations

import os
import threading
import time

from synth.sandbox.mailbox import POSSIBLE, SECONDS
from synth.sandbox.waiting import TOLD, waited_seconds

__all__ = ["Pace"]

_WINDOW = 64
_LEAST = 0.06
"""Calls and seconds of a window at least: a process is put off for some milliseconds now and then
on an idle machine too."""
_SELDOM = 0.25
"""Share of calls that come too late for a worker that looks."""
_CONTESTED = 0.1
"""Share of the time that either side waits for a processor."""
_FIRST_PAUSE, _LAST_PAUSE = 0.25, 8.0
"""Seconds until it is tried again."""


class Pace:
    """The pace of one worker's single calls.

    Args:
        pid: The worker's process id.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._looking = False
        self._calls = self._late = 0
        self._ended = time.perf_counter()
        self._began, self._waited = self._ended, 0.0
        self._pause, self._until = _FIRST_PAUSE, 0.0
        self._possible = POSSIBLE and TOLD and len(os.sched_getaffinity(0)) > 1

    def looks(self) -> bool:
        """Whether the call that begins now should be made by looking."""
        if not self._possible:
            return False
        now = time.perf_counter()
        self._late += now - self._ended > SECONDS
        self._calls += 1
        if self._calls >= _WINDOW and (not self._looking or now - self._began > _LEAST):
            self._judge(now)
        return self._looking

    def ended(self) -> None:
        """A call has ended."""
        self._ended = time.perf_counter()

    def _judge(self, now: float) -> None:
        late, self._calls, self._late = self._late > _SELDOM * self._calls, 0, 0
        if not self._looking:
            self._looking = not late and now >= self._until
            if self._looking:
                self._began, self._waited = now, self._waits()
            return
        waited = self._waits()
        contested = waited - self._waited > _CONTESTED * (now - self._began)
        self._began, self._waited = now, waited
        if late or contested:
            self._looking, self._until = False, now + self._pause
            self._pause = min(2 * self._pause, _LAST_PAUSE)
        else:
            self._pause = max(self._pause / 2, _FIRST_PAUSE)

    def _waits(self) -> float:
        return waited_seconds(threading.get_native_id()) + waited_seconds(self._pid)
