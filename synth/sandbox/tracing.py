"""What a program computed on one picture, in words: the values its functions ended with.

It is for whoever repairs the program. The words come from the program's own process, are
bounded, and are no more to be believed than the program.

This file is loaded by path inside the zygote, so it imports NumPy and the standard library only.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import FrameType

__all__ = ["Tracer", "told"]

_LINE = 400
_ITEMS, _DEEP, _TEXT = 8, 3, 60
_SMALL = 9  # numbers of an array that are worth reading one by one
_PLANE = 2


@dataclass(slots=True)
class _Call:
    """The last call of a function that ended."""

    values: str
    result: str
    count: int = 1


class Tracer:
    """Notes what the functions of one file ended with.

    Args:
        file: The file, as it was compiled. Others are not looked into.
        asked: Functions that are called from outside: what they are given is the picture, or
            another's result, and is not told again.
    """

    def __init__(self, file: str, asked: frozenset[str]) -> None:
        self._file, self._asked = file, asked
        self._calls: dict[str, _Call] = {}

    def call(self, function: Callable[..., Any], *given: Any) -> Any:
        """Call a function, and note what it and those that it calls end with."""
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            return function(*given)
        finally:
            sys.settrace(before)

    def lines(self, first: str) -> list[str]:
        """A line for each function, ``near: gap = 3.5 -> False``, `first` before all others."""
        names = sorted(self._calls, key=lambda name: name != first)
        return [self._line(name, self._calls[name]) for name in names]

    def _enter(self, frame: FrameType, event: str, _: Any) -> Any:
        code = frame.f_code
        # Comprehensions and lambdas have no name to speak of them by.
        if event != "call" or code.co_filename != self._file or code.co_name.startswith("<"):
            return None
        frame.f_trace_lines = False
        return self._leave

    def _leave(self, frame: FrameType, event: str, result: Any) -> Any:
        if event == "return":
            code = frame.f_code
            given = code.co_varnames[: code.co_argcount] if code.co_name in self._asked else ()
            known = {k: v for k, v in frame.f_locals.items() if k not in given}
            values = ", ".join(f"{name} = {told(value)}" for name, value in known.items())
            last = self._calls.get(code.co_name)
            self._calls[code.co_name] = _Call(values, told(result), last.count + 1 if last else 1)
        return self._leave

    @staticmethod
    def _line(name: str, call: _Call) -> str:
        often = f" (the last of {call.count} calls)" if call.count > 1 else ""
        values = f" {call.values}" if call.values else ""
        room = _LINE - len(call.result)
        values = values if len(values) <= room else f"{values[: room - 4]} ..."
        return f"{name}{often}:{values} -> {call.result}"


def told(value: Any, deep: int = _DEEP) -> str:
    """A value in a few words.

    >>> told((1, 2.34567, True))
    '(1, 2.346, True)'
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return _plain(value)
    if isinstance(value, np.ndarray):
        return _array(value)
    if hasattr(value, "items"):  # a dictionary, or the view that checkers get of one
        pairs = (f"{told(k, deep - 1)}: {told(v, deep - 1)}" for k, v in _some(value.items()))
        return f"{{{_listed(pairs, len(value), deep)}}}"
    if isinstance(value, tuple | list | set | frozenset):
        inner = _listed((told(item, deep - 1) for item in _some(value)), len(value), deep)
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    fields = getattr(type(value), "__dataclass_fields__", {}) if deep else {}
    shown = [f"{n}={told(getattr(value, n), deep - 1)}" for n in fields if not n.startswith("_")]
    kind = type(value).__name__
    return f"{kind}({', '.join(shown)})" if shown else kind


def _plain(value: float | str | None) -> str:
    if isinstance(value, str):
        return repr(value if len(value) <= _TEXT else f"{value[:_TEXT]}...")
    return f"{value:.4g}" if isinstance(value, float) else str(value)[:_TEXT]


def _array(value: np.ndarray) -> str:
    if value.size <= _SMALL:
        return f"array {told(value.tolist())}"
    shape = ", ".join(map(str, value.shape))
    if value.dtype != bool:
        low, high = value.min(), value.max()
        return f"{value.dtype}[{shape}] from {told(low)} to {told(high)}"
    count = int(np.count_nonzero(value))
    if value.ndim != _PLANE or not count:
        return f"bool[{shape}], {count} true"
    rows, columns = np.flatnonzero(value.any(axis=1)), np.flatnonzero(value.any(axis=0))
    return (
        f"bool[{shape}], {count} true in rows {rows[0]}..{rows[-1]}, "
        f"columns {columns[0]}..{columns[-1]}"
    )


def _some(values: Iterable[Any]) -> list[Any]:
    return list(islice(values, _ITEMS))


def _listed(items: Iterable[str], count: int, deep: int) -> str:
    if not deep:
        return "..."
    return ", ".join([*items, f"... {count} in all"] if count > _ITEMS else items)
