"""A task of AndroidEnv as an environment: ``screens/Android-v0``.

What can be repeated there is up to the device: with a snapshot that the task's reset steps load,
and apps that stand still, the same taps give the same pictures. Recording refuses what does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from synth.envs.screens.android.settings import AndroidSettings
from synth.envs.screens.environment import Grid, Moment, TapEnv
from synth.errors import EnvironmentFault

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["AndroidTaskEnv"]

SWIPES = {
    "swipe left": ((0.8, 0.5), (0.2, 0.5)),
    "swipe right": ((0.2, 0.5), (0.8, 0.5)),
    "swipe up": ((0.5, 0.8), (0.5, 0.2)),
    "swipe down": ((0.5, 0.2), (0.5, 0.8)),
}
"""Shares of width and height at which a swipe begins and ends."""
STEPS = 4
"""Positions of a finger on its way."""


class AndroidTaskEnv(TapEnv):
    """An app in an Android emulator, tapped and swiped.

    The task's own log lines give reward and end, as its ``.textproto`` says. Success is that the
    rewards of an episode add up to `AndroidSettings.enough`.

    Args:
        render_mode: ``rgb_array`` or ``None``.
        **settings: Those of `AndroidSettings`.

    Raises:
        EnvironmentFault: Package, task, emulator or device is missing, or does not start.
    """

    def __init__(self, *, render_mode: str | None = None, **settings: Any) -> None:
        self._settings = AndroidSettings(**settings)
        config = self._settings.config()
        from android_env import loader  # noqa: PLC0415 - `config` has seen that it is installed

        try:
            self._device = loader.load(config)
            height, width, _ = self._device.observation_spec()["pixels"].shape
        except Exception as error:
            # Emulator, adb and protobuf each have errors of their own.
            raise EnvironmentFault(
                f"the Android task {self._settings.task} does not start: "
                f"{type(error).__name__}: {error}."
            ) from error
        share = self._settings.size / max(height, width)
        size = Grid(round(width * share), round(height * share), self._settings.grid)
        super().__init__(size, tuple(SWIPES), render_mode=render_mode)
        self._pixels = np.zeros((height, width, 3), np.uint8)
        self._total = 0.0
        self._ended = False

    def begin(self, seed: int) -> Moment:
        """Run the task's reset steps; a device knows no seeds."""
        self.seed = seed
        self._total, self._ended = 0.0, False
        self._take(self._device.reset())
        return self._moment(0.0)

    def act(self, action: int) -> Moment:
        """Tap or swipe; nothing happens once the episode has ended."""
        if action < len(self.grid):
            x, y = self.grid.place(action)
            way = [(x / self.grid.width, y / self.grid.height)]
        else:
            way = _on_the_way(*SWIPES[self.gestures[action - len(self.grid)]])
        before = self._total
        for place in way:
            self._finger(place, down=True)
        self._finger(way[-1], down=False)
        return self._moment(self._total - before)

    def picture(self) -> NDArray[np.uint8]:
        """What the device showed last, made smaller by averaging areas."""
        size = (self.grid.width, self.grid.height)
        whole = Image.fromarray(self._pixels)
        return np.array(whole.resize(size, Image.Resampling.BOX), dtype=np.uint8)

    def close(self) -> None:
        """Stop the emulator."""
        self._device.close()

    def _finger(self, place: tuple[float, float], *, down: bool) -> None:
        """One step of AndroidEnv; after its last one it would begin anew, so none is made."""
        if self._ended:
            return
        action = {
            "action_type": np.array(0 if down else 1, np.int32),  # AndroidEnv's TOUCH and LIFT
            "touch_position": np.array(place, np.float32),
        }
        self._take(self._device.step(action))

    def _take(self, step: Any) -> None:
        self._pixels = np.asarray(step.observation["pixels"], np.uint8)
        self._total += float(step.reward or 0.0)
        self._ended = self._ended or bool(step.last())

    def _moment(self, reward: float) -> Moment:
        success = self._total >= self._settings.enough
        return Moment(reward, success, self._ended, {})


def _on_the_way(start: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
    """Places of a finger from one to the other, both included."""
    shares = np.linspace(0.0, 1.0, STEPS)
    return [
        (start[0] + s * (end[0] - start[0]), start[1] + s * (end[1] - start[1]))
        for s in shares.tolist()
    ]
