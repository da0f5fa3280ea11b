"""The grammar: predicates over a frame and the initial frame of its episode.

::

    predicate = atom | not atom | predicate and predicate | predicate or predicate
    atom      = changed(kind)          every tile that held the kind at first holds another now
              | some_changed(kind)     one of them does
              | gone(kind)             there was one at first, and there is none now
              | appeared(kind)         there was none at first, and there is one now
              | became(kind, kind)     a tile that held the one at first holds the other now
              | beside(kind, kind)     one of each are neighbours now

A predicate can be evaluated on views, which is how the search compares it with labels, and
written as an expression of a reward program. Both mean the same on every image; a test
holds that. Sizes count kinds and connectives: the search goes by them, smallest first.
Nothing here knows labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.models.builtin.thing_grammar import ThingAtom

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from synth.models.builtin.view import Kind, View

__all__ = ["Atom", "Both", "Either", "Leaf", "Not", "Predicate", "Relation", "beside"]

RELATIONS = ("changed", "some_changed", "gone", "became", "appeared", "beside")
"""By how natural they are: the first of equally small predicates wins."""

Relation = str


@dataclass(frozen=True, slots=True)
class Atom:
    """One relation between kinds, now and at first."""

    relation: Relation
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


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of an atom."""

    inner: Leaf

    @property
    def size(self) -> int:
        """One more than the atom's."""
        return 1 + self.inner.size

    @property
    def atoms(self) -> tuple[Any, ...]:
        """The atom."""
        return (self.inner,)

    @property
    def rank(self) -> tuple[Any, ...]:
        """The atom's."""
        return self.inner.rank

    def holds(self, now: View, initial: View) -> bool:
        """Whether the atom does not."""
        return not self.inner.holds(now, initial)

    def write(self, name: Callable[[Any], str], look: Callable[[Any], str]) -> str:
        """As an expression."""
        return f"not {self.inner.write(name, look)}"


@dataclass(frozen=True, slots=True)
class Both:
    """Two predicates at once."""

    left: Predicate
    right: Predicate

    @property
    def size(self) -> int:
        """One more than the parts'."""
        return 1 + self.left.size + self.right.size

    @property
    def atoms(self) -> tuple[Any, ...]:
        """Those of both parts."""
        return (*self.left.atoms, *self.right.atoms)

    def holds(self, now: View, initial: View) -> bool:
        """Whether both do."""
        return self.left.holds(now, initial) and self.right.holds(now, initial)

    def write(self, name: Callable[[Any], str], look: Callable[[Any], str]) -> str:
        """As an expression."""
        sides = [
            f"({side.write(name, look)})" if isinstance(side, Either) else side.write(name, look)
            for side in (self.left, self.right)
        ]
        return " and ".join(sides)


@dataclass(frozen=True, slots=True)
class Either:
    """One of two predicates, or both."""

    left: Predicate
    right: Predicate

    @property
    def size(self) -> int:
        """One more than the parts'."""
        return 1 + self.left.size + self.right.size

    @property
    def atoms(self) -> tuple[Any, ...]:
        """Those of both parts."""
        return (*self.left.atoms, *self.right.atoms)

    def holds(self, now: View, initial: View) -> bool:
        """Whether either does."""
        return self.left.holds(now, initial) or self.right.holds(now, initial)

    def write(self, name: Callable[[Any], str], look: Callable[[Any], str]) -> str:
        """As an expression."""
        return f"{self.left.write(name, look)} or {self.right.write(name, look)}"


Leaf = Atom | ThingAtom
Predicate = Leaf | Not | Both | Either


def beside(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> bool:
    """Whether a true tile of one grid is the left, right, upper or lower neighbour of one."""
    return bool(
        np.any(one[1:] & other[:-1])
        or np.any(one[:-1] & other[1:])
        or np.any(one[:, 1:] & other[:, :-1])
        or np.any(one[:, :-1] & other[:, 1:])
    )
