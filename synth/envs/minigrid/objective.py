"""What each MiniGrid environment means by success, as data.

MiniGrid writes success into each environment's `step`; planner and truth need it as a
condition on the grid. An environment class without an entry whose grid has goal squares
is taken to want one of them reached. BabyAI's instructions are read in
`synth.envs.minigrid.instructions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from synth.envs.minigrid.instructions import all_actions, kind_of, open_actions, places_of

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "PUTS",
    "Objective",
    "Position",
    "all_objectives",
    "cells_of",
    "objective_of",
    "open_objectives",
]

Position = tuple[int, int]
PUTS = {"put_near": 2, "put_beside": 1}
"""Verbs that carry things to a place, and how many steps from it is near enough."""
Verb = Literal[
    "reach", "open", "open_one", "pick_up", "go_beside", "face", "put_near", "put_beside"
]


@dataclass(frozen=True, slots=True)
class Objective:
    """One condition for success.

    Attributes:
        verb: ``reach`` a cell, ``open`` doors in order or one of them (``open_one``),
            ``pick_up`` one of the objects, say done when standing beside a cell
            (``go_beside``), stand before a cell and look at it (``face``), or drop the object
            within one cell of a cell (``put_near``) or right beside one (``put_beside``).
        cells: For all verbs but ``open`` and ``pick_up``; columns and rows.
        things: The doors or objects meant, by identity; for ``put_near`` and ``put_beside``
            those to be moved.
        beside: The things beside which they should lie.
        only: Whether touching any other object ends the episode.
        avoid: Cells that end the episode without success.
        moving: Whether obstacles move by themselves.
        hands: Whether the agent can carry things.
    """

    verb: Verb
    cells: tuple[Position, ...] = ()
    things: tuple[Any, ...] = ()
    beside: tuple[Any, ...] = ()
    only: bool = False
    avoid: tuple[Position, ...] = ()
    moving: bool = False
    hands: bool = True


def objective_of(env: Any) -> Objective | None:
    """The objective of an environment that has just been reset.

    Args:
        env: An unwrapped MiniGrid environment.

    Returns:
        The objective, or ``None`` where it is not known. Of an instruction with several parts
        it is that of the first which is not done.
    """
    if hasattr(env, "instrs"):
        return next(iter(open_objectives(env)), None)
    for kind in type(env).__mro__:
        if kind.__name__ in _KNOWN and kind.__module__.startswith(_HOMES):
            return _KNOWN[kind.__name__](env)
    goals = tuple(at for at, cell in cells_of(env) if cell.type == "goal")
    return Objective("reach", cells=goals) if goals else None


def all_objectives(env: Any) -> tuple[Objective, ...]:
    """All that is wanted in a row, done or not; of an instruction its parts."""
    if hasattr(env, "instrs"):
        return tuple(_instructed(action) for action in all_actions(env))
    objective = objective_of(env)
    return () if objective is None else (objective,)


def open_objectives(env: Any) -> tuple[Objective, ...]:
    """Those that may be reached next; none where nothing is left to do, or nothing is known."""
    if hasattr(env, "instrs"):
        return tuple(_instructed(action) for action in open_actions(env))
    objective = objective_of(env)
    return () if objective is None else (objective,)


def cells_of(env: Any) -> list[tuple[Position, Any]]:
    """All non-empty cells with what is in them, row by row."""
    width = env.grid.width
    return [
        ((at % width, at // width), cell)
        for at, cell in enumerate(env.grid.grid)
        if cell is not None
    ]


def _instructed(action: Any) -> Objective:
    """The objective of one action of a BabyAI instruction."""
    kind = kind_of(action)
    if kind == "GoToInstr":
        return Objective("face", cells=places_of(action.desc), things=tuple(action.desc.obj_set))
    if kind == "OpenInstr":
        return Objective("open_one", things=tuple(action.desc.obj_set), only=bool(action.strict))
    if kind == "PickupInstr":
        return Objective("pick_up", things=tuple(action.desc.obj_set))
    return Objective(
        "put_beside",
        cells=places_of(action.desc_fixed),
        things=tuple(action.desc_move.obj_set),
        beside=tuple(action.desc_fixed.obj_set),
    )


def _pick_up(env: Any) -> Objective:
    return Objective("pick_up", things=(env.obj,))


def _fetch(env: Any) -> Objective:
    wanted = (env.targetType, env.targetColor)
    things = tuple(o for _, o in cells_of(env) if (o.type, o.color) == wanted)
    return Objective("pick_up", things=things, only=True)


def _go_beside(env: Any) -> Objective:
    return Objective("go_beside", cells=(_cell(env.target_pos),), only=True)


def _put_near(env: Any) -> Objective:
    wanted = (env.move_type, env.moveColor)
    things = tuple(o for _, o in cells_of(env) if (o.type, o.color) == wanted)
    return Objective("put_near", cells=(_cell(env.target_pos),), things=things, only=True)


def _memory(env: Any) -> Objective:
    return Objective(
        "reach", cells=(_cell(env.success_pos),), avoid=(_cell(env.failure_pos),), hands=False
    )


def _dynamic(env: Any) -> Objective:
    goals = tuple(at for at, cell in cells_of(env) if cell.type == "goal")
    return Objective("reach", cells=goals, moving=True, hands=False)


def _cell(pos: Any) -> Position:
    return int(pos[0]), int(pos[1])


_HOMES = ("minigrid.envs", "synth.envs.minigrid.")
"""Modules of the classes that `_KNOWN` names."""

_KNOWN: dict[str, Callable[[Any], Objective]] = {
    "UnlockEnv": lambda env: Objective("open", things=(env.door,)),
    "RedBlueDoorEnv": lambda env: Objective("open", things=(env.red_door, env.blue_door)),
    "UnlockPickupEnv": _pick_up,
    "BlockedUnlockPickupEnv": _pick_up,
    "KeyCorridorEnv": _pick_up,
    "ObstructedMazeEnv": _pick_up,
    "FetchEnv": _fetch,
    "GoToDoorEnv": _go_beside,
    "GoToObjectEnv": _go_beside,
    "PutNearEnv": _put_near,
    "OpenMatchingDoorEnv": lambda env: Objective("open", things=(env.door,)),
    "MemoryEnv": _memory,
    "DynamicObstaclesEnv": _dynamic,
}
