"""Near misses and other routes that need to know what a MiniGrid world holds.

They plan with the planner's own search, to other ends than the environment's: beside the
goal, to another object, to any cell. The recipes of altered scenes are in
`synth.envs.minigrid.altered_scenes`. Importing this module needs no simulator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synth.envs.minigrid.altered_scenes import SCENES
from synth.envs.minigrid.like_things import LIKE_THINGS
from synth.envs.minigrid.objective import Objective, cells_of, objective_of
from synth.envs.minigrid.planning import plan, put_down
from synth.envs.minigrid.world import Action, World
from synth.envs.recipe import way_of
from synth.errors import ExpertFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    import numpy as np

    from synth.envs import Policy
    from synth.envs.minigrid.objective import Position
    from synth.envs.recipe import Recipe
    from synth.episode import Rollout

__all__ = ["RECIPES"]

CALLS = 3
"""Places that are called at beside the goal."""


def _pass_by(
    simulator: Any, _shown: Rollout, _expert: Policy, rng: np.random.Generator
) -> Iterator[int]:
    env = simulator.env
    wanted = _wanted(env)
    free = set(_free(env))
    around = [
        (x + dx, y + dy) for x, y in wanted for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy
    ]
    places = [cell for cell in around if cell in free]
    objective = objective_of(env)
    opens = objective is not None and objective.verb == "open"
    called = 0
    for at in rng.permutation(len(places)):
        if called == CALLS:
            return
        try:
            actions = _way_to(env, places[at], hands=env.carrying is None)
        except ExpertFailed:
            continue  # on the far side of a wall
        if opens and Action.TOGGLE in actions:
            continue  # on the far side of the door that is to be opened
        yield from actions
        called += 1
    if not called:
        raise ExpertFailed("nothing beside the goal can be reached")


def _something_else(
    simulator: Any, _shown: Rollout, _expert: Policy, rng: np.random.Generator
) -> Iterator[int]:
    env = simulator.env
    objective = objective_of(env)
    wanted = objective.things if objective is not None else ()
    others = [
        thing
        for _, thing in cells_of(env)
        if thing.can_pickup() and not any(thing is one for one in wanted)
    ]
    if not others:
        raise ExpertFailed("there is no other object to pick up")
    other = others[int(rng.integers(len(others)))]
    yield from plan(World(env, Objective("pick_up", things=(other,))), what=type(env).__name__)
    yield from _stroll(env, rng)


def _fatal(env: Any) -> list[Position]:
    """Cells that end the episode without success, row by row."""
    objective = objective_of(env)
    avoid = objective.avoid if objective is not None else ()
    return [*avoid, *(at for at, cell in cells_of(env) if cell.type == "lava")]


def _end_elsewhere(
    simulator: Any, _shown: Rollout, _expert: Policy, rng: np.random.Generator
) -> Iterator[int]:
    env = simulator.env
    cells = _fatal(env)
    for number in rng.permutation(len(cells)):
        cell = cells[number]
        beside = Objective("face", cells=(cell,), hands=False)
        try:
            actions = plan(World(env, beside), what=type(env).__name__)
        except ExpertFailed:
            continue
        yield from (*actions, Action.FORWARD)
        return
    raise ExpertFailed("no place that ends the episode can be reached")


def _drop_and_go_on(
    simulator: Any, shown: Rollout, _expert: Policy, _rng: np.random.Generator
) -> Iterator[int]:
    taken = yield from _until(simulator, shown, lambda env: env.carrying is not None, "picked up")
    yield Action.DROP
    yield from shown.actions[taken:]


def _shut_and_go_on(
    simulator: Any, shown: Rollout, _expert: Policy, _rng: np.random.Generator
) -> Iterator[int]:
    opened = yield from _until(simulator, shown, _door_ahead_is_open, "opened")
    yield Action.TOGGLE
    yield from shown.actions[opened:]


def _drop_elsewhere(
    simulator: Any, shown: Rollout, expert: Policy, rng: np.random.Generator
) -> Iterator[int]:
    yield from _until(simulator, shown, lambda env: env.carrying is not None, "picked up")
    yield from _stroll(simulator.env, rng)
    yield from put_down(simulator.env)
    yield from expert(simulator)


def _shut_and_open_again(
    simulator: Any, shown: Rollout, expert: Policy, _rng: np.random.Generator
) -> Iterator[int]:
    yield from _until(simulator, shown, _door_ahead_is_open, "opened")
    yield Action.TOGGLE
    yield from expert(simulator)


def _drop_behind_the_door(
    simulator: Any, shown: Rollout, expert: Policy, rng: np.random.Generator
) -> Iterator[int]:
    yield from _until(simulator, shown, _door_ahead_is_open, "opened")
    yield from _stroll(simulator.env, rng)
    if simulator.env.carrying is not None:
        yield from put_down(simulator.env)
    yield from expert(simulator)


def _stroll_first(
    simulator: Any, _shown: Rollout, expert: Policy, rng: np.random.Generator
) -> Iterator[int]:
    yield from _stroll(simulator.env, rng)
    yield from expert(simulator)


def _until(
    simulator: Any, shown: Rollout, reached: Callable[[Any], bool], what: str
) -> Generator[int, None, int]:
    """Play the expert's actions until something is so; gives how many were played.

    Raises:
        ExpertFailed: It never is, or only at the very end.
    """
    for at, action in enumerate(shown.actions[:-1]):
        yield action
        if reached(simulator.env):
            return at + 1
    raise ExpertFailed(f"nothing is {what} before the last step")


def _door_ahead_is_open(env: Any) -> bool:
    ahead = env.grid.get(*env.front_pos)
    return ahead is not None and ahead.type == "door" and bool(ahead.is_open)


def _stroll(env: Any, rng: np.random.Generator) -> list[int]:
    """Actions that lead to a free cell drawn at random among those in reach."""
    places = _free(env)
    for at in rng.permutation(len(places)):
        try:
            actions = _way_to(env, places[at], hands=False)
        except ExpertFailed:
            continue  # behind a locked door
        if max(actions, default=0) <= Action.FORWARD:
            return actions
    raise ExpertFailed("there is nowhere to go")


def _way_to(env: Any, cell: Position, *, hands: bool) -> list[int]:
    """Actions that lead to a cell; without hands nothing is picked up on the way."""
    objective = Objective("reach", cells=(cell,), hands=hands)
    return plan(World(env, objective), what=type(env).__name__)


def _free(env: Any) -> list[Position]:
    """Empty cells but the agent's own, row by row."""
    taken = {at for at, _ in cells_of(env)} | {(int(env.agent_pos[0]), int(env.agent_pos[1]))}
    every = [(x, y) for y in range(env.grid.height) for x in range(env.grid.width)]
    return [cell for cell in every if cell not in taken]


