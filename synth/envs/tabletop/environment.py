"""The table as a `gymnasium.Env`: pictures in, pick-and-place moves out, a sparse score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np
from gymnasium import spaces

from synth.envs.tabletop.camera import VIEWS, shoot
from synth.envs.tabletop.colours import palette
from synth.envs.tabletop.moves import ArmMove
from synth.envs.tabletop.tasks import TASKS
from synth.envs.tabletop.world import TableWorld
from synth.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from synth.envs.tabletop.camera import TableShot
    from synth.envs.tabletop.goals import Goal
    from synth.envs.tabletop.layouts import LaidTable
    from synth.envs.tabletop.things import TableScene

__all__ = ["TabletopEnv"]


class TabletopEnv(gymnasium.Env[Any, Any]):
    """One task on the table.

    An action is ``float32[5]``, each from -1 to 1: the point at which the suction cup comes down
    (x to the right, y away), the point at which it lets go, and how far it turns in between (1 is
    half a turn). Where the task sweeps it is ``float32[4]``: from where to where. An observation
    is the picture after the move. The reward is 1 where the mission's goal is reached, else 0; an
    episode does not end there, so that what was done can be undone.

    Args:
        task: A name of `synth.envs.tabletop.tasks.TASKS`.
        colours: ``seen`` or ``unseen``.
        size: Pixels of each side of a view.
        views: ``top``, ``front``, or both, side by side.
        render_mode: ``rgb_array``, or ``None``.

    Attributes:
        task: The task's entry.
        layout: Of the present episode.
        mission: Its words.
        names: Of the colours that things may have.
        size: Pixels of each side of a view.

    Raises:
        EnvironmentFault: There is no such task, palette or view.
    """

    metadata = {  # noqa: RUF012 - as gymnasium declares it
        "render_modes": ["rgb_array"],
        "render_fps": 2,
    }

    def __init__(
        self,
        task: str = "block-in-bowl",
        *,
        colours: str = "seen",
        size: int = 128,
        views: Sequence[str] = ("top",),
        render_mode: str | None = None,
    ) -> None:
        if task not in TASKS:
            raise EnvironmentFault(f"there is no task {task!r}. Choose from {', '.join(TASKS)}.")
        if not views or any(view not in VIEWS for view in views):
            raise EnvironmentFault(f"views must be some of {', '.join(VIEWS)}, not {views!r}.")
        self.task = TASKS[task]
        self.render_mode = render_mode
        self.names, self.size, self._views = palette(colours), size, tuple(views)
        self.observation_space = spaces.Box(0, 255, (size, size * len(views), 3), np.uint8)
        self.action_space = spaces.Box(-1.0, 1.0, (4 if self.task.sweeps else 5,), np.float32)
        self.layout: LaidTable | None = None
        self.mission = ""
        self._world: TableWorld | None = None
        self._scene: TableScene | None = None
        self._shot: TableShot | None = None

    @property
    def world(self) -> TableWorld:
        """The physics of the present episode."""
        if self._world is None:
            raise EnvironmentFault("the table was used before it was reset.")
        return self._world

    @property
    def scene(self) -> TableScene:
        """Where everything is now."""
        if self._scene is None:
            self._scene = self.world.scene()
        return self._scene

    @property
    def goals(self) -> dict[str, Goal]:
        """What could be asked for on this table, by the words that ask for it."""
        if self.layout is None:
            raise EnvironmentFault("the table was used before it was reset.")
        return dict(self.layout.goals)

    @property
    def goal(self) -> Goal:
        """What the mission asks for."""
        return self.goals[self.mission]

    def lay(self, seed: int | None = None) -> None:
        """Lay the table of a seed, without drawing it."""
        super().reset(seed=seed)
        self.close()
        self.layout = self.task.layout(self.np_random, self.names)
        self.mission = self.layout.mission
        self._world = TableWorld(self.layout.placed)

    def instruct(self, mission: str) -> None:
        """Ask for something else on the same table.

        Raises:
            EnvironmentFault: The table has nothing to do it with.
        """
        if mission not in self.goals:
            raise EnvironmentFault(
                f"the mission {mission!r} cannot be given on this table; "
                f"these can: {'; '.join(self.goals)}."
            )
        self.mission = mission

    def act(self, action: NDArray[np.float32]) -> None:
        """Make one move, without drawing it."""
        move = ArmMove.of(action)
        if self.task.sweeps:
            self.world.sweep(move.start, move.end)
        else:
            self.world.move(move.start, move.end, move.turn)
        self._scene = self._shot = None

    def shoot(self) -> TableShot:
        """The picture of this moment, and what it shows of each thing."""
        if self._shot is None:
            self._shot = shoot(self.world, self.size, self._views)
        return self._shot

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.uint8], dict[str, Any]]:
        """Begin an episode.

        Args:
            seed: The same seed gives the same table.
            options: ``mission``: another mission than the seed's own.
        """
        self.lay(seed)
        if options and "mission" in options:
            self.instruct(options["mission"])
        return self.shoot().frame.copy(), self._info()

    def step(
        self, action: NDArray[np.float32]
    ) -> tuple[NDArray[np.uint8], float, bool, bool, dict[str, Any]]:
        """Make one move and draw."""
        self.act(action)
        info = self._info()
        return self.shoot().frame.copy(), float(info["is_success"]), False, False, info

    def render(self) -> NDArray[np.uint8]:
        """The picture of this moment."""
        return self.shoot().frame.copy()

    def close(self) -> None:
        """Shut the physics down."""
        if self._world is not None:
            self._world.close()
        self._world = self._scene = self._shot = None

    def _info(self) -> dict[str, Any]:
        return {"is_success": self.goal.margin(self.scene) > 0, "mission": self.mission}
