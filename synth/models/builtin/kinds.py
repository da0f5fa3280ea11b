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

__all__ = ["MOST_TILES", "kinds_of", "measures_of", "new_kinds"]

MOST_TILES = 6
BACKGROUND = 0.15
"""A colour with a larger share of an initial frame is ground or wall."""

COLOURS = 24


def measures_of(initials: Sequence[View]) -> tuple[Measure, ...]:
    """What may be counted: drawn pixels, grounds, and the colours every initial frame has.

    The drawn pixels and the ground that a tile leaves bare do not depend on the colour of what
    is there; so they come first, and the grounds of wall and floor by how common they are.
    """
    rare, grounds = _shared(initials, ground=False), _shared(initials, ground=True)
    return (DRAWN, *map(Measure, grounds), *map(Measure, rare[:COLOURS]))


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
    """The kinds that no initial frame has and every one of the goal frames has.

    Grounds do not make one: so much bare ground may be left anywhere, by anything.
    """
    found: list[Kind] = []
    grounds = _shared(initials, ground=True)
    for measure in measures_of(initials):
        if measure.colour in grounds:
            continue
        before = {int(v) for view in initials for v in np.unique(view.counts(measure))}
        after = [{int(v) for v in np.unique(view.counts(measure))} for view in goals]
        shared = set.intersection(*after) if after else set()
        found += [Kind(measure, count) for count in sorted(shared - before) if count > 0]
    return tuple(found)


def _shared(initials: Sequence[View], *, ground: bool) -> list[int]:
    """The colours of all initial frames that are ground there, or that are not; most first."""
    shared: set[int] | None = None
    for view in initials:
        values, counts = np.unique(view.codes, return_counts=True)
        wanted = (counts >= BACKGROUND * view.codes.size) == ground
        shared = set(values[wanted].tolist()) & (set(values.tolist()) if shared is None else shared)
    return sorted(shared or (), key=lambda code: (-_pixels(initials[0], code), code))


def _pixels(view: View, code: int) -> int:
    return int(np.count_nonzero(view.codes == code))
