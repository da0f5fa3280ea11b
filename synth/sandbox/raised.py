"""What went wrong within a program, as data that can be sent.

This file is loaded by path inside the zygote, so it imports the standard library only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["FILE", "Raised", "WrongType", "describe", "innermost"]

FILE = "<reward>"
"""The name under which a program is compiled."""
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


@dataclass(frozen=True, slots=True)
class Raised:
    """What went wrong in one cell, as it will be sent.

    Attributes:
        pair: Index of the pair within the request.
        subtask: Index of the sub-task.
        line: Line of the program, 0 where none is known.
        function: The function that was called.
        exception: The exception's type.
        message: Its text.
    """

    pair: int
    subtask: int
    line: int
    function: str
    exception: str
    message: str


class WrongType(TypeError):
    """It returned something of the wrong type."""

    @classmethod
    def of(cls, wanted: str, answer: object) -> WrongType:
        """That it returned this answer instead of what is wanted."""
        try:
            kind = str(type(answer).__name__)
        except BaseException:  # noqa: BLE001 - a hostile metaclass may raise anything at all
            kind = "something"
        return cls(f"it returned {kind} instead of {wanted}")


def describe(error: BaseException, pair: int = 0, subtask: int = 0, function: str = "") -> Raised:
    """An exception as data, whatever its own methods do."""
    line = 0
    if isinstance(error, SyntaxError) and error.filename == FILE:
        line = error.lineno or 0
    trace = innermost(error.__traceback__)
    if trace is not None:
        line = trace.tb_lineno
    try:
        exception = str(type(error).__name__)
        message = str(error)
        if isinstance(error, SyntaxError):
            message = str(error.msg)
    except BaseException:  # noqa: BLE001 - a hostile __str__ may raise anything at all
        exception, message = "Exception", "(its text cannot be read)"
    if isinstance(error, WrongType):
        exception = "TypeError"
    # Another process would tell another one: `KeyError: <function h at 0x7f3b5c0>`.
    return Raised(pair, subtask, line, function, exception, _ADDRESS.sub("", message))


def innermost(trace: TracebackType | None) -> TracebackType | None:
    """The innermost place of the program: below it is numpy, which nobody here can change."""
    found = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE:
            found = trace
        trace = trace.tb_next
    return found
