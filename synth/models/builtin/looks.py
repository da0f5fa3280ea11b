"""What the places of a thing come to look like, told from labelled frames.

A door that is shut again differs from how it was at first as much as an open one does. What
parts the two is how the place looks now, and no initial frame shows that: it is read off
the frames that labels speak of. The bare ground that a look leaves is counted before its
colours are, since a look is then the same in every colour.

Looks are sought only of kinds that are seen to change where the label says true: of others
there is nothing to say. Where something covers a place for a moment, the cover is a look
too; whether it is the one that is meant, the labels decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.models.builtin.grammar import Atom
from synth.models.builtin.kinds import measures_of
from synth.models.builtin.view import Kind, Measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from synth.models.builtin.evidence import Example
    from synth.models.builtin.view import View

__all__ = ["look_atoms"]

MOST_PLACES = 12
"""Kinds whose places are looked at."""

MOST_LOOKS = 3
"""Looks that frames labelled false may add for one measure of one kind: the commonest."""


def look_atoms(
    kinds: Sequence[Kind], examples: Sequence[Example], initials: Sequence[View]
) -> tuple[Atom, ...]:
    """``became(kind, look)`` for the looks that labelled frames show, best first.

    First the looks that all frames labelled true share, then those of frames labelled false,
    of which the opposite may be said.

    Args:
        kinds: Kinds seen in every initial frame.
        examples: Labelled frames.
        initials: The initial frames; their colours are those that may be counted.
    """
    true = [e for e in examples if e.label]
    measures = measures_of(initials)
    wanted: list[Atom] = []
    unwanted: list[Atom] = []
    for kind in _changing(kinds, true):
        for measure in measures:
            done = [_shown(kind, measure, e) for e in true]
            undone = [_shown(kind, measure, e) for e in examples if not e.label]
            shared = set.intersection(*done) if done else set()
            wanted += [Atom("became", (kind, Kind(measure, n))) for n in sorted(shared)]
            common = _commonest(undone, without=set.union(*done) if done else set())
            unwanted += [Atom("became", (kind, Kind(measure, n))) for n in common]
    return (*wanted, *unwanted)


def _changing(kinds: Sequence[Kind], true: Sequence[Example]) -> tuple[Kind, ...]:
    """The kinds of which a place looks different wherever the label says true.

    Of kinds that are always at the same places the first stands for all.
    """
    found: dict[bytes, Kind] = {}
    changed = (
        k for k in kinds if all(Atom("some_changed", (k,)).holds(e.now, e.initial) for e in true)
    )
    for kind in changed:
        places = b"".join(e.initial.where(kind).tobytes() for e in true)
        found.setdefault(places, kind)
    return tuple(found.values())[:MOST_PLACES]


def _shown(kind: Kind, measure: Measure, example: Example) -> set[int]:
    """What the changed places of a kind show."""
    there = example.initial.where(kind) & ~example.now.where(kind)
    before = set(example.initial.counts(measure)[there].tolist())
    return set(example.now.counts(measure)[there].tolist()) - before


def _commonest(shown: Sequence[set[int]], without: set[int]) -> Iterator[int]:
    values = [value for one in shown for value in one if value not in without]
    numbers, counts = np.unique(np.array(values, np.int64), return_counts=True)
    order = np.lexsort((numbers, -counts))[:MOST_LOOKS]
    return (int(number) for number in numbers[order])
