"""The pictures on which most undecided pairs of readings are told apart.

Greedily, one picture at a time, until all pairs are told apart that any picture tells, or no more
may be asked. A picture is asked about for every sub-task of which it tells a pair apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["PictureQuestion", "choose", "undecided"]

CLOSE = 0.9
"""Of pictures that tell nearly as much, one is taken that balances the answers."""

SEED = 20240204  # any fixed seed: equals are taken in the same order on every run


@dataclass(frozen=True, slots=True, order=True)
class PictureQuestion:
    """Does this sub-task hold in this picture?

    Attributes:
        row: Of the pool.
        column: The sub-task, as its number in the plan.
    """

    row: int
    column: int


def choose(
    readings: Mapping[int, Sequence[NDArray[np.int8]]],
    askable: NDArray[np.bool_],
    *,
    most: int,
    asked: Iterable[PictureQuestion] = (),
) -> tuple[PictureQuestion, ...]:
    """Questions about at most `most` further pictures.

    Args:
        readings: Sub-task to columns ``int8[N]`` (1, 0, or -1 for nothing), the candidate's own
            first.
        askable: ``bool[N]``: the pictures that may be chosen.
        most: How many pictures.
        asked: What was asked before, whatever came of it: those pairs are decided.

    Returns:
        In the order in which the pictures were chosen.
    """
    groups = {column: np.stack(said) for column, said in readings.items() if len(said) > 1}
    if not groups:
        return ()
    known = tuple(asked)
    open_ = {column: undecided(group, column, known) for column, group in groups.items()}
    # A sub-task with few rivals is not drowned by one with many.
    weights = {column: 1.0 / max(pairs.sum(), 1.0) for column, pairs in open_.items()}
    free = askable.copy()
    free[[q.row for q in known]] = False
    order = np.random.default_rng(SEED).permutation(len(askable))
    balance = np.zeros(max(groups) + 1)
    chosen: list[PictureQuestion] = []
    for _ in range(most):
        told = {column: _told(groups[column], pairs) for column, pairs in open_.items()}
        gain = sum((told[c] * weights[c] for c in told), np.zeros(len(askable)))
        gain[~free] = 0.0
        if not gain.any():
            break
        row = _best(gain, order, groups, told, balance)
        free[row] = False
        for column in told:
            if told[column][row] > 0:
                chosen.append(PictureQuestion(row, column))
                open_[column] &= ~_apart(groups[column][:, row])
                balance[column] += 1 if groups[column][0, row] == 1 else -1
    return tuple(chosen)


def undecided(
    group: NDArray[np.int8], column: int, asked: Iterable[PictureQuestion]
) -> NDArray[np.bool_]:
    """``bool[R, R]``, upper half: the pairs of R readings that no question has told apart."""
    pairs = np.triu(np.ones((len(group), len(group)), np.bool_), k=1)
    for question in asked:
        if question.column == column:
            pairs &= ~_apart(group[:, question.row])
    return pairs


def _told(group: NDArray[np.int8], pairs: NDArray[np.bool_]) -> NDArray[np.float64]:
    """``float64[N]``: how many undecided pairs each picture tells apart."""
    yes, no = (group == 1).astype(np.float64), (group == 0).astype(np.float64)
    both = (pairs | pairs.T).astype(np.float64)
    # Of each ordered pair one reading says yes and the other no: the unordered pair counts once.
    told: NDArray[np.float64] = (yes * (both @ no)).sum(axis=0)
    return told


def _apart(said: NDArray[np.int8]) -> NDArray[np.bool_]:
    """``bool[R, R]``: the pairs of readings that differ on one picture."""
    apart: NDArray[np.bool_] = (said[:, None] == 1) & (said[None, :] == 0)
    return apart | apart.T


def _best(
    gain: NDArray[np.float64],
    order: NDArray[np.intp],
    groups: Mapping[int, NDArray[np.int8]],
    told: Mapping[int, NDArray[np.float64]],
    balance: NDArray[np.float64],
) -> int:
    """Among the pictures that tell nearly most the one whose answers balance those before it."""
    close = order[gain[order] >= CLOSE * gain.max()]
    skew = np.zeros(len(close))
    for column, group in groups.items():
        asks = told[column][close] > 0
        skew += asks * np.where(group[0, close] == 1, 1.0, -1.0) * balance[column]
    return int(close[skew.argmin()])
