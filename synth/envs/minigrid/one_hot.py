"""MiniGrid's own observation as numbers that a small network learns from.

The 7 x 7 view has three numbers a cell (type, colour, state), which are names and no amounts; as
one-hot they are 20 numbers a cell, and four more tell which way the agent looks. The mission is
left out.
"""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from minigrid.core.constants import COLOR_TO_IDX, OBJECT_TO_IDX, STATE_TO_IDX

__all__ = ["OneHotView"]

KINDS = (len(OBJECT_TO_IDX), len(COLOR_TO_IDX), len(STATE_TO_IDX))
"""How many types, colours and states there are."""
DIRECTIONS = 4


class OneHotView(gym.ObservationWrapper[Any, Any, Any], gym.utils.RecordConstructorArgs):
    """Observations as ``float32[H * W * 20 + 4]`` of zeros and ones.

    Args:
        env: A MiniGrid environment; its observation has ``image`` and ``direction``.
    """

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        gym.utils.RecordConstructorArgs.__init__(self)
        gym.ObservationWrapper.__init__(self, env)
        assert isinstance(env.observation_space, gym.spaces.Dict)  # noqa: S101 - MiniGrid's own
        view = env.observation_space["image"]
        assert view.shape is not None  # noqa: S101 - a Box
        cells = view.shape[0] * view.shape[1]
        self._size = cells * sum(KINDS) + DIRECTIONS
        # Where each cell's types, colours and states begin.
        starts = np.arange(cells)[:, None] * sum(KINDS) + np.array([0, KINDS[0], sum(KINDS[:2])])
        self._starts = starts.reshape(-1)
        self.observation_space = gym.spaces.Box(0.0, 1.0, (self._size,), np.float32)

    def observation(self, observation: Any) -> Any:
        """``float32[H * W * 20 + 4]``."""
        numbers = np.zeros(self._size, np.float32)
        numbers[self._starts + observation["image"].reshape(-1)] = 1.0
        numbers[self._size - DIRECTIONS + int(observation["direction"])] = 1.0
        return numbers
