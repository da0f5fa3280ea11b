"""Seconds of work on a run, counted on where an earlier process left off.

Time between processes does not count. Nothing is decided by the time of day.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Clock"]


class Clock:
    """Counts seconds.

    Args:
        base: Seconds of work that the journal already knows of.
        now: Where time comes from; monotonic, in seconds.
    """

    def __init__(self, base: float = 0.0, now: Callable[[], float] = time.monotonic) -> None:
        self._base, self._now, self._start = base, now, now()

    def elapsed(self) -> float:
        """Seconds of work so far, earlier processes included."""
        return self._base + self._now() - self._start
