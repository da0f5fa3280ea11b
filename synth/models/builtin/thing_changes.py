"""Change points where pictures are things on a plain ground, and the atoms of a goal.

As in `synth.models.builtin.changes`: what changes for good in every demonstration. That a
thing has moved is no step, and that it has come to lie within another is one.
"""

from __future__ import annotations

from itertools import combinations, permutations
from typing import TYPE_CHECKING

from synth.models.builtin.changes import Step
from synth.models.builtin.thing_grammar import PAIRS, SINGLES, ThingAtom, apart
from synth.models.builtin.thing_kinds import new_thing_kinds, thing_kinds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.models.builtin.evidence import Evidence, Example, Story
    from synth.models.builtin.view import View

__all__ = ["thing_atoms", "thing_steps"]

LASTING = ("recoloured", "gone", "grown", "fewer", "more", "appeared")


def thing_steps(evidence: Evidence) -> tuple[Step, ...]:
    """The change points before the goal, in order."""
    kinds = thing_kinds(evidence.initials)
    new = new_thing_kinds(evidence.initials, [story.goal for story in evidence.stories])
    atoms = [ThingAtom(relation, (kind,)) for relation in LASTING for kind in (*kinds, *new)]
    atoms += [ThingAtom("within", pair) for pair in permutations(kinds, 2)]
    long = evidence.stories[0]
    at: dict[int, list[ThingAtom]] = {}
    for atom in atoms:
        first = _since(atom, long)
        if 0 < first < len(long.views) - 1 and all(_comes_true(atom, s) for s in evidence.stories):
            at.setdefault(first, []).append(atom)
    return tuple(Step(first, tuple(found)) for first, found in sorted(at.items()))


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


def _since(atom: ThingAtom, story: Story) -> int:
    """From which picture on it holds; the number of pictures where it does not last."""
    holds = [atom.holds(view, story.initial) for view in story.views]
    return len(holds) - (holds[::-1].index(False) if False in holds else len(holds))


def _comes_true(atom: ThingAtom, story: Story) -> bool:
    return atom.holds(story.goal, story.initial) and not atom.holds(story.initial, story.initial)
