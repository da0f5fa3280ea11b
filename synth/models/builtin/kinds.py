"""Which kinds of tile there are to speak of.

A kind is worth a word where every initial frame shows a few tiles of it: floors and walls
are everywhere, and a thing that only some episodes have cannot carry a sub-task. Whether a
colour stays the same between episodes is seen here: a measure by a colour counts only
where every initial frame has that colour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.models.builtin.view import DRAWN, Kind, Measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.models.builtin.view import View

__all__ = ["MOST_TILES", "grounds_of", "kinds_of", "measures_of", "new_kinds"]

MOST_TILES = 6
BACKGROUND = 0.15
"""A colour with a larger share of an initial frame is ground or wall."""

COLOURS = 24


def measures_of(initials: Sequence[View]) -> tuple[Measure, ...]:
    """The measure that knows no colour, and the colours that every initial frame has."""
    shared: set[int] | None = None
    for view in initials:
        values, counts = np.unique(view.codes, return_counts=True)
        rare = set(values[counts < BACKGROUND * view.codes.size].tolist())
        shared = rare if shared is None else shared & rare
    common = sorted(shared or (), key=lambda code: (-_pixels(initials[0], code), code))
    return (DRAWN, *(Measure(code) for code in common[:COLOURS]))


def grounds_of(initials: Sequence[View]) -> tuple[Measure, ...]:
    """The colours of ground and wall in every initial frame, the commonest first.

    How much of its ground a tile leaves bare does not depend on the colour of what is there.
    """
    shared: set[int] | None = None
    for view in initials:
        values, counts = np.unique(view.codes, return_counts=True)
        common = set(values[counts >= BACKGROUND * view.codes.size].tolist())
        shared = common if shared is None else shared & common
    ordered = sorted(shared or (), key=lambda code: (-_pixels(initials[0], code), code))
    return tuple(Measure(code) for code in ordered)


def kinds_of(initials: Sequence[View]) -> tuple[Kind, ...]:
    """The kinds of which every initial frame has from one to a few tiles."""
    found: list[Kind] = []
    for measure in measures_of(initials):
        shared: set[int] | None = None
        for view in initials:
            values, counts = np.unique(view.counts(measure), return_counts=True)
            few = {int(v) for v, n in zip(values, counts, strict=True) if v > 0 and n <= MOST_TILES}
            shared = few if shared is None else shared & few
        found += [Kind(measure, count) for count in sorted(shared or ())]
    return tuple(found)


def new_kinds(initials: Sequence[View], goals: Sequence[View]) -> tuple[Kind, ...]:
    """The kinds that no initial frame has and every one of the goal frames has."""
    found: list[Kind] = []
    for measure in measures_of(initials):
        before = {int(v) for view in initials for v in np.unique(view.counts(measure))}
        after = [{int(v) for v in np.unique(view.counts(measure))} for view in goals]
        shared = set.intersection(*after) if after else set()
        found += [Kind(measure, count) for count in sorted(shared - before) if count > 0]
    return tuple(found)


def _pixels(view: View, code: int) -> int:
    return int(np.count_nonzero(view.codes == code))
