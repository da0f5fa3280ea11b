"""Searching the grammar: the smallest predicates that say what the labels say.

Every atom is evaluated once on every labelled frame, so that a combination is a few
operations on rows of booleans. Atoms come first, then pairs, then threes, within a size
the ones that `synth.models.builtin.grammar` calls more natural. Of combinations that agree
on all labelled frames only the first is kept (observational equivalence: Udupa et al.,
"TRANSIT", PLDI 2013); what is left is a version space in the sense of Mitchell (1982), by
size. Repair by counterexamples is counterexample-guided inductive synthesis (Solar-Lezama
et al., "Combinatorial Sketching for Finite Programs", ASPLOS 2006).

Nothing is searched beyond `LARGEST`: a predicate that needs more would be a lookup table.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np

from synth.models.builtin.grammar import Both, Either, Not

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from synth.models.builtin.evidence import Example
    from synth.models.builtin.grammar import Leaf, Predicate

    _Ruled = tuple[Predicate, NDArray[np.bool_]]

__all__ = ["LARGEST", "Conflict", "Found", "search"]

LARGEST = 6
"""Size limit of a predicate: kinds and connectives together."""

ENOUGH = 24
WIDEST = 120
"""Literals of which pairs are made."""

DEEPEST = 40
"""Literals of which threes are made."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two frames with different labels that no atom tells apart."""

    true: str
    false: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to.

    Attributes:
        predicates: Those that agree with every label, best first; possibly none.
        conflict: Why there are none, where two frames show it.
        finished: Whether the search ended by itself rather than at its deadline.
    """

    predicates: tuple[Predicate, ...]
    conflict: Conflict | None = None
    finished: bool = True


def search(atoms: Sequence[Leaf], examples: Sequence[Example], *, deadline: float) -> Found:
    """The smallest predicates over `atoms` that agree with every example.

    Args:
        atoms: Best first.
        examples: Labelled frames.
        deadline: On `time.monotonic`; what was found by then is returned.
    """
    labels = np.array([example.label for example in examples], np.bool_)
    rows = np.empty((len(atoms), len(examples)), np.bool_)
    every = atoms
    for i, atom in enumerate(every):
        if time.monotonic() > deadline:
            atoms, rows = atoms[:i], rows[:i]
            break
        rows[i] = [atom.holds(e.now, e.initial) for e in examples]
    finished = len(rows) == len(every)
    single = [atom for atom, row in zip(atoms, rows, strict=True) if np.array_equal(row, labels)]
    if single:
        return Found(tuple(single[:ENOUGH]), None, finished)
    if not finished:
        return Found((), None, finished)
    conflict = _conflict(rows, labels, examples)
    if conflict is not None:
        return Found((), conflict)
    found: list[Predicate] = []
    for tried, (predicate, row) in enumerate(_combinations(atoms, rows, labels)):
        if predicate.size <= LARGEST and np.array_equal(row, labels):
            found.append(predicate)
        if len(found) >= ENOUGH or (tried % 256 == 0 and time.monotonic() > deadline):
            break
    finished = time.monotonic() <= deadline
    return Found(tuple(sorted(found, key=lambda p: p.size)), None, finished)


def _combinations(
    atoms: Sequence[Leaf], rows: NDArray[np.bool_], labels: NDArray[np.bool_]
) -> Iterator[_Ruled]:
    """Pairs, then threes, each with its row."""
    literals = _literals(atoms, rows)
    # A part of a conjunction must hold wherever the whole does, and one of a disjunction
    # nowhere else: that prunes nearly everything.
    wide = [rule for rule in literals if rule[1][labels].all()][:WIDEST]
    narrow = [rule for rule in literals if not rule[1][~labels].any()][:WIDEST]
    for (p, a), (q, b) in combinations(wide, 2):
        yield Both(p, q), a & b
    for (p, a), (q, b) in combinations(narrow, 2):
        yield Either(p, q), a | b
    for (p, a), (q, b), (r, c) in combinations(wide[:DEEPEST], 3):
        yield Both(Both(p, q), r), a & b & c
    for (p, a), (q, b), (r, c) in combinations(narrow[:DEEPEST], 3):
        yield Either(Either(p, q), r), a | b | c
    yield from _mixed(literals[:WIDEST], wide[:DEEPEST], labels)


def _mixed(
    literals: Sequence[_Ruled], wide: Sequence[_Ruled], labels: NDArray[np.bool_]
) -> Iterator[_Ruled]:
    """A literal and a choice of two; the other way round is left out as hard to read."""
    for (q, b), (r, c) in combinations(literals, 2):
        either = b | c
        if either[labels].all():
            for p, a in wide:
                yield Both(p, Either(q, r)), a & either


def _literals(atoms: Sequence[Leaf], rows: NDArray[np.bool_]) -> list[_Ruled]:
    """Atoms and their opposites, without those that say the same on every example."""
    found: list[_Ruled] = []
    seen: set[bytes] = set()
    for negated, (atom, truth) in product((False, True), zip(atoms, rows, strict=True)):
        row = ~truth if negated else truth
        if row.all() or not row.any() or row.tobytes() in seen:
            continue
        seen.add(row.tobytes())
        found.append((Not(atom) if negated else atom, row))
    return found


def _conflict(
    rows: NDArray[np.bool_], labels: NDArray[np.bool_], examples: Sequence[Example]
) -> Conflict | None:
    """Two examples of different labels on which every atom agrees."""
    by_column: dict[bytes, int] = {}
    for i, column in enumerate(rows.T):
        other = by_column.setdefault(column.tobytes(), i)
        if labels[other] != labels[i]:
            true, false = (i, other) if labels[i] else (other, i)
            return Conflict(examples[true].now.name, examples[false].now.name)
    return None
