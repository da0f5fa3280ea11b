"""A MiniGrid grid as a search problem: states, walking, and what an action changes.

A state is the agent's pose, what it carries, every door, and where every object that can
be carried is. `flood` walks: turns and steps, opening unlocked doors on the way. Picking
up, dropping, unlocking and opening boxes are `Deed`s, tried only where walking has led.
This module does not choose between them (`planning` does), and obstacles that move by
themselves stand still in it.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from synth.envs.minigrid.objective import PUTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np

    from synth.envs.minigrid.objective import Objective

__all__ = ["Action", "Deed", "Flood", "State", "World"]

OPEN, CLOSED, LOCKED = 0, 1, 2
HIDDEN, CARRIED = -2, -1
NOTHING = -1
EVEN = 0.5
DROP_CHOICES = 10
"""Only so many places to drop a thing are tried from each state, the nearest first."""


class Action:
    """MiniGrid's action numbers (`minigrid.core.actions.Actions`)."""

    LEFT, RIGHT, FORWARD, PICKUP, DROP, TOGGLE, DONE = range(7)


class State(NamedTuple):
    """One state of the search.

    Attributes:
        pose: Cell index times 4 plus direction (0 east, 1 south, 2 west, 3 north).
        carrying: Index of the carried thing, or -1.
        doors: `OPEN`, `CLOSED` or `LOCKED` for each door.
        places: Cell index of each thing, or `CARRIED`, or `HIDDEN` in a box or gone with it.
    """

    pose: int
    carrying: int
    doors: tuple[int, ...]
    places: tuple[int, ...]


class Deed(NamedTuple):
    """Something to do besides walking.

    Attributes:
        pose: Where to stand and which way to face.
        action: What to do there, or `NOTHING`.
        thing: Index of the thing concerned, or -1 less the index of the door.
        finishes: Whether it reaches the objective.
    """

    pose: int
    action: int
    thing: int
    finishes: bool


@dataclass(frozen=True, slots=True)
class Flood:
    """Everywhere the agent can walk to from one state.

    Attributes:
        cost: Actions needed for each pose reached.
        came_from: For each of those poses the pose before it.
    """

    cost: dict[int, int]
    came_from: dict[int, int]


