"""Where the agent of a grid could stand by now, the rest of the grid being as it is.

A picture of the agent in a closed room whose key nobody has, or on a goal square without
success, is one that no episode ever shows: no program is asked about it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from synth.envs.minigrid.objective import all_objectives, cells_of, objective_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.envs.minigrid.objective import Objective, Position

__all__ = ["poses_of"]

_ENDS = frozenset({"goal", "lava"})
"""Kinds of cells on which MiniGrid itself ends an episode."""

_AHEAD = ((1, 0), (0, 1), (-1, 0), (0, -1))
"""The cell ahead of an agent that faces each way."""


def poses_of(env: Any) -> tuple[Callable[[Any], None], ...]:
    """The agent on every cell that it can walk to, facing each way; row by row.

    It walks over cells that can be stepped on, and through doors that are not locked, since it
    can shut them behind itself. Cells on which the episode ends are left out, and so are looks at
    what the agent was told to go to.
    """
    objective = objective_of(env)
    ends = {at for at, cell in cells_of(env) if cell.type in _ENDS}
    if objective is not None and objective.verb == "reach":
        ends |= {*objective.cells, *objective.avoid}
    start = (int(env.agent_pos[0]), int(env.agent_pos[1]))
    reached, queue = {start}, [start]
    while queue:
        x, y = queue.pop()
        for at in ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)):
            if at not in reached and at not in ends and _passable(env, at, objective):
                reached.add(at)
                queue.append(at)
    cells = sorted(reached - ends, key=lambda at: (at[1], at[0]))
    # A shut door is walked through, and not stood in.
    free = [at for at in cells if at == start or _can_stand(env, at)]
    looked_at = {cell for one in all_objectives(env) if one.verb == "face" for cell in one.cells}
    return tuple(
        partial(_stand, at=at, facing=facing)
        for at in free
        for facing, (x, y) in enumerate(_AHEAD)
        if (at[0] + x, at[1] + y) not in looked_at
    )


def _passable(env: Any, at: Position, objective: Objective | None) -> bool:
    if not (0 <= at[0] < env.grid.width and 0 <= at[1] < env.grid.height):
        return False
    thing = env.grid.get(*at)
    if thing is not None and thing.type == "door" and not thing.is_open and not thing.is_locked:
        # Where doors are what the task is about, to open one is no way of walking.
        return objective is None or not (objective.only or objective.verb in ("open", "open_one"))
    return _can_stand(env, at)


def _can_stand(env: Any, at: Position) -> bool:
    thing = env.grid.get(*at)
    return thing is None or bool(thing.can_overlap())


def _stand(env: Any, *, at: Position, facing: int) -> None:
    env.agent_pos, env.agent_dir = at, facing
