"""Cells without a verdict: which function is to blame, and what it did instead.

This module registers no check.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.plan import PERCEIVERS
from synth.sandbox import Cell
from synth.suite.diagnosis import described

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from synth.sandbox import CellError

__all__ = ["Broken", "broken_cells"]


@dataclass(frozen=True, slots=True)
class Broken:
    """One function that gave no verdict.

    Attributes:
        function: The checker, ``perceive`` or ``perceive_initial``.
        subtask: The sub-task, or ``None`` where one of the latter is to blame.
        what: What it did: ``raises IndexError at line 7: ...``.
        row: The first row of the cells in which it did so.
        rows: In how many rows it did.
    """

    function: str
    subtask: str | None
    what: str
    row: int
    rows: int


def broken_cells(
    subtasks: Sequence[str],
    cells: NDArray[np.uint8],
    errors: Sequence[CellError],
    order: NDArray[np.int64] | None = None,
) -> Iterator[Broken]:
    """The functions at fault; ``perceive`` and ``perceive_initial`` before all others.

    Args:
        subtasks: Names of the columns.
        cells: ``uint8[P, K]`` of `Cell`.
        errors: As they came with the cells.
        order: Rows to look at, and in which order; all by default.
    """
    order = np.arange(len(cells)) if order is None else order
    among = {int(row) for row in order}
    errors = [e for e in errors if e.pair in among]
    wrong = cells[order] >= Cell.RAISED
    blind = next((e for e in errors if e.function in PERCEIVERS), None)
    if blind is not None:
        rows = int(wrong.all(axis=1).sum())
        yield Broken(blind.function, None, described(Cell.RAISED, blind), blind.pair, rows)
        return
    for k, name in enumerate(subtasks):
        at = order[np.flatnonzero(wrong[:, k])]
        if len(at):
            mine = [e for e in errors if e.subtask == name]
            error = next((e for e in mine if e.pair == at[0]), mine[0] if mine else None)
            what = described(int(cells[at[0], k]), error)
            yield Broken(name, name, what, int(at[0]), len(np.unique(at)))
