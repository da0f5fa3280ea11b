"""The grammar's atoms where pictures are grids of tiles.

::

    atom = changed(kind)          every tile that held the kind at first holds another now
         | some_changed(kind)     one of them does
         | gone(kind)             there was one at first, and there is none now
         | appeared(kind)         there was none at first, and there is one now
         | became(kind, kind)     a tile that held the one at first holds the other now
         | beside(kind, kind)     one of each are neighbours now

A *look* is what the place of a thing comes to show, told from labelled frames. A door that is
shut again differs from how it was at first as much as an open one does. What parts the two is
how the place looks now, and no initial frame shows that: it is read off the frames that
labels speak of. The bare ground that a look leaves is counted before its colours are, since a
look is then the same in every colour. Looks are sought only of kinds that are seen to change
where the label says true. Where something covers a place for a moment, the cover is a look
too; whether it is the one that is meant, the labels decide.

A test holds that what is evaluated here and what `synth.models.builtin.tile_program` prints
mean the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.models.builtin.tiles import Kind, measures_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from synth.models.builtin.evidence import Example
    from synth.models.builtin.tiles import Measure
    from synth.models.builtin.view import View

__all__ = ["RELATIONS", "Atom", "atoms_of", "look_atoms"]

RELATIONS = ("changed", "some_changed", "gone", "became", "appeared", "beside")
"""By how natural they are: the first of equally small predicates wins."""

MOST_PLACES = 12
"""Kinds whose places are looked at."""

MOST_LOOKS = 3
"""Looks that frames labelled false may add for one measure of one kind: the commonest."""


@dataclass(frozen=True, slots=True)
class Atom:
    """One relation between kinds, now and at first."""

    relation: str
    kinds: tuple[Kind, ...]

    @property
    def size(self) -> int:
        """Kinds it mentions."""
        return len(self.kinds)

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """Itself."""
        return (self,)

    @property
    def rank(self) -> tuple[int, int, tuple[Kind, ...]]:
        """Orders predicates of one size."""
        by_colour = sum(not kind.measure.is_drawn for kind in self.kinds)
        return (RELATIONS.index(self.relation), by_colour, self.kinds)

    def holds(self, now: View, initial: View) -> bool:
        """Whether it holds on two views of one size."""
        kind, other = self.kinds[0], self.kinds[-1]
        there = initial.where(kind)
        match self.relation:
            case "changed":
                return bool(there.any() and not now.where(kind)[there].any())
            case "some_changed":
                return bool(there.any() and not now.where(kind)[there].all())
            case "gone":
                return bool(there.any() and not now.where(kind).any())
            case "appeared":
                return bool(not there.any() and now.where(kind).any())
            case "became":
                return bool(now.where(other)[there].any())
            case _:
                return beside(now.where(kind), now.where(other))

    def write(self, name: Callable[[Kind], str], look: Callable[[Kind], str]) -> str:
        """As an expression; `name` and `look` give a kind's constant and its measure's key."""
        arguments = [f'"{look(self.kinds[0])}"', name(self.kinds[0])]
        if len(self.kinds) > 1:
            arguments += [f'"{look(self.kinds[1])}"', name(self.kinds[1])]
        first = "now" if self.relation == "beside" else "now, initial"
        return f"{self.relation}({first}, {', '.join(arguments)})"


def atoms_of(
    kinds: Sequence[Kind], new: Sequence[Kind], looks: Sequence[Atom] = ()
) -> tuple[Atom, ...]:
    """All atoms over kinds seen at first and kinds seen later, best first.

    Args:
        kinds: Seen in every initial frame.
        new: Seen in none of them.
        looks: What the places of kinds have come to show; after smaller atoms and before
            equally large ones.
    """
    atoms = [Atom(r, (k,)) for k in kinds for r in ("changed", "some_changed", "gone")]
    atoms += [Atom("appeared", (k,)) for k in new]
    atoms += [Atom("became", (a, b)) for a in kinds for b in new if a.measure == b.measure]
    every = (*kinds, *new)
    atoms += [
        Atom("beside", (a, b))
        for i, a in enumerate(every)
        for b in every[i + 1 :]
        if a.measure == b.measure
    ]
    atoms.sort(key=lambda atom: (atom.size, atom.rank))
    # In the order given: of equally good looks the first was counted in the surest way.
    return tuple(dict.fromkeys(sorted((*looks, *atoms), key=lambda atom: atom.size)))


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


def beside(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> bool:
    """Whether a true tile of one grid is the left, right, upper or lower neighbour of one."""
    return bool(
        np.any(one[1:] & other[:-1])
        or np.any(one[:-1] & other[1:])
        or np.any(one[:, 1:] & other[:, :-1])
        or np.any(one[:, :-1] & other[:, 1:])
    )
