"""Plays through the states of many layouts, from those seldom met on, and notes what it meets.

Play goes undrawn where the simulator can draw the present afterwards and tells its states: then
only states never met before are drawn. Elsewhere every step is drawn, and a picture stands for
the state. What a program says of the pictures is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs import Comparable, Pictured
from synth.episode import frame_digest
from synth.errors import EnvironmentFault
from synth.record.aliasing import then_expert
from synth.record.missions import mission_of
from synth.record.rollout import HIDDEN, plain
from synth.record.streams import Stream
from synth.search.archive import Layout, Spot
from synth.search.habits import HABITS, Situation
from synth.search.moves import key as json_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from synth.envs import TimeStep
    from synth.record.player import Player
    from synth.search.layouts import Start

__all__ = ["CHEAP", "Scout", "Sortie"]

CHEAP = 5
"""Sorties that take no longer than one whose every step is drawn."""

STRETCH = (8, 64)
"""Actions of a stretch of habits, at least and below."""

SPELL = 12
"""Actions for which one habit lasts, on average."""

AGAIN = 1 / 3
"""How often the expert goes on after a stretch: unusual successes come in no other way."""

ASKED = 1 / 3
"""In how many stretches the expert may make a plan; else it is remembered, as far as it is."""

MOST_PLANS = 20
"""How many plans it may make where it goes on; most need one, and plans take long."""


@dataclass(frozen=True, eq=False, slots=True)
class Sortie:
    """One episode of the search.

    Attributes:
        layout: Where.
        places: Those on its way, the reset's first.
        actions: Between them, as JSON values.
        fresh: Places never met before, each with its picture.
    """

    layout: Layout
    places: tuple[Spot, ...]
    actions: tuple[Any, ...]
    fresh: tuple[tuple[Spot, NDArray[np.uint8]], ...]


class Scout:
    """Goes where a search has seldom been.

    Args:
        player: What to play; its simulator has a table of actions.
        starts: Of the layouts, taken in turn.
        number: Of the search: each is another one.

    Attributes:
        layouts: The layouts begun.

    Raises:
        EnvironmentFault: None of the seeds can be laid out.
    """

    def __init__(self, player: Player, starts: Sequence[Start], *, number: int) -> None:
        self._player, self._number = player, number
        self._simulator = player.simulator
        # Asked once: such a question is slow.
        comparable = self._simulator if isinstance(self._simulator, Comparable) else None
        self._state = None if comparable is None else comparable.state
        pictured = self._simulator if isinstance(self._simulator, Pictured) else None
        self._picture = None if comparable is None or pictured is None else pictured.picture
        self._table = player.table
        self._number_of = {json_key(action): n for n, action in enumerate(self._table)}
        self._rng = np.random.default_rng([Stream.SEARCH, number])
        self._count = 0
        self._deeds: dict[int, str] = {}
        self.layouts = self._laid_out(starts)

    @staticmethod
    def is_cheap(player: Player) -> bool:
        """Whether only what was never met need be drawn."""
        simulator = player.simulator
        return isinstance(simulator, Comparable) and isinstance(simulator, Pictured)

    def _laid_out(self, starts: Sequence[Start]) -> list[Layout]:
        layouts: list[Layout] = []
        fault, exact = None, self._state is not None
        for seed, given, deed in starts:
            try:
                step = self._player.began(seed, mission=given)
            except EnvironmentFault as error:
                fault = error  # an environment need not have a layout for every seed there is
                continue
            root = Spot(None, 0, 0, step.success, _is_judged(step))
            told = mission_of(self._simulator) if self._player.missioned else None
            key = self._key(step)
            if deed is not None:
                self._deeds[len(layouts)] = deed
            layouts.append(Layout(seed, step.frame, key, root, exact=exact, mission=told))
        if fault is not None and not layouts:
            raise fault
        return layouts

    def actions(self, numbers: Sequence[int]) -> tuple[Any, ...]:
        """The actions of these numbers, as JSON values."""
        return tuple(self._table[number] for number in numbers)

    def go(self) -> Sortie:
        """Play one more episode."""
        turn, at = divmod(self._count, len(self.layouts))
        layout = self.layouts[at]
        self._count += 1
        limit = self._player.spec.max_steps
        # An expert's episode comes first: it shows where success is, and is much to start from.
        first = turn == 0
        # What it does for another mission comes next: half a mission heeded would not be seen else.
        deed = self._deeds.get(at) if turn == 1 else None
        start = layout.draw(self._rng, deepest=limit) if turn and deed is None else layout.root
        places = start.trail()
        way = _Way(
            layout,
            places,
            [place.action for place in places[1:]],
            [(layout.root, layout.initial)] if first else [],
        )
        # Before the reset: the expert is played for it.
        shown = () if deed is None else self._player.shown(layout.seed, mission=deed)
        self._player.began(layout.seed, mission=layout.mission, draw=False)
        for number in way.actions:
            self._simulator.step(self._table[number], draw=False)
        for place in places:
            place.visits += 1
        if deed is not None:
            self._repeat(way, shown, limit)
        elif not first:
            self._wander(way, limit)
        if first or (deed is None and self._rng.random() < AGAIN):
            self._follow(way, limit)
        return Sortie(layout, tuple(way.places), self.actions(way.actions), tuple(way.fresh))

    def _repeat(self, way: _Way, shown: Sequence[Any], limit: int) -> None:
        """Actions that the expert did in another episode of the layout."""
        for action in shown[: limit - len(way.actions)]:
            number = self._number_of.get(json_key(plain(action)))
            if way.here.ends or number is None:
                return
            self._step(way, number)

    def _wander(self, way: _Way, limit: int) -> None:
        """A stretch of habits, one after the other."""
        teacher = _Teacher(self._asked, int(self._rng.random() < ASKED))
        now = Situation(len(self._table), self._rng, teacher.tell)
        habit, left = HABITS[0], 0
        length = min(int(self._rng.integers(*STRETCH)), limit - len(way.actions))
        for _ in range(length):
            if way.here.ends:
                return
            if left <= 0:
                habit = HABITS[int(self._rng.integers(len(HABITS)))]
                left = int(self._rng.geometric(1 / SPELL))
            left -= 1
            now.last = habit(way.here, now)
            teacher.see(now.last)
            self._step(way, now.last)

    def _follow(self, way: _Way, limit: int) -> None:
        """The expert, to where it succeeds."""
        teacher = _Teacher(self._asked, MOST_PLANS)
        while not (way.here.ends or way.here.success) and len(way.actions) < limit:
            number = teacher.tell(way.here)
            if number is None:
                return
            teacher.see(number)
            self._step(way, number)

    def _asked(self) -> Iterator[int]:
        """What the expert does from the simulator's present state on, as far as it knows."""
        for action in then_expert((), self._player.expert)(self._simulator):
            number = self._number_of.get(json_key(plain(action)))
            if number is None:
                return
            yield number

    def _step(self, way: _Way, number: int) -> None:
        """Do one action, and note where it leads."""
        step = self._simulator.step(self._table[number], draw=self._picture is None)
        key, here, layout = self._key(step), way.here, way.layout
        place = layout.find(key)
        if place is None:
            place = Spot(here, number, here.depth + 1, step.success, _is_judged(step))
            layout.add(key, place)
            frame = step.frame if self._picture is None else self._picture()
            way.fresh.append((place, frame))
        layout.link(here, number, place)
        way.actions.append(number)
        # The environment's own limit ends an episode too, and says nothing of the state.
        place.ends |= step.done and len(way.actions) < self._player.spec.max_steps
        place.visits += 1
        way.places.append(place)

    def _key(self, step: TimeStep) -> bytes:
        """Equal where nothing can tell two moments apart."""
        told = frame_digest(step.frame) if self._state is None else self._state()
        return told + bytes([step.success])


