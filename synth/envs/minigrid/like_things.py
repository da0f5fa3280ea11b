"""Near misses for missions: the right deed with a thing that is almost the one that was named.

Where words, or another thing, name a thing by its shape and its colour, a program may heed one of
them alone. So the deed is done with a thing of the same colour and another shape, with one of the
same shape and another colour, and with one that differs in where it lies alone. Importing this
module needs no simulator.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from synth.envs.minigrid.objective import PUTS, cells_of, objective_of
from synth.envs.minigrid.planning import plan
from synth.envs.minigrid.world import World
from synth.envs.recipe import way_of
from synth.errors import ExpertFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from synth.envs import Policy
    from synth.envs.minigrid.objective import Objective, Position
    from synth.envs.recipe import Recipe
    from synth.episode import Rollout

__all__ = ["LIKE_THINGS"]


def _names_a_thing(simulator: Any) -> bool:
    """Whether words say which of several things counts, or, in a room of our own, the picture."""
    env = simulator.env
    ours = type(env).__module__.startswith("synth.envs.minigrid.")
    return simulator.spec.mission is not None or hasattr(env, "instrs") or ours


def _meant(env: Any, objective: Objective) -> Any:
    """The thing that the words name; of those to be put somewhere the one that is moved."""
    if objective.things:
        return objective.things[0]
    named = [cell for at, cell in cells_of(env) if at in objective.cells]
    if not named:
        raise ExpertFailed("the task names no thing")
    return named[0]


def _instead(objective: Objective, at: Position, thing: Any, *, moves: bool) -> Objective:
    """The same deed with another thing.

    Args:
        objective: The deed.
        at: Where the other thing is.
        thing: The other thing.
        moves: Whether it takes the place of what is moved, where something is put somewhere.
    """
    if objective.verb in PUTS:
        return replace(objective, things=(thing,)) if moves else replace(objective, cells=(at,))
    cells = (at,) if objective.cells else ()
    return replace(objective, cells=cells, things=(thing,))


def _can_open(thing: Any) -> bool:
    return thing.type == "door" and not thing.is_locked


def _fixed(env: Any, objective: Objective) -> Any:
    """The thing that something is to be put beside."""
    named = [cell for at, cell in cells_of(env) if at in objective.cells]
    if not named:
        raise ExpertFailed("what the thing should lie beside is carried")
    return named[0]


def _recipe(key: str, name: str, *, same_kind: bool, same_colour: bool) -> Recipe:
    def way(
        simulator: Any, _shown: Rollout, _expert: Policy, rng: np.random.Generator
    ) -> Iterator[int]:
        env = simulator.env
        objective = objective_of(env)
        if objective is None or objective.verb == "reach":
            raise ExpertFailed("the task names no thing")
        moves = bool(rng.integers(2))
        puts = objective.verb in PUTS
        meant = _meant(env, objective) if moves or not puts else _fixed(env, objective)
        carries = objective.verb == "pick_up" or puts
        others = [
            (at, thing)
            for at, thing in cells_of(env)
            if (thing.can_pickup() if carries else thing.can_pickup() or thing.type == "door")
            and (objective.verb not in ("open", "open_one") or _can_open(thing))
            and (thing.type == meant.type) == same_kind
            and (thing.color == meant.color) == same_colour
            and not any(thing is one for one in (*objective.things, *objective.beside))
            and at not in objective.cells
        ]
        if not others:
            raise ExpertFailed("the scene holds no such thing")
        at, thing = others[int(rng.integers(len(others)))]
        other = _instead(objective, at, thing, moves=moves)
        yield from plan(World(env, other), what=type(env).__name__)

    return way_of(key, name, "near", way, serves=_names_a_thing)


LIKE_THINGS: tuple[Recipe, ...] = (
    _recipe(
        "other-shape",
        "the deed done with a thing of the same colour and another shape",
        same_kind=False,
        same_colour=True,
    ),
    _recipe(
        "other-colour",
        "the deed done with a thing of the same shape and another colour",
        same_kind=True,
        same_colour=False,
    ),
    _recipe(
        "other-place",
        "the deed done with a thing that looks the same and lies elsewhere",
        same_kind=True,
        same_colour=True,
    ),
)
