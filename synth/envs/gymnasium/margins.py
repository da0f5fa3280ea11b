"""Margins: how far a state is from the threshold of success, for ``[success] margin``.

A margin is a function from the unwrapped environment to a number, positive exactly at
success. Where a spec names one, frames nearer to the threshold than a pixel can show are not
judged. It is read off the state, so it reaches neither a prompt nor a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs.named import named_function

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.spec import Spec

__all__ = ["acrobot", "find_margin", "mountain_car"]

REMEDY = "Name a function from the unwrapped environment to a number, as module:function."

BAR = 1.0
"""Acrobot's line, above the pivot in lengths of a link."""


def mountain_car(env: Any) -> float:
    """How far the car is past the flag, in the track's own unit; the track is 1.8 long."""
    return float(env.state[0] - env.goal_position)


def acrobot(env: Any) -> float:
    """How far the tip is above the line, in lengths of a link."""
    shoulder, elbow = env.state[0], env.state[1]
    return float(-np.cos(shoulder) - np.cos(elbow + shoulder) - BAR)


def find_margin(spec: Spec) -> Callable[[Any], float] | None:
    """The function that ``success.margin`` names, or ``None`` where there is none.

    Raises:
        SpecError: It cannot be found.
    """
    if spec.success.margin is None:
        return None
    function = named_function(spec, "success.margin", spec.success.margin, REMEDY)

    def margin(env: Any) -> float:
        return float(function(env))

    return margin
