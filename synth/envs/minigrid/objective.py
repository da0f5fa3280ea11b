"""What each MiniGrid environment means by success, as data.

MiniGrid writes success into each environment's `step`; planner and truth need it as a
condition on the grid. An environment class without an entry whose grid has goal squares
is taken to want one of them reached. Instructions of BabyAI levels are not understood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Objective", "Position", "objective_of"]

Position = tuple[int, int]
Verb = Literal["reach", "open", "pick_up", "go_beside", "put_near"]


@dataclass(frozen=True, slots=True)
class Objective:
    """One condition for success.

    Attributes:
        verb: ``reach`` a cell, ``open`` doors in order, ``pick_up`` one of the objects, say
            done when standing beside a cell (``go_beside``), or drop the object within one
            cell of a cell (``put_near``).
        cells: For ``reach``, ``go_beside`` and ``put_near``; columns and rows.
        things: The doors or objects meant, by identity.
        only: Whether touching any other object ends the episode.
        avoid: Cells that end the episode without success.
        moving: Whether obstacles move by themselves.
        hands: Whether the agent can carry things.
    """

    verb: Verb
    cells: tuple[Position, ...] = ()
    things: tuple[Any, ...] = ()
    only: bool = False
    avoid: tuple[Position, ...] = ()
    moving: bool = False
    hands: bool = True


def objective_of(env: Any) -> Objective | None:
    """The objective of an environment that has just been reset.

    Args:
        env: An unwrapped MiniGrid environment.

    Returns:
        The objective, or ``None`` where it is not known.
    """
    for kind in type(env).__mro__:
        if kind.__name__ in _KNOWN and kind.__module__.startswith("minigrid.envs"):
            return _KNOWN[kind.__name__](env)
    goals = tuple(at for at, cell in cells_of(env) if cell.type == "goal")
    return Objective("reach", cells=goals) if goals else None


def cells_of(env: Any) -> list[tuple[Position, Any]]:
    """All non-empty cells with what is in them, row by row."""
    width = env.grid.width
    return [
        ((at % width, at // width), cell)
        for at, cell in enumerate(env.grid.grid)
        if cell is not None
    ]


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
    "MemoryEnv": _memory,
    "DynamicObstaclesEnv": _dynamic,
}
