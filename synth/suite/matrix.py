"""Where a judgement stands, group by group and sub-task by sub-task: what a live table shows.

It counts nothing and orders nothing by importance; the failures do.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from synth.failure import Failure, Group

__all__ = ["Status", "StatusMatrix"]


class Status(Enum):
    """What is known of a sub-task within a group."""

    WAITING = "waiting"
    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StatusMatrix:
    """One status per group and sub-task.

    Attributes:
        groups: Rows, in the cascade's order.
        subtasks: Columns, in plan order.
        cells: ``cells[row][column]``.
    """

    groups: tuple[Group, ...]
    subtasks: tuple[str, ...]
    cells: tuple[tuple[Status, ...], ...]

    @classmethod
    def waiting(cls, groups: tuple[Group, ...], subtasks: tuple[str, ...]) -> StatusMatrix:
        """The matrix before anything was judged."""
        return cls(groups, subtasks, tuple((Status.WAITING,) * len(subtasks) for _ in groups))

    def status(self, group: Group, subtask: str) -> Status:
        """One cell."""
        return self.cells[self.groups.index(group)][self.subtasks.index(subtask)]

    def judged(self, group: Group, failures: Iterable[Failure]) -> StatusMatrix:
        """The matrix after a group was judged.

        A failure that names no sub-task is one of all of them.

        Args:
            group: Which one.
            failures: Of that group; none if it passed.
        """
        at_fault = {failure.subtask for failure in failures}
        row = tuple(
            Status.FAILED if name in at_fault or None in at_fault else Status.PASSED
            for name in self.subtasks
        )
        at = self.groups.index(group)
        return StatusMatrix(
            self.groups, self.subtasks, (*self.cells[:at], row, *self.cells[at + 1 :])
        )
