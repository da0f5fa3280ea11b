"""The garden: a small environment of the tutorial's own, and an expert for it.

Registered as ``Garden-v0`` once this module is imported, so a spec says
``env = "docs.tutorial.garden:Garden-v0"``.

Description:
    A gardener walks about a lawn. Somewhere lies a watering can, somewhere else a sprout.
    Who touches the can carries it; who then touches the sprout waters it, and it blossoms.

Pictures:
    96 x 96 pixels from above, nothing on a grid. The can is a blue square on the lawn; once
    it is carried, the gardener wears it as a blue dot. A dry sprout is a small dark green
    disc, a flower a large pink one with a yellow middle.

Observations:
    ``Box(-1, 1, (6,))``: the ways to the can and to the sprout, in widths of the lawn; whether
    the can is carried, and whether the flower blossoms.

Actions:
    ``Discrete(4)``: six pixels right, down, left or up.

Rewards:
    1 when the flower blossoms, 0 otherwise.

Termination:
    When the flower blossoms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np
from gymnasium import spaces

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Garden", "expert"]

SIZE = 96
STEP = 6
TOUCH = 10
"""Things whose middles are at most so many pixels apart touch."""
MOVES = ((STEP, 0), (0, STEP), (-STEP, 0), (0, -STEP))

LAWN = (118, 168, 92)
GARDENER = (236, 226, 208)
CAN = (40, 92, 200)
SPROUT = (22, 74, 34)
PETALS = (232, 96, 168)
MIDDLE = (250, 214, 70)


class Garden(gymnasium.Env[Any, Any]):
    """Fetch the can, water the sprout."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 15}  # noqa: RUF012 - Gymnasium's own way

    def __init__(self, render_mode: str | None = None) -> None:
        self.render_mode = render_mode
        self.action_space = spaces.Discrete(4)
        self.observation_space = spaces.Box(-1.0, 1.0, (6,), np.float32)
        self.gardener = self.can = self.sprout = np.zeros(2, np.int64)
        self.carried = self.watered = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Lay out a garden: all three stand well apart, anywhere on the lawn."""
        super().reset(seed=seed, options=options)
        while True:
            places = self.np_random.integers(12, SIZE - 12, size=(3, 2))
            gaps = [np.hypot(*(places[a] - places[b])) for a, b in ((0, 1), (0, 2), (1, 2))]
            if min(gaps) > 3 * TOUCH:
                break
        self.gardener, self.can, self.sprout = places
        self.carried = self.watered = False
        return self._observe(), {"is_success": False}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Walk, then touch whatever is near."""
        moved = self.gardener + MOVES[int(action)]
        self.gardener = np.clip(moved, 6, SIZE - 7)
        if not self.carried and near(self.gardener, self.can):
            self.carried = True
        if self.carried and near(self.gardener, self.sprout):
            self.watered = True
        reward = 1.0 if self.watered else 0.0
        return self._observe(), reward, self.watered, False, {"is_success": self.watered}

    def render(self) -> Any:
        """``uint8[96, 96, 3]``, from above."""
        picture = np.full((SIZE, SIZE, 3), LAWN, np.uint8)
        if self.watered:
            disc(picture, self.sprout, 10, PETALS)
            disc(picture, self.sprout, 4, MIDDLE)
        else:
            disc(picture, self.sprout, 5, SPROUT)
        if not self.carried:
            x, y = self.can
            picture[y - 4 : y + 5, x - 4 : x + 5] = CAN
        disc(picture, self.gardener, 6, GARDENER)
        if self.carried:
            disc(picture, self.gardener, 3, CAN)
        return picture

    def _observe(self) -> Any:
        ways = np.concatenate([self.can - self.gardener, self.sprout - self.gardener]) / SIZE
        return np.array([*ways, self.carried, self.watered], np.float32)


def near(one: Any, other: Any) -> bool:
    """Whether two things touch."""
    return bool(np.hypot(*(one - other)) <= TOUCH)


def disc(picture: Any, middle: Any, radius: int, colour: tuple[int, int, int]) -> None:
    """Draw a filled circle."""
    x, y = np.meshgrid(np.arange(SIZE), np.arange(SIZE))
    picture[np.hypot(x - middle[0], y - middle[1]) <= radius] = colour


def expert(simulator: Any) -> Iterator[int]:
    """Walk to the can, then to the sprout; the longer way of the two axes first."""
    env = simulator.env
    while True:
        target = env.sprout if env.carried else env.can
        dx, dy = target - env.gardener
        if abs(dx) >= abs(dy):
            yield 0 if dx > 0 else 2
        else:
            yield 1 if dy > 0 else 3


gymnasium.register("Garden-v0", entry_point=Garden, max_episode_steps=200)
