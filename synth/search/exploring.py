"""The search where actions can be listed: sorties, what the program says of them, what it is worth.

All pictures of a few sorties are asked about together, each once. A contradiction is played
again from the reset, whole and drawn, before it counts: what is told of a program can be
replayed by its actions alone, and is not one that pixels cannot tell (`synth.record.aliasing`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from synth.record.aliasing import Alias
from synth.search.counterexample import KINDS, skips
from synth.search.coverage import Diary
from synth.search.sorties import Scout

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from synth.search.archive import Layout, Spot
    from synth.search.cause import Sighting
    from synth.search.counterexample import ViolationKind
    from synth.search.coverage import Coverage
    from synth.search.examiner import Caught, Examiner
    from synth.search.layouts import Start
    from synth.search.sorties import Sortie

__all__ = ["Exploration"]

BATCH = 8
"""Sorties whose pictures are asked about together."""

DOUBTS = 60
"""Contradictions that may turn out to be nobody's fault; each takes many plays to look into.

As many again behind places that cannot be told from success.
"""

MOST = 200
"""Wrong places kept of a kind, for what they have in common."""


@dataclass(eq=False, slots=True)
class Exploration:
    """One search through sorties.

    Args:
        examiner: Plays and asks.
        starts: Of the layouts.
        number: Of the search.

    Attributes:
        best: Of each kind the contradiction in the fewest actions that was met.
        wrong: Of each kind the places where the program is wrong, none twice.
        scout: Who plays.
    """

    examiner: Examiner
    starts: Sequence[Start]
    number: int
    best: dict[ViolationKind, Caught] = field(default_factory=dict)
    wrong: dict[ViolationKind, list[tuple[Layout, Spot]]] = field(
        default_factory=lambda: {kind: [] for kind in KINDS}
    )
    scout: Scout = field(init=False)
    _diary: Diary = field(default_factory=Diary)
    _doubts: dict[bool, int] = field(default_factory=lambda: {False: DOUBTS, True: DOUBTS})
    _pictures: dict[Spot, NDArray[np.uint8]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Lay the layouts out."""
        self.scout = Scout(self.examiner.player, self.starts, number=self.number)

    def run(self, episodes: int, tell: Callable[[int], None]) -> None:
        """Play so many episodes, or fewer where all kinds of contradiction have been found."""
        played = 0
        while played < episodes and len(self.best) < len(KINDS):
            sorties = [self.scout.go() for _ in range(min(BATCH, episodes - played))]
            self._ask(sorties)
            for sortie in sorties:
                self._diary.write(sortie.places)
                self._judge(sortie)
                played += 1
                tell(played)
            self._pictures.clear()

    def coverage(self) -> Coverage:
        """What was met."""
        return self._diary.coverage()

    def sightings(self, kind: ViolationKind) -> list[Sighting]:
        """Seed, actions and mission of the pictures on which the program is wrong in one way."""
        return [
            (one.seed, self.scout.actions(place.way()), one.mission)
            for one, place in self.wrong[kind]
        ]

    def _ask(self, sorties: Sequence[Sortie]) -> None:
        """Ask about what was met for the first time."""
        fresh = [(one.layout, place, frame) for one in sorties for place, frame in one.fresh]
        told = self.examiner.holds_of(
            [(frame, layout.initial, layout.mission) for layout, _, frame in fresh]
        )
        for (layout, place, frame), row in zip(fresh, told, strict=True):
            place.holds = row
            self._pictures[place] = frame
            if place.success and place.judged:
                layout.successes.append(frame)

    def _judge(self, sortie: Sortie) -> None:
        """Look for contradictions on a sortie's way."""
        fooled = False
        for frame, place in enumerate(sortie.places):
            kind = None if place.untold else _contradiction(place)
            if kind is not None:
                place.untold = not self._counts(sortie.layout, place, kind, behind=fooled)
            if place.untold and not fooled:
                fooled = True
                self._close(sortie.places[frame:])
        if not fooled:  # what was credited behind such a place says nothing
            self._judge_credit(sortie)

    def _close(self, places: Sequence[Spot]) -> None:
        """What was met first behind a place that cannot be told is no place to start from."""
        places[0].closed = True
        for before, place in pairwise(places):
            if before.closed and place.before is before:
                place.closed = True

    def _counts(self, layout: Layout, place: Spot, kind: ViolationKind, *, behind: bool) -> bool:
        """Whether a contradiction is the program's, as far as it has to be known.

        Args:
            layout: Where.
            place: Where in it.
            kind: Of the contradiction.
            behind: Whether it is behind a place that cannot be told from success.
        """
        if place.looked:
            return True
        place.looked = True
        frame = self._pictures.get(place)
        if frame is None or any(np.array_equal(frame, s) for s in layout.successes):
            actions = self.scout.actions(place.way())
            rolled = self.examiner.player.play(layout.seed, actions, mission=layout.mission)
            frame = rolled.frames[-1]
            if kind == "false_positive" and any(np.array_equal(frame, s) for s in layout.successes):
                self.examiner.player.untold.add(rolled, Alias(len(rolled), same=True))
                return False
        if kind == "false_positive" and behind:
            player = self.examiner.player
            if player.was_success(frame, layout.seed, mission=layout.mission):
                return False
        known = self.best.get(kind)
        if known is None or place.depth < len(known.actions):
            caught = self._confirmed(layout, place, kind, behind=behind)
            if caught is None:
                return False
            self.best[kind] = caught
        elif behind:
            return True  # it may be nobody's fault, and another is known
        if len(self.wrong[kind]) < MOST:
            self.wrong[kind].append((layout, place))
        return True

    def _confirmed(
        self, layout: Layout, place: Spot, kind: ViolationKind, *, behind: bool
    ) -> Caught | None:
        """The contradiction, played again from the reset; ``None`` where it is nobody's fault."""
        if self._doubts[behind] == 0:
            return None
        actions = self.scout.actions(place.way())
        episode = self.examiner.examine(layout.seed, actions, mission=layout.mission)
        caught = self.examiner.caught(episode, lambda violation: violation.kind == kind)
        self._doubts[behind] -= not caught
        return caught[0] if caught else None

    def _judge_credit(self, sortie: Sortie) -> None:
        """Whether a success came without all sub-tasks."""
        success = np.array([place.success and place.judged for place in sortie.places])
        if sortie.places[0].success or not success.any():
            return
        end = int(np.argmax(success)) + 1
        holds = np.stack([_told(place) for place in sortie.places[:end]])
        skipped = skips(holds, success[:end], self.examiner.stages)
        known = self.best.get("skipped_subtask")
        if not skipped or (known is not None and len(known.actions) < end):
            return
        layout = sortie.layout
        episode = self.examiner.examine(
            layout.seed, sortie.actions[: end - 1], mission=layout.mission
        )
        caught = self.examiner.caught(episode, lambda v: v.kind == "skipped_subtask")
        if caught:
            self.best["skipped_subtask"] = caught[0]


def _contradiction(place: Spot) -> ViolationKind | None:
    if not place.judged or bool(_told(place)[-1]) == place.success:
        return None
    return "false_negative" if place.success else "false_positive"


def _told(place: Spot) -> NDArray[np.bool_]:
    if place.holds is None:
        raise RuntimeError("a place was judged before the program was asked about it")
    return place.holds
