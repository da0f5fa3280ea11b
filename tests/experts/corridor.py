"""A corridor of six cells, walked to its right end: small enough to be trained on by hand."""

from __future__ import annotations

from typing import ClassVar

import gymnasium as gym
import numpy as np
from gymnasium import spaces

CELLS = 6
STAY, RIGHT, LEFT = 0, 1, 2


class Corridor(gym.Env):
    """The agent begins on one of the first three cells; its place is what it observes."""

    metadata: ClassVar = {"render_modes": ["rgb_array"], "render_fps": 4}
    observation_space = spaces.Box(0.0, 1.0, (CELLS,), np.float32)
    action_space = spaces.Discrete(3)

    def __init__(self, render_mode=None):
        self.render_mode = render_mode
        self.at = 0

    def reset(self, *, seed=None, options=None):
        """Draw the first place."""
        super().reset(seed=seed)
        self.at = int(self.np_random.integers(3))
        return self._seen(), {}

    def step(self, action):
        """Walk a cell."""
        self.at = int(np.clip(self.at + {STAY: 0, RIGHT: 1, LEFT: -1}[int(action)], 0, CELLS - 1))
        done = self.at == CELLS - 1
        return self._seen(), float(done), done, False, {}

    def _seen(self):
        return np.eye(CELLS, dtype=np.float32)[self.at]

    def render(self):
        """A red square in a dark corridor, its end green."""
        frame = np.zeros((8, 8 * CELLS, 3), np.uint8)
        frame[:, -8:] = (0, 90, 0)
        frame[2:6, 8 * self.at + 2 : 8 * self.at + 6] = (220, 40, 40)
        return frame

    def action_masks(self):
        """Nobody walks left through the wall."""
        return np.array([True, True, self.at > 0])


if "Corridor-v0" not in gym.registry:
    gym.register("Corridor-v0", "corridor:Corridor", max_episode_steps=40)
