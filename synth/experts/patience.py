"""A limit on how long an expert may think of one action.

Experts are the user's code, or a planner that others wrote, and some never come to an end on some
seeds. Nothing stops a function from outside but a signal, so the limit holds where signals do: in
the main thread of a Unix process. Elsewhere an expert may think for ever.
"""

from __future__ import annotations

import functools
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from synth.errors import ExpertBroke

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.envs.base import Policy

__all__ = ["SECONDS", "patient"]

SECONDS = 60.0
"""For one action. Planners take milliseconds, a neural network's policy some seconds."""

_END = object()


class _TooLong(BaseException):
    """Raised within the expert, whose own handlers catch errors and not this."""


def patient(policy: Policy, name: str, seconds: float = SECONDS) -> Policy:
    """The same expert, given up where it takes longer than that over one action.

    Args:
        policy: The expert.
        name: What it is called in the message.
        seconds: Wall-clock time for one action.
    """

    @functools.wraps(policy)
    def act(simulator: Any, /) -> Iterator[Any]:
        try:
            with _limit(seconds):
                # A plain function may do all of its thinking here, before there is an iterator.
                actions = _each(policy(simulator))
            while True:
                with _limit(seconds):
                    action = next(actions, _END)
                if action is _END:
                    return
                yield action
        except _TooLong:
            raise ExpertBroke(
                f"{name} has not come to an action within {seconds:g} seconds; it may never do."
            ) from None

    return act


def _each(made: Any) -> Iterator[Any]:
    """The actions, one by one, of what an expert gave when it was called."""
    try:
        return iter(made)
    except TypeError as error:
        raise TypeError(f"{error}; an expert gives its actions one by one, by `yield`") from None


@contextmanager
def _limit(seconds: float) -> Iterator[None]:
    """Interrupt the block after so long, where that is possible and nobody else does."""
    free = (
        threading.current_thread() is threading.main_thread()
        and hasattr(signal, "setitimer")
        and signal.getitimer(signal.ITIMER_REAL)[0] == 0.0
    )
    if not free:
        yield
        return
    before = signal.signal(signal.SIGALRM, _interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise _TooLong
