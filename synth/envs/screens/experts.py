"""The expert of all screens: it reads the page and taps what the mission asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["expert"]


def expert(simulator: Any) -> Iterator[int]:
    """Do one of the wanted things, until none is left; which one, and where, chance decides.

    Args:
        simulator: A `synth.envs.screens.simulator.ScreenSimulator` after a reset.
    """
    rng = np.random.default_rng(simulator.seed)
    while wanted := simulator.env.wanted():
        yield int(rng.choice(wanted))
