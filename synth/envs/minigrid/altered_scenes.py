"""Near misses of MiniGrid in scenes that were altered after the reset.

A checker may know by heart where things are, or take for a deed what was so from the start.
An altered scene shows it: the goal square lies elsewhere, a thing was never there, or it has
a colour that makes it another thing, as a key that fits no lock. The label stays the
environment's own, and so does the way to success: a goal square is only moved to where
nothing but free ground lies in between, so that what had to be done before still has to be,
and what succeeds without a thing, or whatever its colour, is left out. Importing this module
needs no simulator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synth.envs.minigrid.objective import cells_of, objective_of
from synth.envs.recipe import Recipe, acting
from synth.errors import ExpertFailed

if TYPE_CHECKING:
    import numpy as np

    from synth.envs import Policy
    from synth.envs.minigrid.objective import Position
    from synth.episode import Rollout

__all__ = ["SCENES"]


def _move_the_goal(env: Any, rng: np.random.Generator) -> None:
    goals = [(at, cell) for at, cell in cells_of(env) if cell.type == "goal"]
    if len(goals) != 1:
        raise ExpertFailed("there is no single goal square that could be moved")
    (at, goal) = goals[0]
    places = _ground_around(env, at)
    if not places:
        raise ExpertFailed("there is no other place for the goal square")
    env.grid.set(*at, None)
    env.put_obj(goal, *places[int(rng.integers(len(places)))])


def _take_a_thing_out(env: Any, rng: np.random.Generator) -> None:
    objective = objective_of(env)
    wanted = objective.things if objective is not None else ()
    others = [
        at
        for at, thing in cells_of(env)
        if thing.can_pickup() and not any(thing is one for one in wanted)
    ]
    if not others:
        raise ExpertFailed("there is no other object that could be missing")
    env.grid.set(*others[int(rng.integers(len(others)))], None)


def _recolour_a_thing(env: Any, rng: np.random.Generator) -> None:
    from minigrid.core.constants import COLOR_NAMES  # noqa: PLC0415 - a family's own

    cells = cells_of(env)
    things = [thing for _, thing in cells if thing.can_pickup()]
    # A colour that nothing else has, so that no other lock or wish takes it for its own.
    colours = [c for c in COLOR_NAMES if c not in {cell.color for _, cell in cells}]
    if not things or not colours:
        raise ExpertFailed("there is no object that could have another colour")
    thing = things[int(rng.integers(len(things)))]
    thing.color = colours[int(rng.integers(len(colours)))]


def _ground_around(env: Any, start: Position) -> list[Position]:
    """Free cells in reach of a cell over free cells alone, row by row, but for the agent's own."""
    found, queue = {start}, [start]
    while queue:
        x, y = queue.pop()
        for cell in ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)):
            inside = 0 <= cell[0] < env.grid.width and 0 <= cell[1] < env.grid.height
            if inside and cell not in found and env.grid.get(*cell) is None:
                found.add(cell)
                queue.append(cell)
    agent = (int(env.agent_pos[0]), int(env.agent_pos[1]))
    return sorted(found - {start, agent}, key=lambda cell: (cell[1], cell[0]))


def _as_shown(shown: Rollout, _expert: Policy, _rng: np.random.Generator) -> Policy:
    """What the expert did in the scene as it was."""
    return acting(shown.actions)


def _anew(_shown: Rollout, expert: Policy, _rng: np.random.Generator) -> Policy:
    """What the expert does in the scene as it is."""
    return expert


SCENES: tuple[Recipe, ...] = (
    Recipe(
        "goal-elsewhere",
        "the goal square moved, the agent going where it was",
        "near",
        _as_shown,
        _move_the_goal,
    ),
    Recipe(
        "thing-missing",
        "an object missing from the start, the agent acting as if it were there",
        "near",
        _as_shown,
        _take_a_thing_out,
        fails=True,
    ),
    Recipe(
        "thing-recoloured",
        "an object of another colour from the start, the agent acting as if it were the same",
        "near",
        _as_shown,
        _recolour_a_thing,
        fails=True,
    ),
    Recipe(
        "goal-elsewhere-route",
        "the goal square moved, the expert going there",
        "route",
        _anew,
        _move_the_goal,
    ),
)
"""Near misses first, then the route."""
