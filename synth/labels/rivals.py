"""Rival readings of a sub-task: columns of verdicts that the recorded tests leave open.

A rival differs from the candidate in one sub-task alone, or one misreading would stand for all
faults. Some are how other programs read the sub-task; others are made from the candidate's own
column without any program (`synth.labels.structural`). What the suite would refute anyway is no
rival: among experts the sub-task must begin to hold where the candidate has it begin, as far as
the suite pins that down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.labels.pool import experts_of
from synth.labels.whereabouts import UNKNOWN, onset, place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from synth.labels.pool import Pool

__all__ = ["Rival", "from_programs", "open_readings"]


@dataclass(frozen=True, eq=False, slots=True)
class Rival:
    """One way to read a sub-task.

    Attributes:
        column: The sub-task, as its number in the plan.
        meaning: What it would mean, in words.
        says: ``int8[N]``: 1 where it holds, 0 where it does not, -1 where the reading says
            nothing.
    """

    column: int
    meaning: str
    says: NDArray[np.int8]


def from_programs(
    programs: Iterable[tuple[str, NDArray[np.bool_]]], holds: NDArray[np.bool_]
) -> tuple[Rival, ...]:
    """Other programs, sub-task by sub-task; the goal, which success vouches for, is left out.

    Args:
        programs: Each with its name and its verdicts ``bool[N, K]``.
        holds: The candidate's verdicts ``bool[N, K]``.
    """
    return tuple(
        Rival(column, f"as {name} reads it", said[:, column].astype(np.int8))
        for name, said in programs
        for column in range(holds.shape[1] - 1)
        if (said[:, column] != holds[:, column]).any()
    )


def open_readings(
    readings: Sequence[Rival], pool: Pool, holds: NDArray[np.bool_]
) -> tuple[Rival, ...]:
    """The readings that nothing recorded refutes, each column once, in their order."""
    kept: dict[tuple[int, bytes], Rival] = {}
    for reading in readings:
        own = holds[:, reading.column]
        differs = (reading.says != UNKNOWN) & (reading.says != own) & pool.askable
        if differs.any() and not _refuted(reading, pool, own):
            kept.setdefault((reading.column, reading.says.tobytes()), reading)
    return tuple(kept.values())


def _refuted(reading: Rival, pool: Pool, own: NDArray[np.bool_]) -> bool:
    """Whether experts tell a reading from the candidate's, which passes all tests on them."""
    filled = np.where(reading.says == UNKNOWN, own, reading.says).astype(np.bool_)
    for strip in experts_of(pool):
        first = onset(own[strip.rows])
        said = onset(filled[strip.rows])
        if said is None or said == 0:
            if first not in (None, 0):
                return True
        elif place_of(strip, first) is not None and said != first:
            return True
    return False
