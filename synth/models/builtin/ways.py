"""The two ways of looking: pictures as grids of tiles, and as things on a plain ground.

Everything that differs between them is asked for here; search, hypotheses and the model
do not know which one it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.models.builtin.changes import steps, thing_steps
from synth.models.builtin.thing_atoms import thing_atoms
from synth.models.builtin.thing_program import print_thing_program
from synth.models.builtin.tile_atoms import atoms_of, look_atoms
from synth.models.builtin.tile_program import Draft, print_tile_program
from synth.models.builtin.tiles import kinds_of, new_kinds
from synth.models.builtin.words import ThingVocabulary, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.models.builtin.changes import Step
    from synth.models.builtin.evidence import Evidence, Example
    from synth.models.builtin.grammar import Leaf, Predicate
    from synth.plan import Plan

FLAT = (0x000000, 0x808080, 0xFFFFFF)

__all__ = ["Things", "Tiles", "Way", "way_of"]


class Tiles:
    """Grids of equal square tiles."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence, self.words = evidence, Vocabulary(evidence)

    def steps(self) -> tuple[Step, ...]:
        """The change points before the goal, in order."""
        return steps(self._evidence)

    def atoms(self, examples: Sequence[Example]) -> tuple[Leaf, ...]:
        """What the goal may be made of, best first."""
        initials, goals = self._evidence.initials, [e.now for e in examples if e.label]
        kinds = kinds_of(initials)
        looks = look_atoms(kinds, examples, initials)
        return atoms_of(kinds, new_kinds(initials, goals), looks)

    def step_atoms(self, step: Step, examples: Sequence[Example]) -> tuple[Leaf, ...]:
        """What a step may be made of: what is to be said of its own things, best first."""
        own = {kind for choice in step.choices for kind in choice.kinds}
        kinds = [kind for kind in kinds_of(self._evidence.initials) if kind in own]
        return atoms_of(kinds, (), look_atoms(kinds, examples, self._evidence.initials))

    def write(self, predicates: Sequence[Predicate], plan: Plan) -> str:
        """The text of a program."""
        grounds = (view.ground for view in self._evidence.initials)
        draft = Draft(
            tuple(predicates),
            self._evidence.tile,
            _same_ground(self._evidence),
            any(bool((ground == ground[:1, :1]).all()) for ground in grounds),
        )
        return print_tile_program(draft, plan, Vocabulary(self._evidence))


class Things:
    """Things on a plain ground."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence, self.words = evidence, ThingVocabulary(evidence)

    def steps(self) -> tuple[Step, ...]:
        """The change points before the goal, in order."""
        return thing_steps(self._evidence)

    def atoms(self, examples: Sequence[Example]) -> tuple[Leaf, ...]:
        """What the goal may be made of, best first."""
        return thing_atoms(self._evidence.initials, examples)

    def step_atoms(self, step: Step, examples: Sequence[Example]) -> tuple[Leaf, ...]:
        """What a step may be made of: what is to be said of its own things, best first."""
        own = {kind for choice in step.choices for kind in choice.kinds}
        return tuple(atom for atom in self.atoms(examples) if own & set(atom.kinds))

    def write(self, predicates: Sequence[Predicate], plan: Plan) -> str:
        """The text of a program."""
        words, share = ThingVocabulary(self._evidence), _same_bare(self._evidence)
        return print_thing_program(predicates, self._evidence.scenery, share, plan, words)


Way = Tiles | Things


def way_of(evidence: Evidence) -> Way:
    """How the pictures of a request are looked at."""
    return Tiles(evidence) if evidence.tile else Things(evidence)


def _same_ground(evidence: Evidence) -> float:
    """Half-way between what frames of an episode keep and what blank images share with it."""
    kept = min(
        float(np.mean(view.ground == story.initial.ground))
        for story in evidence.stories
        for view in story.views
    )
    blank = max(
        float(np.mean(initial.ground == flat)) for initial in evidence.initials for flat in FLAT
    )
    return round((kept + blank) / 2 if kept > blank else kept / 2, 2)


def _same_bare(evidence: Evidence) -> float:
    """Half of the least share of its ground that a frame of an episode keeps."""
    kept = min(
        float(np.mean(view.bare[story.initial.bare]))
        for story in evidence.stories
        for view in story.views
    )
    return round(kept / 2, 2)
