"""Whether a process has ended, for tests that end some."""

from __future__ import annotations

import os
import select


def assert_gone(handle: int, seconds: float = 20.0) -> None:
    """The process of a pidfd ends within the time."""
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    assert poll.poll(seconds * 1000)
    os.close(handle)
