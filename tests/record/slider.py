"""A world without tiles or ends: a bead slides towards a mark, and goes on at success."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs import UNDRAWN, PlainFamily, PlainSimulator, TimeStep
from synth.spec import parse_spec

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.spec import Spec

WIDTH, NEAR, STEP = 40, 0.1, 0.06


@dataclass
class Slider(PlainSimulator):
    """The bead starts at a place of the seed's; success is less than `NEAR` from the mark.

    Attributes:
        seen: The share of the bead that shows, by seed and step.
        margin_of: What is told as the margin, from the true one.
        drawn: Pictures drawn.
        starts: Where the bead starts, by seed.
    """

    seen: Callable[[int, int], float | None] = lambda _seed, _t: 1.0
    margin_of: Callable[[float], float | None] = lambda margin: margin
    starts: Callable[[int], float] = lambda seed: 0.1 + 0.01 * (seed % 10)
    drawn: int = 0
    at: float = 0.0
    t: int = 0
    seed: int = 0
    played: list[str] = field(default_factory=list)

    def reset(self, seed: int, *, draw: bool = True) -> TimeStep:
        """Put the bead where it starts."""
        self.at, self.t, self.seed = self.starts(seed), 0, seed
        return self._step(draw)

    def step(self, action: Any, *, draw: bool = True) -> TimeStep:
        """Slide; an action is a list of one number from -1 to 1."""
        self.at = float(np.clip(self.at + STEP * action[0], 0.0, 1.0))
        self.t += 1
        return self._step(draw)

    def random_action(self, rng: np.random.Generator) -> list[float]:
        """Any number, as a list."""
        return [round(float(rng.uniform(-1, 1)), 3)]

    def actions(self) -> None:
        """There is no end of them."""

    def nudged(self, action: Any, rng: np.random.Generator, size: float) -> list[float]:
        """A number near the action's."""
        return [round(float(np.clip(action[0] + 2 * size * rng.uniform(-1, 1), -1, 1)), 3)]

    def resolution(self) -> float:
        """One pixel."""
        return 1 / WIDTH

    def _step(self, draw: bool) -> TimeStep:
        margin = NEAR - abs(self.at - 0.8)
        frame = UNDRAWN
        if draw:
            self.drawn += 1
            frame = np.zeros((4, WIDTH, 3), np.uint8)
            frame[:, int(0.8 * WIDTH)] = (0, 200, 0)
            frame[1:3, min(int(self.at * WIDTH), WIDTH - 1)] = (200, 0, 0)
        return TimeStep(
            frame,
            reward=0.0,
            success=margin > 0,
            done=False,
            truth={"right": self.at > 0.5},
            margin=self.margin_of(margin),
            seen=self.seen(self.seed, self.t),
        )


@dataclass
class SliderFamily(PlainFamily):
    """Hands out one `Slider`."""

    simulator: Slider
    name: str = "slider"

    def claims(self, _env_id: str) -> bool:
        """All of them."""
        return True

    def make(self, _spec: Spec) -> Slider:
        """Always the same one."""
        return self.simulator


def slide(simulator: Slider):
    """To the mark and on to its middle, then still; it reads its phase off the state."""
    while True:
        gap = (0.8 - simulator.at) / STEP
        yield [round(max(-1.0, min(1.0, gap)), 3)]


def slider_spec(
    more: str = "", *, hold: int = 4, episodes: int = 10, policy: str = "slide"
) -> Spec:
    """A spec with ten episodes of each kind, whose random ones are short."""
    return parse_spec(
        f'env = "Slider-v0"\nmax_steps = 40\n[expert]\npolicy = "slider:{policy}"\n'
        f"episodes = {episodes}\nhold = {hold}\n[random]\nepisodes = {episodes}\nmax_steps = 7\n"
        f"[held_out]\nepisodes = {episodes}\n{more}",
        name="slider",
    )
