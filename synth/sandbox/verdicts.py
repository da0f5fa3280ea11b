"""What a batch of verdicts looks like.

Plain data, made by `synth.sandbox.sandbox`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Cell", "CellError", "FunctionTime", "Verdicts"]


class Cell(IntEnum):
    """What one checker said of one pair."""

    FALSE = 0
    TRUE = 1
    RAISED = 2
    NOT_BOOL = 3


@dataclass(frozen=True, slots=True)
class CellError:
    """Why one cell is `Cell.RAISED` or `Cell.NOT_BOOL`.

    All text comes from the program: bounded in length and free of control characters, but no
    more to be believed than the program.

    Attributes:
        pair: Row of the cell.
        subtask: The sub-task's name. Where ``perceive`` or ``perceive_initial`` raised, the whole
            row is RAISED and this is the first sub-task.
        function: The function that raised: the checker, its ``_progress``, ``perceive`` or
            ``perceive_initial``.
        exception: Name of the exception's type.
        message: Its text.
        line: 1-based line of the program, or 0 where none is known.
    """

    pair: int
    subtask: str
    function: str
    exception: str
    message: str
    line: int

    def __str__(self) -> str:
        """``open_door raised ValueError on line 12: no red pixel``."""
        where = f" on line {self.line}" if self.line else ""
        text = f": {self.message}" if self.message else ""
        return f"{self.function} raised {self.exception}{where}{text}"


@dataclass(frozen=True, eq=False, slots=True)
class Verdicts:
    """Verdicts of a program on P pairs of frames.

    Attributes:
        cells: ``uint8[P, K]`` of `Cell`, one column per sub-task in plan order.
        errors: The first few errors, at most four per function of each request.
    """

    cells: NDArray[np.uint8]
    errors: tuple[CellError, ...] = ()

    @property
    def holds(self) -> NDArray[np.bool_]:
        """``bool[P, K]``: true where the sub-task holds, false for the other three."""
        held: NDArray[np.bool_] = self.cells == Cell.TRUE
        return held

    @property
    def total(self) -> bool:
        """Whether every cell is a bool."""
        return not self.cells.size or bool(self.cells.max() <= Cell.TRUE)


@dataclass(frozen=True, slots=True)
class FunctionTime:
    """Where a program's time goes.

    Attributes:
        name: One of its top-level functions.
        microseconds: Mean per pair, callees included.
        calls: Mean calls per pair.
    """

    name: str
    microseconds: float
    calls: float
