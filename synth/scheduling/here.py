"""Work done at once, where it is asked for: one worker without a process of its own."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Here"]

P = ParamSpec("P")
R = TypeVar("R")


class Here(Executor):
    """Does what is submitted before `submit` returns; Ctrl-C comes out of it as it is."""

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Do it, and give a future that has ended."""
        future: Future[R] = Future()
        future.set_running_or_notify_cancel()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is in the future
            future.set_exception(error)
        return future
