"""Replies of a hostile worker, read as values: every length and range is checked.

Lengths were checked by `synth.sandbox.process`; here go the ranges. Nothing is believed that
the program could not have returned anyway.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.sandbox import wire
from synth.sandbox.verdicts import Cell, CellError, FunctionTime

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synth.sandbox.process import Answer

__all__ = [
    "Forged",
    "read_cells",
    "read_errors",
    "read_explanation",
    "read_shares",
    "read_times",
]


class Forged(Exception):
    """A value that no honest worker sends."""


def read_cells(body: bytes, width: int) -> NDArray[np.uint8]:
    """``uint8[P, K]`` of `Cell`.

    Raises:
        Forged: There is another value among them.
    """
    cells = np.frombuffer(body, np.uint8).reshape(-1, width)
    if cells.size and cells.max() > Cell.NOT_BOOL:
        raise Forged("it sent a verdict that does not exist")
    return cells


def read_shares(body: bytes, width: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Cells ``uint8[P, K]`` and progress ``float32[P, K]``, which means something where FALSE.

    Raises:
        Forged: A value is out of range.
    """
    split = len(body) // 5
    shares = np.frombuffer(body, "<f4", offset=split).astype(np.float32).reshape(-1, width)
    if not np.all((shares >= 0) & (shares <= 1)):
        raise Forged("it sent progress outside [0, 1]")
    return read_cells(body[:split], width), shares


def read_errors(
    answer: Answer, subtasks: tuple[str, ...], start: int, rows: int
) -> tuple[CellError, ...]:
    """The errors of a reply about `rows` pairs, of which the first is pair `start`.

    Raises:
        Forged: One belongs to no pair or no sub-task.
    """
    errors = []
    for record in answer.errors:
        pair, subtask, _, line, function, exception, message = wire.ERROR.unpack(record)
        if pair >= rows or subtask >= len(subtasks):
            raise Forged("it sent an error that belongs nowhere")
        errors.append(
            CellError(
                pair=start + pair,
                subtask=subtasks[subtask],
                function=wire.read_text(function),
                exception=wire.read_text(exception),
                message=wire.read_text(message),
                line=line,
            )
        )
    return tuple(errors)


def read_explanation(body: bytes) -> tuple[str, ...]:
    """The lines of an explanation, free of control characters."""
    return tuple(filter(None, map(wire.read_text, body.split(b"\n"))))


def read_times(body: bytes, names: tuple[str, ...], pairs: int) -> tuple[FunctionTime, ...]:
    """What each function took.

    Raises:
        Forged: A figure is negative or not finite.
    """
    table = np.frombuffer(body, "<f8").reshape(-1, 2) / pairs
    if not np.all(np.isfinite(table) & (table >= 0)):
        raise Forged("it sent times that cannot be")
    return tuple(
        FunctionTime(name, float(seconds) * 1e6, float(calls))
        for name, (seconds, calls) in zip(names, table, strict=True)
    )
