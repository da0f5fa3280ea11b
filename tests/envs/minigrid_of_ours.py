"""A MiniGrid of a user's own: lamps that are switched, one of which MiniGrid misdraws."""

from __future__ import annotations

from typing import Any

import gymnasium
from minigrid.core.constants import COLOR_TO_IDX, COLORS, OBJECT_TO_IDX
from minigrid.core.grid import Grid
from minigrid.core.mission import MissionSpace
from minigrid.core.world_object import Goal, WorldObj
from minigrid.minigrid_env import MiniGridEnv
from minigrid.utils.rendering import fill_coords, point_in_circle


class Lamp(WorldObj):
    """A lamp that is toggled; its state is in its code, as MiniGrid asks."""

    def __init__(self, color: str = "yellow") -> None:
        super().__init__("ball", color)
        self.on = False

    def toggle(self, env: Any, pos: Any) -> bool:
        """Switch it."""
        self.on = not self.on
        return True

    def encode(self) -> tuple[int, int, int]:
        """Type, colour, and 3 or 4."""
        return OBJECT_TO_IDX[self.type], COLOR_TO_IDX[self.color], 3 + self.on

    def render(self, img: Any) -> None:
        """Large where it is on."""
        fill_coords(img, point_in_circle(0.5, 0.5, 0.4 if self.on else 0.15), COLORS[self.color])


class SilentLamp(Lamp):
    """A lamp whose code does not tell its state: MiniGrid draws what it drew first."""

    encode = WorldObj.encode


class Wire:
    """Something that a lamp may hang on."""

    live = False


class WiredLamp(Lamp):
    """A lamp that holds its state in an object that nobody else can compare."""

    def __init__(self, color: str = "red") -> None:
        self.wire = Wire()
        super().__init__(color)

    @property
    def on(self) -> bool:
        """Whether the wire is live."""
        return self.wire.live

    @on.setter
    def on(self, live: bool) -> None:
        self.wire.live = live


class LampEnv(MiniGridEnv):
    """Switch on the lamp, in a room with other lamps; the lamp to switch is green."""

    def __init__(self, size: int = 6, *, goal: bool = False, **kwargs: Any) -> None:
        self.goal = goal
        super().__init__(
            mission_space=MissionSpace(mission_func=lambda: "switch on the green lamp"),
            grid_size=size,
            **{"max_steps": 100, **kwargs},
        )

    def _gen_grid(self, width: int, height: int) -> None:
        self.grid = Grid(width, height)
        self.grid.wall_rect(0, 0, width, height)
        self.lamp = Lamp("green")
        for thing in (self.lamp, Lamp(), SilentLamp("blue"), WiredLamp()):
            self.place_obj(thing)
        if self.goal:
            self.place_obj(Goal())
        self.place_agent()
        self.mission = "switch on the green lamp"

    def step(self, action: Any) -> Any:
        """As MiniGrid steps; the green lamp on is success."""
        observation, reward, terminated, truncated, info = super().step(action)
        if self.lamp.on:
            terminated, reward = True, self._reward()
        return observation, reward, terminated, truncated, info


gymnasium.register(id="Ours-Lamp-v0", entry_point=LampEnv)
gymnasium.register(id="Ours-Goal-v0", entry_point=LampEnv, kwargs={"goal": True})
