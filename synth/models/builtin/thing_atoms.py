"""The grammar's atoms where pictures are things on a plain ground.

::

    atom = gone(kind)             there was one at first, and there is none now
         | recoloured(kind)       where it was at first there is something else now
         | appeared(kind)         there was none at first, and there is one now
         | grown(kind)            they cover half as much again, or more
         | shrunk(kind)           they cover two thirds, or less
         | moved(kind)            none of them is where one was
         | changed(kind)          most of the pixels it had are not its own now
         | fewer(kind) | more(kind)   than at first
         | touches(kind, kind)    no gap between one and one of the other
         | overlaps(kind, kind)   their boxes share pixels
         | within(kind, kind)     the box of one is inside that of one of the other
         | reached(kind, kind)    the box of one shares pixels with one the other had at first
         | arrived(kind, kind)    the box of one is inside one the other had at first
         | near(kind, kind, pixels)   the middles of their boxes are nearer than that
         | became(kind, kind)     where the one was at first is one of the other now

Connectives are those of `synth.models.builtin.grammar`. A test holds that what is evaluated
here and what `synth.models.builtin.thing_program` prints mean the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, permutations
from typing import TYPE_CHECKING

import numpy as np

from synth import vision
from synth.models.builtin.things import new_thing_kinds, thing_kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from synth.models.builtin.evidence import Example
    from synth.models.builtin.things import Thing
    from synth.models.builtin.view import View

__all__ = ["PAIRS", "SINGLES", "ThingAtom", "thing_atoms"]

SINGLES = ("gone", "recoloured", "grown", "shrunk", "fewer", "more", "appeared", "moved", "changed")
PAIRS = ("within", "arrived", "touches", "reached", "overlaps", "near", "became")
"""By how natural they are: the first of equally small predicates wins."""

NOW_ONLY = ("within", "touches", "overlaps", "near")
MOSTLY = 0.5
GREW = 1.5


@dataclass(frozen=True, slots=True)
class ThingAtom:
    """One relation between kinds of thing, now and at first; `pixels` is for ``near``."""

    relation: str
    kinds: tuple[Thing, ...]
    pixels: float = 0.0

    @property
    def size(self) -> int:
        """Kinds it mentions."""
        return len(self.kinds)

    @property
    def atoms(self) -> tuple[ThingAtom, ...]:
        """Itself."""
        return (self,)

    @property
    def rank(self) -> tuple[int, int]:
        """Orders predicates of one size."""
        narrow = sum(kind.trait is not None for kind in self.kinds)
        return (narrow, (*SINGLES, *PAIRS).index(self.relation))

    def holds(self, now: View, initial: View) -> bool:  # noqa: PLR0911 - one case for each relation
        """Whether it holds on two views of one size."""
        if len(self.kinds) > 1:
            return self._holds_between(now, initial)
        here, there = now.things(self.kinds[0]), initial.things(self.kinds[0])
        area, before = sum(b.area for b in here), sum(b.area for b in there)
        match self.relation:
            case "gone":
                return bool(there and not here)
            case "appeared":
                return bool(here and not there)
            case "fewer":
                return len(here) < len(there)
            case "more":
                return len(here) > len(there)
            case "grown":
                return 0 < before * GREW <= area
            case "shrunk":
                return 0 < area * GREW <= before
            case "moved":
                return bool(here and there) and not any(
                    vision.overlap(b, a) > 0 for b in here for a in there
                )
            case "changed":
                return bool(there) and all(_left(a, here) for a in there)
            case _:
                bare = now.bare
                return bool(there) and all(
                    _left(a, here) and bool(np.mean(bare[a.mask]) <= MOSTLY) for a in there
                )

    def _holds_between(self, now: View, initial: View) -> bool:  # noqa: PLR0911 - one case for each relation
        one, other = now.things(self.kinds[0]), now.things(self.kinds[1])
        first, second = initial.things(self.kinds[0]), initial.things(self.kinds[1])
        match self.relation:
            case "touches":
                return any(vision.touching(a.mask, b.mask) for a in one for b in other)
            case "overlaps":
                return any(vision.overlap(a, b) > 0 for a in one for b in other)
            case "within":
                return any(vision.overlap(a, b) == 1 for a in one for b in other)
            case "reached":
                return any(vision.overlap(a, b) > 0 for a in one for b in second)
            case "near":
                return apart(now, self.kinds) < self.pixels
            case "arrived":
                return any(vision.overlap(a, b) == 1 for a in one for b in second)
            case _:
                return any(vision.overlap(a.mask, b.mask) > MOSTLY for a in first for b in other)

    def write(self, name: Callable[[Thing], str], look: Callable[[Thing], str]) -> str:  # noqa: ARG002 - one signature for all atoms
        """As an expression; `name` gives a kind's key."""
        first = "now" if self.relation in NOW_ONLY else "now, initial"
        quoted = ", ".join('"' + name(kind) + '"' for kind in self.kinds)
        pixels = f", {self.pixels:g}" if self.relation == "near" else ""
        return f"{self.relation}({first}, {quoted}{pixels})"


def thing_atoms(initials: Sequence[View], examples: Sequence[Example]) -> tuple[ThingAtom, ...]:
    """All atoms over kinds seen at first and kinds seen later, best first.

    How near is near is read from the examples: half-way between the farthest that is labelled
    true and the next that is labelled false.
    """
    goals = [e.now for e in examples if e.label]
    kinds, new = thing_kinds(initials), new_thing_kinds(initials, goals)
    atoms = [ThingAtom(r, (k,)) for r in SINGLES if r != "appeared" for k in kinds]
    atoms += [ThingAtom("appeared", (k,)) for k in new]
    atoms += [ThingAtom(r, p) for r in PAIRS[:-2] for p in permutations((*kinds, *new), 2)]
    atoms += [ThingAtom("became", (a, b)) for a in kinds for b in new]
    for pair in combinations((*kinds, *new), 2):
        true = max((apart(e.now, pair) for e in examples if e.label), default=float("inf"))
        false = [apart(e.now, pair) for e in examples if not e.label]
        beyond = min((d for d in false if true < d < float("inf")), default=0.0)
        if true < beyond:
            atoms.append(ThingAtom("near", pair, round((true + beyond) / 2, 1)))
    return tuple(sorted(atoms, key=lambda atom: (atom.size, atom.rank)))


def apart(now: View, kinds: Sequence[Thing]) -> float:
    """The least distance between middles of boxes of two kinds; ``inf`` where one is missing."""
    one, other = now.things(kinds[0]), now.things(kinds[1])
    return min((vision.distance(a.box, b.box) for a in one for b in other), default=float("inf"))


def _left(before: vision.Blob, here: tuple[vision.Blob, ...]) -> bool:
    """Whether most of a thing's pixels are none of these things' now."""
    return sum(vision.overlap(before.mask, b.mask) for b in here) < MOSTLY
