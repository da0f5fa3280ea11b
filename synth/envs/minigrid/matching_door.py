"""OpenMatchingDoor: of several doors the one of the key's colour counts.

A room with four doors, one in each wall, all of different colours, and one key. The door of the
key's colour is locked, and the key alone unlocks it. The other doors are locked as well, or they
only stand shut and can be opened, which is of no use. The task is that of GRACE (see
``docs/minigrid.md``).

Importing this module registers ``OpenMatchingDoor-v0`` with Gymnasium; it needs minigrid.
"""

from __future__ import annotations

from typing import Any, SupportsFloat

import gymnasium
from minigrid.core.constants import COLOR_NAMES
from minigrid.core.grid import Grid
from minigrid.core.mission import MissionSpace
from minigrid.core.world_object import Door, Key
from minigrid.minigrid_env import MiniGridEnv

__all__ = ["OpenMatchingDoorEnv"]

DOORS = 4
LOCKED = 0.5
"""Chance of a door to be locked, where it is none of the key's colour."""


class OpenMatchingDoorEnv(MiniGridEnv):
    """The room.

    Args:
        size: Cells of its side, walls included, which are two cells thick; at least 6.
        max_steps: Steps after which an episode is cut; by default ten for each cell.
        kwargs: Those of `MiniGridEnv`, such as ``render_mode``.

    Attributes:
        key: The key.
        door: The door of its colour.
    """

    def __init__(self, size: int = 9, max_steps: int | None = None, **kwargs: Any) -> None:
        super().__init__(
            mission_space=MissionSpace(mission_func=_mission),
            grid_size=size,
            max_steps=max_steps or 10 * size * size,
            **kwargs,
        )

    def _gen_grid(self, width: int, height: int) -> None:
        self.grid = Grid(width, height)
        # Two walls, one around the other: who stands in a door does not look out of the grid.
        self.grid.wall_rect(0, 0, width, height)
        self.grid.wall_rect(1, 1, width - 2, height - 2)
        across = [self._rand_int(2, width - 2) for _ in range(2)]
        down = [self._rand_int(2, height - 2) for _ in range(2)]
        places = [(across[0], 1), (width - 2, down[0]), (across[1], height - 2), (1, down[1])]
        colours = self._rand_subset(COLOR_NAMES, DOORS)
        matching = self._rand_int(0, DOORS)
        for number, (at, colour) in enumerate(zip(places, colours, strict=True)):
            locked = number == matching or self._rand_float(0, 1) < LOCKED
            door = Door(colour, is_locked=locked)
            self.grid.set(*at, door)
            if number == matching:
                self.door = door
        self.key = Key(self.door.color)
        self.place_obj(self.key)
        self.place_agent()  # type: ignore[no-untyped-call]  # minigrid's own
        self.mission = _mission()

    def step(self, action: Any) -> tuple[Any, SupportsFloat, bool, bool, dict[str, Any]]:
        """As in every grid; the episode ends where the door of the key's colour is open."""
        observation, reward, terminated, truncated, info = super().step(action)
        if self.door.is_open:
            reward, terminated = self._reward(), True
        return observation, reward, terminated, truncated, info


def _mission() -> str:
    return "open the door that has the colour of the key"


if "OpenMatchingDoor-v0" not in gymnasium.registry:
    gymnasium.register("OpenMatchingDoor-v0", entry_point=OpenMatchingDoorEnv)
