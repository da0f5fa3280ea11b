"""Changes of single actions that are made of numbers, as in continuous control.

An action is a JSON value. Its floats are changed; whole numbers, which choose between things
(a part of a tuple of spaces, say), stay as they are.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs import Nudged

if TYPE_CHECKING:
    from synth.envs import Simulator

__all__ = ["inside", "key", "rounded", "scaled"]


def key(actions: Any) -> str:
    """Equal for equal actions; lists, which actions may be, cannot be looked up themselves."""
    return json.dumps(actions)


def scaled(action: Any, factor: float) -> Any:
    """Every float times `factor`: 0 stands still, -1 goes back.

    >>> scaled([0.5, [1, -0.25]], 2)
    [1.0, [1, -0.5]]
    """
    if isinstance(action, float):
        return action * factor + 0.0  # -0.0 and 0.0 are one action
    return [scaled(part, factor) for part in action] if isinstance(action, list) else action


def rounded(action: Any) -> Any:
    """Every float rounded to one decimal.

    >>> rounded([0.4712, 3])
    [0.5, 3]
    """
    if isinstance(action, float):
        return round(action, 1) + 0.0
    return [rounded(part) for part in action] if isinstance(action, list) else action


def inside(simulator: Simulator, action: Any, before: Any) -> Any:
    """A made-up action brought within the simulator's bounds.

    Args:
        simulator: Where it is to be played.
        action: The action, possibly out of bounds.
        before: What it was made of; taken where the simulator cannot say what its bounds are.
    """
    if not isinstance(simulator, Nudged):
        return before
    # A nudge of size 0 moves nothing but what is out of bounds.
    return simulator.nudged(action, np.random.default_rng(0), 0.0)