def _wanted(env: Any) -> list[Position]:
    """Cells of what the environment asks for."""
    objective = objective_of(env)
    if objective is None:
        raise ExpertFailed("what the environment asks for is not known")
    things = [at for at, cell in cells_of(env) if any(cell is thing for thing in objective.things)]
    return [*objective.cells, *things]


RECIPES: tuple[Recipe, ...] = (
    *LIKE_THINGS,
    way_of(
        "end-elsewhere",
        "an agent that goes where the episode ends without success",
        "near",
        _end_elsewhere,
        serves=lambda simulator: bool(_fatal(simulator.env)),
    ),
    way_of("pass-by", "an agent that walks past the goal", "near", _pass_by),
    way_of("something-else", "an agent that fetches another object", "near", _something_else),
    way_of(
        "drop-and-go-on", "the expert, dropping what it took and going on", "near", _drop_and_go_on
    ),
    way_of("shut-and-go-on", "the expert, shutting the door and going on", "near", _shut_and_go_on),
    way_of("drop-elsewhere", "the object dropped elsewhere first", "route", _drop_elsewhere),
    way_of("shut-again", "the door shut and opened again", "route", _shut_and_open_again),
    way_of(
        "drop-behind",
        "the object left behind once the door is open",
        "route",
        _drop_behind_the_door,
    ),
    way_of("stroll", "a stroll before anything else", "route", _stroll_first),
    *SCENES,
)
