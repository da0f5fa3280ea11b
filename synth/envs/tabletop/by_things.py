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

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synth.envs.tabletop.environment import TabletopEnv
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
        # Any table will do: all have as many.
        task = self._table.task
        laid = task.layout(np.random.default_rng(0), self._table.names).placed
        self._count, movable = len(laid), sum(not thing.fixed for thing, _ in laid)
        self.action_space = gym.spaces.Discrete(movable * self._count)
        size = movable * self._count + self._count
        self.observation_space = gym.spaces.Box(0.0, 1.0, (size,), np.float32)

    def things(self) -> tuple[TableThing, ...]:
        """All things in the order in which actions and observations count them."""
        table = self._table
        return tuple(sorted(table.scene.things, key=partial(_named_at, table.mission)))

    @property
    def _table(self) -> TabletopEnv:
        return self.unwrapped  # type: ignore[return-value]  # as the argument says

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Reset; see `TabletopEnv.reset`."""
        _, info = self.env.reset(seed=seed, options=options)
        return self._relations(), info

    def step(self, action: Any) -> tuple[NDArray[np.float32], Any, bool, bool, dict[str, Any]]:
        """Move one thing onto another."""
        things, scene = self.things(), self._table.scene
        which, where = divmod(int(action), self._count)
        taken = [thing for thing in things if not thing.fixed][which]
        start, end = (
            (float(x), float(y)) for x, y in (scene.pose(taken).xy, scene.pose(things[where]).xy)
        )
        move = np.array(ArmMove(start, end).action(turns=True), np.float32)
        _, reward, terminated, truncated, info = self.env.step(move)
        return self._relations(), reward, terminated, truncated, info

    def _relations(self) -> NDArray[np.float32]:
        things, table = self.things(), self._table
        movable = [thing for thing in things if not thing.fixed]
        over = [_over(table.scene, one, other) for one in movable for other in things]
        return np.array([*over, *(thing.name in table.mission for thing in things)], np.float32)


def _named_at(mission: str, thing: TableThing) -> int:
    """Where in the mission a thing is named; behind its end where it is not."""
    at = mission.find(thing.name)
    return at if at >= 0 else len(mission)


def _over(scene: TableScene, upper: TableThing, lower: TableThing) -> bool:
    """Whether a thing's middle is above another's body, at whatever height."""
    higher = bool(scene.pose(upper).at[2] > scene.pose(lower).at[2])
    return higher and scene.centred(upper, lower) > 0
