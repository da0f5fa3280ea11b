"""The expert of all screens: it reads the page and taps what the mission asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["expert"]


def expert(simulator: Any) -> Iterator[int]:
    """Do one of the wanted things, as long as there are any; which one, and where, chance decides.

    Args:
        simulator: A `synth.envs.screens.simulator.ScreenSimulator` after a reset.
    """
    rng = np.random.default_rng(simulator.seed)
    env = simulator.env
    while True:
        # Once all is done it taps the middle of the screen, where nothing comes of it.
        wanted = env.wanted() or [len(env.grid) // 2 + env.grid.columns // 2]
        yield int(rng.choice(wanted))
