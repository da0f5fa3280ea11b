"""Change points: what changes for good, in the same way in every demonstration.

A change that only moves a thing (the thing is still to be seen elsewhere) is a way of
getting somewhere rather than a step of the task, so it is left out; so is whatever changes
back. What changes last, on the goal images alone, is the goal. Whether a step is necessary
cannot be seen from successes alone: the suite finds out, and a step it blames is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from synth import vision
from synth.models.builtin.evidence import Example
from synth.models.builtin.thing_atoms import ThingAtom
from synth.models.builtin.things import new_thing_kinds, thing_kinds
from synth.models.builtin.tile_atoms import Atom
from synth.models.builtin.tiles import DRAWN, MOST_TILES, kinds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.models.builtin.evidence import Evidence, Story
    from synth.models.builtin.grammar import Leaf

__all__ = ["Step", "goal_examples", "step_examples", "steps", "thing_steps"]

ELSEWHERE = 0.75

LASTING = ("recoloured", "gone", "grown", "fewer", "more", "appeared")
"""What may come to hold of a thing for good; that it has moved is no step."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change point before the goal.

    Attributes:
        at: At which picture of the longest demonstration it is first seen.
        choices: Predicates that change there, the most natural first.
    """

    at: int
    choices: tuple[Leaf, ...]


def steps(evidence: Evidence) -> tuple[Step, ...]:
    """The change points before the goal, in order."""
    long = evidence.stories[0]
    at: dict[int, list[Atom]] = {}
    for kind in kinds_of(evidence.initials):
        alone = all(int(view.where(kind).sum()) == 1 for view in evidence.initials)
        atom = Atom("changed" if alone else "some_changed", (kind,))
        holds = [atom.holds(view, long.initial) for view in long.views]
        first = holds.index(True) if True in holds else len(holds)
        if first >= len(holds) - 1 or not all(holds[first:]):
            continue
        if not all(atom.holds(story.goal, story.initial) for story in evidence.stories):
            continue
        if alone and (_only_moves(atom, long, first) or _walked_off(atom, long, first)):
            continue
        if not alone and _comes_back(atom, long, first):
            continue
        at.setdefault(first, []).append(atom)
    return tuple(
        Step(first, _with_gone(sorted(atoms, key=lambda a: a.rank), evidence, first))
        for first, atoms in sorted(at.items())
    )


def thing_steps(evidence: Evidence) -> tuple[Step, ...]:
    """The change points of things before the goal, in order."""
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


def goal_examples(evidence: Evidence, goal: str | None) -> tuple[Example, ...]:
    """The labelled frames of the goal: demonstrations, then complaints about `goal`."""
    examples = []
    for story in evidence.stories:
        examples += [Example(view, story.initial, label=False) for view in story.views[:-1]]
        examples.append(Example(story.goal, story.initial, label=True))
    # The same picture may be complained of many times; contradictions are kept, and found.
    told = {(e.now.name, e.label): e for e in evidence.labels.get(goal or "", ())}
    known = {(e.now.name, e.label) for e in examples}
    examples += [e for key, e in told.items() if key not in known]
    return tuple(examples)


def step_examples(
    step: Step, evidence: Evidence, name: str, *, lasting: bool
) -> tuple[Example, ...]:
    """The labelled frames of a step: demonstrations, then complaints about `name`.

    Args:
        step: The change point.
        evidence: Demonstrations and complaints.
        name: The sub-task's.
        lasting: Whether it is taken to hold still when the goal is reached.
    """
    long = evidence.stories[0]
    examples = [Example(view, long.initial, label=False) for view in long.views[: step.at]]
    examples.append(Example(long.views[step.at], long.initial, label=True))
    examples += [Example(s.initial, s.initial, label=False) for s in evidence.stories[1:]]
    if lasting:
        examples += [Example(s.goal, s.initial, label=True) for s in evidence.stories]
    return (*examples, *evidence.labels.get(name, ()))


def _with_gone(atoms: Sequence[Atom], evidence: Evidence, first: int) -> tuple[Atom, ...]:
    """Before a change that leaves bare ground, that the thing is nowhere, if it stays so.

    It is the stronger word: it says how things are, and not only that they were otherwise.
    """
    long, found = evidence.stories[0], []
    for atom in atoms:
        gone = Atom("gone", atom.kinds)
        now = long.views[first].counts(DRAWN)[long.initial.where(atom.kinds[0])]
        initial = long.initial.counts(DRAWN)
        bare = bool(now.size) and all(int((initial == n).sum()) > MOST_TILES for n in now)
        stays = all(gone.holds(view, long.initial) for view in long.views[first:])
        if bare and stays and all(gone.holds(s.goal, s.initial) for s in evidence.stories):
            found.append(gone)
        found.append(atom)
    return tuple(found)


def _only_moves(atom: Atom, story: Story, first: int) -> bool:
    """Whether the thing is still to be seen elsewhere, at once or nearly all the time."""
    seen = [bool(view.where(atom.kinds[0]).any()) for view in story.views[first:]]
    return seen[0] or float(np.mean(seen)) >= ELSEWHERE


def _walked_off(atom: Atom, story: Story, first: int) -> bool:
    """Whether what a tile lost is to be seen on another one, which did not have it before.

    A sprite that is drawn over a tile of its own kind (a figure on the mark where it starts)
    makes a look that is nowhere else; that it has gone is still a way of getting somewhere.
    """
    now, initial = story.views[first], story.initial
    row, column = np.argwhere(initial.where(atom.kinds[0]))[0]
    before, after = (vision.tiles(view.codes, view.tile) for view in (initial, now))
    lost = before[row, column] != after[row, column]
    pixels = before[row, column][lost]
    had, has = ((cut[..., lost] == pixels).mean(axis=-1) for cut in (before, after))
    return bool(((has >= ELSEWHERE) & (had < ELSEWHERE)).any())


def _comes_back(atom: Atom, story: Story, first: int) -> bool:
    """Whether there are as many of them again later as there were at first."""
    kind = atom.kinds[0]
    before = int(story.initial.where(kind).sum())
    return any(int(view.where(kind).sum()) >= before for view in story.views[first:])


def _since(atom: ThingAtom, story: Story) -> int:
    """From which picture on it holds; the number of pictures where it does not last."""
    holds = [atom.holds(view, story.initial) for view in story.views]
    return len(holds) - (holds[::-1].index(False) if False in holds else len(holds))


def _comes_true(atom: ThingAtom, story: Story) -> bool:
    return atom.holds(story.goal, story.initial) and not atom.holds(story.initial, story.initial)
