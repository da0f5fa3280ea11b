"""The grammar: predicates over a frame and the initial frame of its episode.

::

    predicate = atom | not atom | predicate and predicate | predicate or predicate

Atoms are those of tiles (`synth.models.builtin.tile_atoms`) or of things
(`synth.models.builtin.thing_atoms`); the connectives are the same for both. A predicate can be
evaluated on views, which is how the search compares it with labels, and written as an
expression of a reward program. Sizes count kinds and connectives: the search goes by them,
smallest first. Labels are not known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from synth.models.builtin.thing_atoms import ThingAtom
from synth.models.builtin.tile_atoms import Atom

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.models.builtin.view import View

__all__ = ["Both", "Either", "Leaf", "Not", "Predicate"]


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
