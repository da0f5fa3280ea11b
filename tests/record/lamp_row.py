"""A world that is no grid of MiniGrid's: a row of places, a lamp, and an end of the row.

The agent walks left and right, and switches the lamp at the place where it hangs. It succeeds
by walking onto the last place while the lamp is lit; in the dark it falls down there, and the
episode is over. Smashing the lamp leaves what switching it off leaves, to look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs import UNDRAWN, PlainFamily, PlainSimulator, TimeStep
from synth.errors import ExpertFailed
from synth.spec import parse_spec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from synth.spec import Spec

LAST, LAMP = 5, 2
LEFT, RIGHT, SWITCH, SMASH = range(4)


@dataclass
class BareRow(PlainSimulator):
    """The world without any ability; where the agent starts depends on the seed.

    Attributes:
        restless: Whether the lamp flickers by itself.
        env: Itself: what `alter` hands over.
    """

    restless: bool = False
    at: int = 0
    lit: bool = False
    smashed: bool = False
    ticks: int = 0

    @property
    def env(self) -> BareRow:
        """The state."""
        return self

    def reset(self, seed: int, *, draw: bool = True) -> TimeStep:
        """Dark, the agent on one of the first places."""
        self.at, self.lit, self.smashed, self.ticks = seed % 2, False, False, 0
        return self._now(draw=draw)

    def step(self, action: Any, *, draw: bool = True) -> TimeStep:
        """Walk, or do something to the lamp."""
        self.ticks += 1
        self.at += {LEFT: -1, RIGHT: 1}.get(action, 0)
        self.at = min(max(self.at, 0), LAST)
        if self.at == LAMP and not self.smashed:
            self.lit ^= action == SWITCH
            self.smashed = action == SMASH
        self.lit &= not self.smashed
        return self._now(draw=draw)

    def random_action(self, rng: np.random.Generator) -> int:
        """Any."""
        return int(rng.integers(4))

    def actions(self) -> tuple[int, ...]:
        """All four."""
        return LEFT, RIGHT, SWITCH, SMASH

    def action_name(self, action: Any) -> str:
        """In words."""
        return ("left", "right", "switch", "smash")[action]

    def _empty(self) -> np.ndarray:
        frame = np.zeros((6, 4 * (LAST + 1), 3), np.uint8)
        frame[5, 4 * LAST :] = (0, 120, 0)
        shown = self.lit ^ (self.restless and self.ticks % 2 == 1)
        frame[0:2, 4 * LAMP + 1 : 4 * LAMP + 3] = (250, 250, 0) if shown else (70, 70, 70)
        return frame

    def _now(self, *, draw: bool) -> TimeStep:
        frame = UNDRAWN
        if draw:
            frame = self._empty()
            frame[3:5, 4 * self.at + 1 : 4 * self.at + 3] = (250, 0, 0)
        over = self.at == LAST
        won = over and self.lit
        truth = {"lit": self.lit, "smashed": self.smashed}
        return TimeStep(frame, float(won), success=won, done=over, truth=truth)


@dataclass
class LampRow(BareRow):
    """The same with a backdrop, poses, and states that can be told apart."""

    def alter(self, change: Callable[[Any], None], *, draw: bool = True) -> TimeStep:
        """Set the agent elsewhere."""
        change(self)
        return self._now(draw=draw)

    def poses(self) -> tuple[Callable[[Any], None], ...]:
        """Every place but the last, where the episode is over."""
        return tuple(partial(_put, at=at) for at in range(LAST))

    def backdrop(self) -> np.ndarray:
        """The lamp and the end of the row."""
        return self._empty()

    def state(self) -> bytes:
        """Place and lamp."""
        return bytes((self.at, self.lit, self.smashed))


def _put(env: BareRow, *, at: int) -> None:
    env.at = at


@dataclass
class LampRowFamily(PlainFamily):
    """Hands out one row."""

    simulator: BareRow
    name: str = "lamp-row"

    def claims(self, _env_id: str) -> bool:
        """All of them."""
        return True

    def make(self, _spec: Spec) -> BareRow:
        """Always the same one."""
        return self.simulator


def light_and_go(simulator: BareRow) -> Iterator[int]:
    """To the lamp, then to the end."""
    while simulator.at != LAST:
        if simulator.smashed:
            raise ExpertFailed("there is no lamp any more")
        if simulator.lit:
            yield RIGHT
        elif simulator.at == LAMP:
            yield SWITCH
        else:
            yield RIGHT if simulator.at < LAMP else LEFT


def lamp_spec(scenes: int = 40) -> Spec:
    """Four seeds of two worlds."""
    return parse_spec(
        'env = "LampRow-v0"\nmax_steps = 30\n[expert]\npolicy = "lamp_row:light_and_go"\n'
        "episodes = 4\n[random]\nepisodes = 2\n[held_out]\nepisodes = 2\n"
        f"[near_miss]\nepisodes = 1\nscenes = {scenes}\n",
        name="lamp-row",
    )
