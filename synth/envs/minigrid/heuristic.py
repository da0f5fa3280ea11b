"""Lower bounds on what is left to do, for the planner's A*.

Distances are steps over the grid with walls standing and everything else gone. Where
locked doors lie between, the way leads over a key, past what blocks the door, through it.
The bounds count no turns and no detours, so that they stay below the truth.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from synth.envs.minigrid.objective import PUTS
from synth.envs.minigrid.world import CARRIED, LOCKED

if TYPE_CHECKING:
    from synth.envs.minigrid.world import State, World

__all__ = ["Heuristic"]

_FAR = 1 << 20


class Heuristic:
    """Bounds for one world; distances are measured once and kept.

    Args:
        world: The problem.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._from: dict[frozenset[int], list[int]] = {}
        self._rooms: dict[tuple[int, ...], list[int]] = {}

    def left(self, state: State) -> int:
        """At least so many more actions are needed from this state."""
        ends, near = self._world.ends(state)
        if not ends:
            return 0
        to_end = self._distances(ends)
        here = state.pose >> 2
        locked = tuple(at for at, d in self._world.door_at.items() if state.doors[d] == LOCKED)
        if locked:
            rooms = self._partition(locked)
            # No end in this room: some locked door has to be passed, the best of them bounds all.
            if not any(rooms[end] == rooms[here] for end in ends - set(locked)):
                detours = (self._through(state, at, rooms) + to_end[at] - near for at in locked)
                return max(min(detours), 0)
        beyond = self._carrying(state)
        return beyond + (max(to_end[here] - near, 0) if to_end[here] < _FAR else 0)

    def _carrying(self, state: State) -> int:
        """At least so many actions from taking the thing to putting it down where it should lie."""
        world = self._world
        verb = world.objective.verb
        if verb not in PUTS or state.carrying in world.targets:
            return 0
        to_goal = self._distances(world.goals)
        ways = [to_goal[at] for thing in world.targets if (at := state.places[thing]) >= 0]
        # It is taken from one step before it, and put down from one step before its place.
        return 2 + max(min(ways, default=0) - 2 - PUTS[verb], 0)

    def _through(self, state: State, door_at: int, rooms: list[int]) -> int:
        """At least so many actions until the agent stands in that locked door."""
        world, here = self._world, state.pose >> 2
        to_door = self._distances(frozenset((door_at,)))
        door = world.door_at[door_at]
        occupied = {at for at in state.places if at >= 0}
        fronts = [door_at + step for step in world.steps if rooms[door_at + step] == rooms[here]]
        # Everything in front of the door is taken: one thing has to be picked up and put down.
        blocked = 2 if fronts and all(front in occupied for front in fronts) else 0
        best = _FAR
        for key in world.keys_of(door):
            place, opening = world.root(state, key)
            if place == CARRIED:
                best = min(best, opening + max(to_door[here] - 1, 0))
            elif place >= 0:
                to_key = self._distances(frozenset((place,)))[here]
                best = min(best, max(to_key - 1, 0) + opening + 1 + max(to_door[place] - 2, 0))
        return best + blocked + 2  # unlocking, and stepping into the doorway

    def _distances(self, ends: frozenset[int]) -> list[int]:
        """Steps from every cell to the nearest of the ends."""
        if ends not in self._from:
            steps = [_FAR] * len(self._world.solid)
            self._spread(steps, sorted(ends), barred=())
            self._from[ends] = steps
        return self._from[ends]

    def _partition(self, locked: tuple[int, ...]) -> list[int]:
        """A number for every cell; cells with one number connect without the locked doors."""
        if locked not in self._rooms:
            rooms = [-1] * len(self._world.solid)
            for start, solid in enumerate(self._world.solid):
                if rooms[start] < 0 and not solid and start not in locked:
                    steps = [_FAR] * len(rooms)
                    for at in self._spread(steps, [start], barred=locked):
                        rooms[at] = start
            self._rooms[locked] = rooms
        return self._rooms[locked]

    def _spread(self, steps: list[int], starts: list[int], barred: tuple[int, ...]) -> list[int]:
        """Fill in steps from the starts; gives the cells reached."""
        solid = self._world.solid
        for start in starts:
            steps[start] = 0
        reached = list(starts)
        queue = deque(starts)
        while queue:
            at = queue.popleft()
            for step in self._world.steps:
                beside = at + step
                if not 0 <= beside < len(solid) or steps[beside] < _FAR:
                    continue
                if not solid[beside] and beside not in barred:
                    steps[beside] = steps[at] + 1
                    reached.append(beside)
                    queue.append(beside)
        return reached
