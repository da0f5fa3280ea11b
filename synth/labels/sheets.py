"""Dealing questions out into sheets, for two looks in other order and company.

A sheet is what one request asks. Among its pictures is one whose answer is known: whether the
goal is reached, which success says. A sheet that answers this *control* wrong is thrown away: its
eyes cannot be trusted with the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.labels.choose import PictureQuestion
from synth.labels.pool import experts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from synth.labels.pool import Pool
    from synth.task.labels import LabelAnswer

__all__ = ["LARGEST", "Sheet", "controls", "deal", "settled", "sheets_for"]

LARGEST = 12
"""Pictures on one sheet: about as many as a model looks at with care, and as services take."""

SEED = 20240204  # any fixed seed: the same questions are dealt alike on every run


@dataclass(frozen=True, slots=True)
class Sheet:
    """The pictures of one request, in order.

    Attributes:
        pictures: Row of the pool, and the sub-tasks (numbers in the plan) that are asked there.
    """

    pictures: tuple[tuple[int, tuple[int, ...]], ...]

    @property
    def questions(self) -> tuple[PictureQuestion, ...]:
        """All that it asks."""
        return tuple(
            PictureQuestion(row, column) for row, columns in self.pictures for column in columns
        )


def sheets_for(pictures: int) -> int:
    """How many sheets so many pictures need."""
    return -(-pictures // LARGEST)


def controls(pool: Pool, goal: int, number: int) -> tuple[PictureQuestion, ...]:
    """Questions with known answers: successes, and the frames just before one, in turn.

    Args:
        pool: The pictures.
        goal: The goal's number in the plan.
        number: How many; fewer where the pool has fewer.
    """
    told = pool.success * pool.askable  # 1 where success is told, 0 or -1 elsewhere
    order = np.random.default_rng(SEED).permutation(len(pool))
    reached = [int(row) for row in order if told[row] == 1]
    before = {
        int(strip.rows[first - 1])
        for strip in experts_of(pool)
        if (first := strip.episode.first_success) is not None and first > 1
    }
    close = [r for r in order.tolist() if r in before and pool.success[r] == 0 and pool.askable[r]]
    turns = [row for pair in zip(reached, close, strict=False) for row in pair]
    return tuple(PictureQuestion(row, goal) for row in turns[:number])


def deal(
    questions: Iterable[PictureQuestion], known: Sequence[PictureQuestion] = (), *, look: int
) -> tuple[Sheet, ...]:
    """Sheets of at most `LARGEST` pictures; another look has other order and company.

    Args:
        questions: What is asked; those about one picture stay together.
        known: Controls, of which each sheet gets one as far as they go.
        look: Which look, from 0.
    """
    asked: dict[int, set[int]] = {}
    for question in (*questions, *known):
        asked.setdefault(question.row, set()).add(question.column)
    vouching = list(dict.fromkeys(q.row for q in known))
    others = sorted(asked.keys() - set(vouching))
    rng = np.random.default_rng([SEED, look])
    number = sheets_for(len(asked))
    piles: list[list[int]] = [[] for _ in range(number)]
    for n, row in enumerate([*rng.permutation(vouching), *rng.permutation(others)]):
        piles[n % number].append(int(row))
    return tuple(
        Sheet(tuple((int(row), tuple(sorted(asked[int(row)]))) for row in rng.permutation(pile)))
        for pile in piles
    )


def settled(one: LabelAnswer | None, other: LabelAnswer | None) -> LabelAnswer | None:
    """What two looks come to; ``None`` where one of them gave no answer at all."""
    if one is None or other is None:
        return None
    if one == other:
        return one
    return "contested" if {one, other} == {"yes", "no"} else "cannot_tell"
