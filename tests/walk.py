"""A small environment and its reward program, for tests of everything above the sandbox.

A red square walks along a line of eight cells; a blue one vanishes when it is passed over,
and a green one is the goal at the far end.
"""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

CELL, CELLS, ITEM = 4, 8, 3

SOURCE = """\
import numpy as np
from synth import vision

GOAL = (0, 255, 0)
ITEM = (0, 0, 255)


def perceive(frame):
    codes = vision.pack(frame)
    return vision.count_colour(codes, ITEM), vision.count_colour(codes, GOAL)


def take_item(now, initial):
    return now[0] < initial[0]


def take_item_progress(now, initial):
    return 1.0 if now[0] < initial[0] else 0.5


def reach_goal(now, initial):
    return now[1] < initial[1]


SUBTASKS = [take_item, reach_goal]
"""


class Walk(gym.Env[NDArray[np.float32], np.int64]):
    """Walk right to succeed; walking left is possible and pointless."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 4}  # noqa: RUF012 - gymnasium's own form

    def __init__(self, render_mode: str | None = "rgb_array") -> None:
        self.render_mode = render_mode
        self.observation_space = gym.spaces.Box(0.0, 1.0, (1,), np.float32)
        self.action_space = gym.spaces.Discrete(2)
        self._at, self._taken = 0, False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Start at the left."""
        super().reset(seed=seed)
        self._at, self._taken = 0, False
        return self._observe(), {}

    def step(
        self, action: np.int64
    ) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """Walk one cell: 1 right, 0 left."""
        self._at = int(np.clip(self._at + (1 if action else -1), 0, CELLS - 1))
        self._taken |= self._at == ITEM
        done = self._at == CELLS - 1
        return self._observe(), float(done), done, False, {}

    def render(self) -> NDArray[np.uint8] | None:
        """``uint8[4, 32, 3]``."""
        if self.render_mode is None:
            return None
        cells = np.zeros((1, CELLS, 3), dtype=np.uint8)
        cells[0, CELLS - 1] = (0, 255, 0)
        if not self._taken:
            cells[0, ITEM] = (0, 0, 255)
        cells[0, self._at] = (255, 0, 0)
        return cells.repeat(CELL, axis=0).repeat(CELL, axis=1)

    def _observe(self) -> NDArray[np.float32]:
        return np.array([self._at / (CELLS - 1)], dtype=np.float32)
