"""The table for small networks: which thing is put on which, and what lies over what.

Where things are to the millimetre, a picture or five numbers tell; what a tower or a full bowl
takes is a matter of relations. An agent that plans in them sees which things lie over which, and
its moves name two things. The reward program sees the picture all the same.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np

from synth.envs.tabletop.moves import ArmMove
from synth.envs.tabletop.things import ROUND, turned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synth.envs.tabletop.things import TableScene, TableThing

__all__ = ["ThingMoves"]


class ThingMoves(gym.Wrapper[Any, Any, Any, Any], gym.utils.RecordConstructorArgs):
    """Moves as `Discrete`, observations as ``float32[M * N + N]``, of M movable things among N.

    Things are counted in the order in which the mission names them, and then those that it does
    not name as the task lays them out, so that "the first on the second" means the same in every
    episode. Action ``i * N + j`` comes down on the middle of movable thing ``i`` and lets go over
    the middle of thing ``j``, without turning; it takes whatever lies uppermost there. An
    observation tells of each movable thing and each thing whether the first lies over the second,
    1.0 or 0.0, and of each thing whether the mission names it.

    Args:
        env: A `TabletopEnv` whose task carries things, and lays out as many on every table.
    """

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        gym.utils.RecordConstructorArgs.__init__(self)
        gym.Wrapper.__init__(self, env)
        things = _things(env, np.random.default_rng(0))
        self._count, movable = len(things), sum(not thing.fixed for thing in things)
        self.action_space = gym.spaces.Discrete(movable * self._count)
        size = movable * self._count + self._count
        self.observation_space = gym.spaces.Box(0.0, 1.0, (size,), np.float32)

    def things(self) -> tuple[TableThing, ...]:
        """All things in the order in which actions and observations count them."""
        table: Any = self.unwrapped
        return tuple(sorted(table.scene.things, key=partial(_named_at, table.mission)))

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Reset; see `TabletopEnv.reset`."""
        _, info = self.env.reset(seed=seed, options=options)
        return self._relations(), info

    def step(self, action: Any) -> tuple[NDArray[np.float32], Any, bool, bool, dict[str, Any]]:
        """Move one thing onto another."""
        things, scene = self.things(), self._scene()
        which, where = divmod(int(action), self._count)
        taken = [thing for thing in things if not thing.fixed][which]
        start, end = (
            (float(x), float(y)) for x, y in (scene.pose(taken).xy, scene.pose(things[where]).xy)
        )
        move = np.array(ArmMove(start, end).action(turns=True), np.float32)
        _, reward, terminated, truncated, info = self.env.step(move)
        return self._relations(), reward, terminated, truncated, info

    def _scene(self) -> TableScene:
        scene: TableScene = self.unwrapped.scene  # type: ignore[attr-defined]  # of TabletopEnv
        return scene

    def _relations(self) -> NDArray[np.float32]:
        things, scene = self.things(), self._scene()
        mission: str = self.unwrapped.mission  # type: ignore[attr-defined]  # of TabletopEnv
        movable = [thing for thing in things if not thing.fixed]
        over = [_over(scene, one, other) for one in movable for other in things]
        return np.array([*over, *(thing.name in mission for thing in things)], np.float32)


def _named_at(mission: str, thing: TableThing) -> int:
    """Where in the mission a thing is named; behind its end where it is not."""
    at = mission.find(thing.name)
    return at if at >= 0 else len(mission)


def _things(env: gym.Env[Any, Any], rng: np.random.Generator) -> tuple[TableThing, ...]:
    """Those of one table, which tells how many there are on every one."""
    table: Any = env.unwrapped
    return tuple(thing for thing, _ in table.task.layout(rng, table.names).placed)


def _over(scene: TableScene, upper: TableThing, lower: TableThing) -> bool:
    """Whether a thing's middle is above another's body, at whatever height."""
    if upper.key == lower.key:
        return False
    above, below = scene.pose(upper), scene.pose(lower)
    if above.at[2] <= below.at[2]:
        return False
    x, y = np.abs(turned((above.xy - below.xy)[None], -below.yaw)[0])
    if lower.kind in ROUND:
        return bool(np.hypot(x, y) < lower.size[0])
    return bool(x < lower.size[0] and y < lower.size[1])
