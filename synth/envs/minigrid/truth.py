"""Truth for MiniGrid: named predicates over the grid's state.

Predicates go by an object's type, never by its colour, and only those that can matter
exist: an environment without doors has no predicate about doors. They are read from state,
never from pixels, and reach neither a model nor an assertion.

==================  =====================================================================
predicate           holds where
==================  =====================================================================
carrying_TYPE       the agent carries a key, ball or box, if the grid has one at reset
door_open           any door is open
all_doors_open      every door is open, if there are two or more
doors_open_N        at least N doors are open, for each N from 2 to one less than there are
door_unlocked       any door that was locked at reset no longer is
box_opened          any box that held something at reset has been opened
moved_TYPE          a key, ball or box lies no longer where it lay at reset, if a ball stood
                    before a locked door then
target_carried      the agent carries an object that the mission asks for
target_door_open    the door that the mission asks for (the last of them) is open
beside_target       the agent stands beside what the mission asks it to go to
facing_target       the agent stands before it and looks at it
target_placed       the object to move lies within one cell of where it should, or beside it
at_goal             the agent stands on a goal square, or on the cell to reach
first_...           the same of what a BabyAI instruction wants before the last thing
==================  =====================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minigrid.core.roomgrid import RoomGrid

from synth.envs.minigrid.objective import all_objectives, cells_of, objective_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from synth.envs.minigrid.objective import Objective

__all__ = ["TruthReader"]


class TruthReader:
    """Reads the predicates of one episode.

    Args:
        env: An unwrapped MiniGrid environment that has just been reset.
    """

    def __init__(self, env: Any) -> None:
        self._env = env
        self._objective = objective_of(env)
        cells = cells_of(env)
        things = [thing for _, cell in cells for thing in _unpacked(cell)]
        doors_matter = self._objective is None or not self._objective.only
        self._doors = [cell for _, cell in cells if cell.type == "door" and doors_matter]
        self._locked = [door for door in self._doors if door.is_locked]
        self._full_boxes = [t for t in things if t.type == "box" and t.contains is not None]
        self._goals = {at for at, cell in cells if cell.type == "goal"}
        kinds = sorted({t.type for t in things if t.can_pickup()})
        self._predicates: dict[str, Callable[[], bool]] = {}
        if self._objective is None or self._objective.hands:
            for kind in kinds:
                self._predicates[f"carrying_{kind}"] = self._carrying(kind)
        self._add_doors()
        if self._full_boxes:
            self._predicates["box_opened"] = self._box_opened
        if doors_matter and _is_blocked(env, cells):
            for kind in kinds:
                lay = [(at, cell) for at, cell in cells if cell.type == kind]
                if lay:
                    self._predicates[f"moved_{kind}"] = self._moved(lay)
        self._add_objectives()

    def read(self) -> dict[str, bool]:
        """Predicate name to value, now."""
        return {name: bool(holds()) for name, holds in self._predicates.items()}

    def _add_doors(self) -> None:
        if self._doors:
            self._predicates["door_open"] = lambda: any(d.is_open for d in self._doors)
        if len(self._doors) > 1:
            self._predicates["all_doors_open"] = lambda: all(d.is_open for d in self._doors)
        for number in range(2, len(self._doors)):
            self._predicates[f"doors_open_{number}"] = self._open(number)
        if self._locked:
            self._predicates["door_unlocked"] = lambda: any(not d.is_locked for d in self._locked)

    def _add_objectives(self) -> None:
        if self._goals:
            self._predicates["at_goal"] = lambda: self._agent() in self._goals
        wanted = all_objectives(self._env)
        for at, objective in enumerate(wanted):
            prefix = "first_" if at < len(wanted) - 1 else ""
            for name, holds in self._of(objective):
                self._predicates[prefix + name] = holds

    def _of(self, objective: Objective) -> Iterator[tuple[str, Callable[[], bool]]]:
        """The predicates of one objective."""
        things, cells = objective.things, set(objective.cells)
        verb = objective.verb
        if verb == "reach":
            yield "at_goal", lambda: self._agent() in cells
        elif verb == "open" and max(len(things), len(self._doors)) > 1:
            yield "target_door_open", lambda: things[-1].is_open
        elif verb == "open_one":
            yield "target_door_open", lambda: any(door.is_open for door in things)
        elif verb in ("pick_up", "put_near", "put_beside"):
            yield "target_carried", lambda: any(self._env.carrying is thing for thing in things)
        elif verb == "go_beside":
            yield "beside_target", lambda: _apart(self._agent(), cells, 1)
        elif verb == "face":
            yield "facing_target", lambda: self._faced() in cells
        if verb == "put_near":
            yield "target_placed", lambda: self._placed(things, cells)
        elif verb == "put_beside":
            yield "target_placed", lambda: self._put_beside(things, objective.beside)

    def _agent(self) -> tuple[int, int]:
        x, y = self._env.agent_pos
        return int(x), int(y)

    def _faced(self) -> tuple[int, int]:
        x, y = self._env.front_pos
        return int(x), int(y)

    def _carrying(self, kind: str) -> Callable[[], bool]:
        def holds() -> bool:
            carried = self._env.carrying
            return carried is not None and carried.type == kind

        return holds

    def _open(self, number: int) -> Callable[[], bool]:
        return lambda: sum(door.is_open for door in self._doors) >= number

    def _moved(self, lay: list[tuple[tuple[int, int], Any]]) -> Callable[[], bool]:
        return lambda: any(self._env.grid.get(*at) is not thing for at, thing in lay)

    def _box_opened(self) -> bool:
        present = [cell for _, cell in cells_of(self._env)] + [self._env.carrying]
        unopened = [t for cell in present if cell is not None for t in _unpacked(cell)]
        return any(all(box is not t for t in unopened) for box in self._full_boxes)

    def _placed(self, things: tuple[Any, ...], cells: set[tuple[int, int]]) -> bool:
        return any(
            max(abs(x - cx), abs(y - cy)) <= 1
            for (x, y), cell in cells_of(self._env)
            if any(cell is thing for thing in things)
            for cx, cy in cells
        )

    def _put_beside(self, things: tuple[Any, ...], others: tuple[Any, ...]) -> bool:
        at = {id(cell): at for at, cell in cells_of(self._env)}
        fixed = {at[id(one)] for one in others if id(one) in at}
        return any(_apart(at[id(thing)], fixed, 1) for thing in things if id(thing) in at)


def _apart(agent: tuple[int, int], cells: set[tuple[int, int]], distance: int) -> bool:
    return any(abs(agent[0] - x) + abs(agent[1] - y) == distance for x, y in cells)


def _is_blocked(env: Any, cells: list[tuple[tuple[int, int], Any]]) -> bool:
    """Whether a ball stands before a locked door, in the room where the agent is."""
    if not isinstance(env, RoomGrid):
        return False
    here = env.room_from_pos(*env.agent_pos)
    doors = {at for at, cell in cells if cell.type == "door" and cell.is_locked}
    return any(
        cell.type == "ball" and _apart(at, doors, 1) and env.room_from_pos(*at) is here
        for at, cell in cells
    )


def _unpacked(thing: Any) -> list[Any]:
    """The thing and everything inside it."""
    inside = [thing]
    while inside[-1].contains is not None:
        inside.append(inside[-1].contains)
    return inside