@dataclass(eq=False, slots=True)
class _Way:
    """A sortie as far as it has come; see `Sortie`."""

    layout: Layout
    places: list[Spot]
    actions: list[int]
    fresh: list[tuple[Spot, NDArray[np.uint8]]]

    @property
    def here(self) -> Spot:
        return self.places[-1]


class _Teacher:
    """Tells what the expert does, from memory where it can: most plans are long, and take long.

    Args:
        ask: Begins a plan from the simulator's present state.
        plans: How many may be begun.
    """

    def __init__(self, ask: Callable[[], Iterator[int]], plans: int) -> None:
        self._ask, self._left = ask, plans
        self._plan: Iterator[int] | None = None
        self._told: int | None = None

    def tell(self, place: Spot) -> int | None:
        """What the expert does at a place, where the simulator is now."""
        if place.shown is not None:
            self._plan = None
            return place.shown
        if self._plan is None:
            if self._left == 0:
                return None
            self._left -= 1
            self._plan = self._ask()
        place.shown = self._told = next(self._plan, None)
        return place.shown

    def see(self, number: int) -> None:
        """Take note of what was done; a plan holds for as long as it is followed."""
        if number != self._told:
            self._plan = None
        self._told = None


def _is_judged(step: TimeStep) -> bool:
    return not step.success or step.seen is None or step.seen >= HIDDEN
