"""A small continuous world with margins, for tests of the search: a red dot to be put on a green.

Both dots are soft discs, so that their centroids tell places much finer than a pixel does.
Success comes and goes, and ends nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs import UNDRAWN, PlainFamily, PlainSimulator, TimeStep
from synth.spec import parse_spec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.spec import Spec

SIZE, RADIUS = 48, 0.1
"""Pixels along a side, and the distance of success; the plane goes from -1 to 1."""
STEP = 0.15
"""How far an action moves the dot along each axis, at most."""

PIXEL = 2 / SIZE

PROGRAM = f"""\
import numpy as np


def place(channel):
    rows, columns = np.mgrid[: channel.shape[0], : channel.shape[1]]
    weight = channel.astype(np.float64)
    total = max(float(weight.sum()), 1.0)
    return float((weight * columns).sum()) / total, float((weight * rows).sum()) / total


def apart(frame):
    # to the right and downwards from the green dot to the red one, on the plane
    if frame.shape[0] == 0 or frame.shape[1] == 0:
        return 9.0, 9.0
    red, green = place(frame[..., 0]), place(frame[..., 1])
    return (red[0] - green[0]) * 2 / {SIZE}, (red[1] - green[1]) * 2 / {SIZE}


def reached(frame, initial):
    right, down = apart(frame)
    return right * right + down * down < {RADIUS} ** 2


SUBTASKS = [reached]
"""

TEST = f"right * right + down * down < {RADIUS} ** 2"


class Reach(PlainSimulator):
    """The world; it counts its steps and its pictures."""

    def __init__(self, pixels: float = PIXEL) -> None:
        self._pixel = pixels
        self.dot = self.goal = np.zeros(2)
        self.steps = self.pictures = 0
        self.hides = False

    def reset(self, seed: int, *, draw: bool = True) -> TimeStep:
        """The dot at the left, its goal at the right."""
        rng = np.random.default_rng(seed)
        self.dot = np.array([rng.uniform(-0.8, -0.5), rng.uniform(-0.5, 0.5)])
        self.goal = np.array([rng.uniform(0.0, 0.5), rng.uniform(-0.5, 0.5)])
        return self._seen(draw=draw)

    def step(self, action: Any, *, draw: bool = True) -> TimeStep:
        """Move by a share of `STEP`, inside the plane."""
        assert all(-1 <= part <= 1 for part in action)
        self.dot = np.clip(self.dot + STEP * np.array(action), -0.9, 0.9)
        self.steps += 1
        return self._seen(draw=draw)

    def _seen(self, *, draw: bool) -> TimeStep:
        margin = RADIUS - float(np.linalg.norm(self.dot - self.goal))
        self.pictures += draw
        return TimeStep(
            frame=self._picture() if draw else UNDRAWN,
            reward=0.0,
            success=margin > 0,
            done=False,
            truth={"near": margin > -RADIUS},
            margin=margin,
            # Only a picture tells whether the dot is hidden: to the right of its goal it may be.
            seen=float(self.dot[0] < self.goal[0]) if draw and self.hides else None,
        )

    def _picture(self) -> np.ndarray:
        axis = (np.arange(SIZE) + 0.5) * PIXEL - 1
        across, down = np.meshgrid(axis, axis)
        frame = np.zeros((SIZE, SIZE, 3), dtype=np.uint8)
        for channel, place in ((0, self.dot), (1, self.goal)):
            away = np.hypot(across - place[0], down - place[1])
            frame[..., channel] = np.clip(255 * (1.5 - away / 0.08), 0, 255)
        return frame

    def random_action(self, rng: np.random.Generator) -> list[float]:
        """Any direction."""
        return [float(part) for part in rng.uniform(-1, 1, size=2)]

    def actions(self) -> None:
        """There is no end of them."""

    def nudged(self, action: Any, rng: np.random.Generator, size: float) -> list[float]:
        """Each part a little off, inside the bounds."""
        off = rng.uniform(-1, 1, size=2) * 2 * size
        return [float(part) for part in np.clip(np.array(action) + off, -1, 1)]

    def resolution(self) -> float:
        """The width of a pixel, on the plane."""
        return self._pixel


class ReachFamily(PlainFamily):
    """The family of this world alone; `hides` is what its worlds do."""

    name = "reach"
    made: Reach
    hides = False

    def claims(self, env_id: str) -> bool:
        """Only by its own id."""
        return env_id == "Reach-v0"

    def make(self, _spec: Spec) -> Reach:
        """A world, kept for its counts."""
        self.made = Reach()
        self.made.hides = self.hides
        return self.made


FAMILY = ReachFamily()


def straight(simulator: Reach) -> Iterator[list[float]]:
    """An expert that goes straight to the goal, and stays there for ever."""
    while True:
        way = (simulator.goal - simulator.dot) / STEP
        yield [float(part) for part in way / max(1.0, float(np.abs(way).max()))]


def reach_spec(*, pixels: float = 1.0) -> Spec:
    """The task; `pixels` is how much of it is not judged."""
    return parse_spec(
        'env = "Reach-v0"\nmax_steps = 40\n'
        f"[success]\npixels = {pixels}\n"
        '[expert]\npolicy = "reach_world:straight"\nepisodes = 2\nhold = 2\n'
        "[random]\nepisodes = 2\n[held_out]\nepisodes = 2\n[search]\nepisodes = 60\n",
        name="reach",
    )
