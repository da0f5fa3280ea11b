"""Why a request was not answered in time, as far as can be seen from here.

A loop that never ends, or a little too much work for each of many pictures: a few of them asked
about alone tell the two apart.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from synth.errors import ProgramFault
from synth.sandbox.process import WorkerLost
from synth.sandbox.waiting import PastDeadline

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LOADING", "STUCK", "TRIED", "why_late"]

TRIED = 4.0
"""Seconds in which it is tried why a request was late."""
_ALONE = 200
"""Pictures that are tried at most."""
_LONG_WAIT, _MANY = 1.0, 10
"""So many seconds, and so many times what others took, is no mere slowness."""

STUCK = (
    "It was asked about a single picture: look for a loop that does not end, or for far too much "
    "work on one picture."
)
LOADING = "look for a loop that does not end, or for large tables, at the top level."


def why_late(ask: Callable[[int, float], None], count: int, seconds: float, *, trial: float) -> str:
    """What the program is like over the same pictures one at a time, as far as it is tried.

    Args:
        ask: Asks about one of them, for so many seconds at most.
        count: How many there are.
        seconds: How long all of them together could take.
        trial: Seconds that trying may take.
    """
    if count == 1:
        return STUCK
    answered, spent, waited = 0, 0.0, 0.0
    while answered < min(count, _ALONE) and spent < trial:
        began = time.monotonic()
        try:
            ask(answered, trial - spent)
        except PastDeadline:
            waited = time.monotonic() - began
            break
        except (ProgramFault, WorkerLost):
            return f"It was asked about {count:,} pictures at once."
        spent += time.monotonic() - began
        answered += 1
    return _lateness(count, seconds, answered=answered, spent=spent, waited=waited)


def _lateness(count: int, seconds: float, *, answered: int, spent: float, waited: float) -> str:
    """Why a request was late, as far as pictures asked about one at a time tell.

    Args:
        count: Pictures in the request.
        seconds: Seconds that it could take.
        answered: How many of them were answered alone.
        spent: Seconds that those took.
        waited: Seconds that the next one took without an answer; 0.0 where all were answered.
    """
    if not answered:
        return (
            f"Of the {count:,} pictures it was asked about the first, alone, was not answered in "
            f"{waited:.2g} s either: look for a loop that does not end, or for far too much work "
            "on one picture."
        )
    each = spent / answered
    rate = f"the first {answered:,} took about {1000 * each:.2g} ms each"
    alone = f"Of the {count:,} pictures it was asked about, one at a time, {rate}"
    # The last one is cut off where the trial ends, and may have had no time: that says nothing.
    if waited > max(_LONG_WAIT, _MANY * each):
        return (
            f"{alone}, and the next was not answered within {waited:.2g} s: look for a loop that "
            "does not end on some pictures."
        )
    if each * count >= seconds / 2:
        return (
            f"{alone}, which is too slow for so many: it is no endless loop as far as could be "
            "seen, but too much work for each picture."
        )
    return (
        f"{alone}, which is quick enough: another of them takes far longer. Look for a loop that "
        "does not end on some pictures, or for work that grows with what is in the picture."
    )
