"""Moves as actions: numbers from -1 to 1, and back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from synth.envs.tabletop.things import HALF

__all__ = ["BEYOND", "REACH", "ArmMove"]

REACH = HALF - 0.005
"""How far from the middle of the table the arm goes, in metres; an action of 1."""

BEYOND = HALF + 0.025
"""How far the plate of a sweep goes: behind what lies at the edge."""


@dataclass(frozen=True, slots=True)
class ArmMove:
    """One move: from a point to another, turning in between.

    Attributes:
        start: Where the arm comes down, in metres.
        end: Where it lets go, or where its sweep ends.
        turn: How far it turns, in radians.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    turn: float = 0.0

    @classmethod
    def of(cls, action: np.ndarray) -> ArmMove:
        """From ``float[4]`` or ``float[5]``: start, end and turn as shares of their ranges."""
        values = [float(value) for value in action]
        reach = REACH if values[4:] else BEYOND
        x, y, to_x, to_y = (reach * value for value in values[:4])
        return cls((x, y), (to_x, to_y), math.pi * sum(values[4:]))

    def action(self, *, turns: bool) -> list[float]:
        """As a JSON value; what is out of reach is brought to its edge."""
        turn = [math.remainder(self.turn, 2 * math.pi) / math.pi] if turns else []
        shares = np.array([*self.start, *self.end]) / (REACH if turns else BEYOND)
        values = np.clip([*shares, *turn], -1.0, 1.0).astype(np.float32)
        return [round(float(value), 5) for value in values]
