"""Errands: to one end of a corridor, to the other, and so on; the environment pays the last alone.

A row of cells with a red square that walks, and below it a lamp for each errand that has been run.
"""

from __future__ import annotations

import gymnasium as gym
import numpy as np

CELL, CELLS, ERRANDS, LIMIT = 4, 9, 4, 60

SOURCE = """\
import numpy as np
from scipy import ndimage
from synth import vision


def perceive(frame):
    return [frame[6, 4 * k + 1, 1] > 0 for k in range(4)]


def first_errand(now, initial):
    return now[0]


def second_errand(now, initial):
    return now[1]


def third_errand(now, initial):
    return now[2]


def last_errand(now, initial):
    return now[3]


SUBTASKS = [first_errand, second_errand, third_errand, last_errand]
"""


class Errands(gym.Env):
    """Left end, right end, left end, right end; 1.0 there, and nothing before."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 4}  # noqa: RUF012 - gymnasium's own form

    def __init__(self):
        self.render_mode = "rgb_array"
        self.observation_space = gym.spaces.Discrete(CELLS)
        self.action_space = gym.spaces.Discrete(2)
        self._at, self._run, self._steps = CELLS // 2, 0, 0

    def reset(self, *, seed=None, options=None):
        """Begin in the middle."""
        super().reset(seed=seed)
        self._at, self._run, self._steps = CELLS // 2, 0, 0
        return self._at, {}

    def step(self, action):
        """Walk one cell: 1 right, 0 left."""
        self._at = int(np.clip(self._at + (1 if action else -1), 0, CELLS - 1))
        self._steps += 1
        if self._at == (0 if self._run % 2 == 0 else CELLS - 1):
            self._run += 1
        done = self._run == ERRANDS
        return self._at, float(done), done, not done and self._steps >= LIMIT, {}

    def render(self):
        """``uint8[8, 36, 3]``."""
        cells = np.zeros((2, CELLS, 3), np.uint8)
        cells[0, self._at] = (255, 0, 0)
        cells[1, : self._run] = (0, 255, 0)
        return cells.repeat(CELL, axis=0).repeat(CELL, axis=1)
