"""The time that a program spends in its functions.

This file is loaded by path inside the zygote, so it imports the standard library only.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Stopwatch"]


class Stopwatch:
    """Time spent within named functions, their callees included.

    Args:
        names: The functions, in the order in which `read` reports.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._seconds = dict.fromkeys(names, 0.0)
        self._calls = dict.fromkeys(names, 0)
        self._depth = dict.fromkeys(names, 0)

    def wrap(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed. Within a recursion only the outermost call counts its time."""
        seconds, calls, depth = self._seconds, self._calls, self._depth

        def timed(*args: Any, **kwargs: Any) -> Any:
            calls[name] += 1
            depth[name] += 1
            began = perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                depth[name] -= 1
                if not depth[name]:
                    seconds[name] += perf_counter() - began

        return timed

    def read(self) -> list[float]:
        """Seconds and calls of each function in turn."""
        return [x for name in self._calls for x in (self._seconds[name], float(self._calls[name]))]