class World:
    """The parts of a grid that never change, and the rules.

    Args:
        env: An unwrapped MiniGrid environment.
        objective: What counts as success in it.
        ties: Chooses between walks of the same length, and the order of deeds; the first found
            is taken without it.
        detours: What each pose costs more than it takes, as ``int[cells * 4]``: for doing
            something there, so that it is done elsewhere where that is hardly farther.

    Attributes:
        start: The state the environment is in.
        goals: Cells of the objective.
        targets: The things of the objective that can be carried, by index.
    """

    def __init__(
        self,
        env: Any,
        objective: Objective,
        *,
        ties: np.random.Generator | None = None,
        detours: Sequence[int] = (),
    ) -> None:
        self.objective = objective
        self.ties = ties
        self.detours = detours or (0,) * (4 * len(env.grid.grid))
        self.width: int = env.grid.width
        self.steps = (1, self.width, -1, -self.width)
        size = len(env.grid.grid)
        self.solid = [False] * size
        self.bare = [True] * size
        self.door_at: dict[int, int] = {}
        self.things: list[Any] = []
        self.goals = frozenset(self.index(cell) for cell in objective.cells)
        avoid = {self.index(cell) for cell in objective.avoid}
        doors: list[int] = []
        places: list[int] = []
        self._doors: list[Any] = []
        for at, cell in enumerate(env.grid.grid):
            if at in avoid:
                self.solid[at] = True
            if cell is None:
                continue
            if cell.type == "door":
                self.bare[at] = False
                self.door_at[at] = len(doors)
                doors.append(OPEN if cell.is_open else LOCKED if cell.is_locked else CLOSED)
                self._doors.append(cell)
            elif cell.can_pickup() and objective.hands:
                self.things.append(cell)
                places.append(at)
            elif cell.can_overlap() and cell.type != "lava":
                self.bare[at] = False
                self.solid[at] = self.solid[at] or (cell.type == "goal" and at not in self.goals)
            else:
                self.solid[at] = True
        carrying = -1
        if env.carrying is not None:
            carrying = len(self.things)
            self.things.append(env.carrying)
            places.append(CARRIED)
        # A box may hold a box: what is inside comes after what can be seen, each by itself.
        for box in list(self.things):
            while box.contains is not None:
                self.things.append(box.contains)
                places.append(HIDDEN)
                box = box.contains  # noqa: PLW2901 - a box in a box is walked down to its core
        self._inside = {
            i: next(k for k, t in enumerate(self.things) if t is thing.contains)
            for i, thing in enumerate(self.things)
            if thing.contains is not None
        }
        self._box_of = {inner: box for box, inner in self._inside.items()}
        self.targets = {
            i for i, t in enumerate(self.things) if any(t is o for o in objective.things)
        }
        self._to_open = [
            next(k for k, d in enumerate(self._doors) if d is wanted)
            for wanted in (objective.things if objective.verb in ("open", "open_one") else ())
        ]
        x, y = env.agent_pos
        pose = 4 * self.index((int(x), int(y))) + int(env.agent_dir)
        self.start = State(pose, carrying, tuple(doors), tuple(places))

    def index(self, cell: tuple[int, int]) -> int:
        """The cell's index, row by row."""
        return cell[1] * self.width + cell[0]

    def next_to_open(self, state: State) -> tuple[int, ...]:
        """The doors of which the objective wants one opened next; none where it wants none."""
        shut = tuple(d for d in self._to_open if state.doors[d] != OPEN)
        return shut if self.objective.verb == "open_one" else shut[:1]

    def ends(self, state: State) -> tuple[frozenset[int], int]:
        """Cells to get to, and how far from them is near enough; no cells where unknown."""
        verb = self.objective.verb
        if verb in ("reach", "go_beside", "face"):
            return self.goals, int(verb != "reach")
        if verb in ("open", "open_one"):
            wanted = self.next_to_open(state)
            return frozenset(at for at, door in self.door_at.items() if door in wanted), 1
        if verb in PUTS and state.carrying in self.targets:
            return self.goals, 1 + PUTS[verb]
        places = [state.places[thing] for thing in self.targets]
        return frozenset(places if min(places, default=-1) >= 0 else ()), 1

    def keys_of(self, door: int) -> list[int]:
        """The things that are keys to a door."""
        color = self._doors[door].color
        return [i for i, t in enumerate(self.things) if t.type == "key" and t.color == color]

    def root(self, state: State, thing: int) -> tuple[int, int]:
        """Where a thing is, and how many boxes around it have yet to be opened."""
        boxes = 0
        while state.places[thing] == HIDDEN and thing in self._box_of:
            thing, boxes = self._box_of[thing], boxes + 1
        return state.places[thing], boxes

    def flood(self, state: State) -> Flood:
        """Walk everywhere, cheapest first (Dijkstra, 1959; all costs are 1 or 2)."""
        occupied = {at for at in state.places if at >= 0}
        shut = {at for at, d in self.door_at.items() if self._bars(state, d)}
        closed = {at for at, d in self.door_at.items() if state.doors[d] == CLOSED}
        solid, steps, goals = self.solid, self.steps, self.goals
        reach, ties = self.objective.verb == "reach", self.ties
        cost = {state.pose: 0}
        came_from: dict[int, int] = {}
        queue = [(0, state.pose)]
        while queue:
            spent, pose = heapq.heappop(queue)
            if spent > cost[pose]:
                continue
            at, facing = pose >> 2, pose & 3
            # The episode ends on a goal, so no walk leads on from there.
            if reach and at in goals and spent:
                continue
            ahead = at + steps[facing]
            moves = [
                (4 * at + (facing + 3) % 4, spent + 1),
                (4 * at + (facing + 1) % 4, spent + 1),
            ]
            if not (solid[ahead] or ahead in occupied or ahead in shut):
                # A shut door costs one more: it is toggled on the way.
                moves.append((4 * ahead + facing, spent + (2 if ahead in closed else 1)))
            for pose_after, total in moves:
                known = cost.get(pose_after, 1 << 30)
                if total == known and ties is not None and ties.random() < EVEN:
                    came_from[pose_after] = pose
                elif total < known:
                    cost[pose_after] = total
                    came_from[pose_after] = pose
                    heapq.heappush(queue, (total, pose_after))
        return Flood(cost, came_from)

    def deeds(self, state: State, flood: Flood) -> list[Deed]:
        """Everything worth doing at the end of a walk."""
        deeds = list(self._deeds(state, flood))
        if self.ties is None:
            return deeds
        return [deeds[int(at)] for at in self.ties.permutation(len(deeds))]

    def _deeds(self, state: State, flood: Flood) -> Iterator[Deed]:
        yield from self._arrivals(flood)
        yield from self._with_things(state, flood)
        yield from self._with_doors(state, flood)
        if state.carrying >= 0:
            yield from self._drops(state, flood)

    def _arrivals(self, flood: Flood) -> Iterator[Deed]:
        """Walks that end where the objective wants the agent."""
        if self.objective.verb == "reach":
            for pose in flood.cost:
                if pose >> 2 in self.goals:
                    yield Deed(pose, NOTHING, 0, finishes=True)
        elif self.objective.verb == "go_beside":
            beside = {goal + step for goal in self.goals for step in self.steps}
            for pose in flood.cost:
                if pose >> 2 in beside:
                    yield Deed(pose, Action.DONE, 0, finishes=True)
        elif self.objective.verb == "face":
            for goal in self.goals:
                for pose in self._facing(goal, flood):
                    yield Deed(pose, NOTHING, 0, finishes=True)

    def after(self, state: State, walk: list[int], deed: Deed) -> State:
        """The state after walking through poses and doing a deed at the end."""
        doors, places, carrying = list(state.doors), list(state.places), state.carrying
        for pose in walk:
            if (door := self.door_at.get(pose >> 2)) is not None:
                doors[door] = OPEN
        ahead = (deed.pose >> 2) + self.steps[deed.pose & 3]
        if deed.action == Action.PICKUP:
            carrying, places[deed.thing] = deed.thing, CARRIED
        elif deed.action == Action.DROP:
            carrying, places[deed.thing] = -1, ahead
        elif deed.action == Action.TOGGLE and deed.thing < 0:
            doors[-1 - deed.thing] = OPEN
        elif deed.action == Action.TOGGLE:
            places[self._inside[deed.thing]], places[deed.thing] = ahead, HIDDEN
        return State(deed.pose, carrying, tuple(doors), tuple(places))

    def _bars(self, state: State, door: int) -> bool:
        if state.doors[door] == CLOSED:
            return self.objective.only or door in self._to_open
        return state.doors[door] == LOCKED

    def _has_key(self, state: State, door: int) -> bool:
        if state.carrying < 0:
            return False
        thing = self.things[state.carrying]
        return bool(thing.type == "key" and thing.color == self._doors[door].color)

    def _facing(self, at: int, flood: Flood) -> Iterator[int]:
        """Poses from which the cell is straight ahead."""
        for facing, step in enumerate(self.steps):
            pose = 4 * (at - step) + facing
            if pose in flood.cost:
                yield pose

    def _with_things(self, state: State, flood: Flood) -> Iterator[Deed]:
        picks = self.objective.verb == "pick_up"
        for thing, at in enumerate(state.places):
            if at < 0:
                continue
            target = thing in self.targets
            for pose in self._facing(at, flood):
                if state.carrying < 0 and (target or not self.objective.only):
                    yield Deed(pose, Action.PICKUP, thing, finishes=target and picks)
                if thing in self._inside and not self.objective.only:
                    yield Deed(pose, Action.TOGGLE, thing, finishes=False)

    def _with_doors(self, state: State, flood: Flood) -> Iterator[Deed]:
        wanted = self.next_to_open(state)
        for at, door in self.door_at.items():
            unlocks = state.doors[door] == LOCKED and self._has_key(state, door)
            if not unlocks and not (door in wanted and state.doors[door] == CLOSED):
                continue
            last = door in wanted and (
                self.objective.verb == "open_one" or door == self._to_open[-1]
            )
            for pose in self._facing(at, flood):
                yield Deed(pose, Action.TOGGLE, -1 - door, finishes=last)

    def _drops(self, state: State, flood: Flood) -> Iterator[Deed]:
        occupied = {at for at in state.places if at >= 0}
        puts = self.objective.verb in PUTS and state.carrying in self.targets
        near = self._near() if puts else set()
        choices = []
        for pose, spent in flood.cost.items():
            ahead = (pose >> 2) + self.steps[pose & 3]
            if self.solid[ahead] or not self.bare[ahead] or ahead in occupied:
                continue
            if not puts or ahead in near:
                choices.append((spent, pose))
        for _, pose in heapq.nsmallest(DROP_CHOICES, choices):
            yield Deed(pose, Action.DROP, state.carrying, puts)

    def _near(self) -> set[int]:
        """Cells where what is put down lies where it should."""
        if self.objective.verb == "put_beside":
            return {goal + step for goal in self.goals for step in self.steps}
        around = (-1, 0, 1)
        return {g + dx + dy * self.width for g in self.goals for dx in around for dy in around}
