"""The first pictures of a recording beside those that the environment itself would draw.

A family that draws on its own, for speed, may draw a thing otherwise than the environment
does; a reward proven on such pictures would not fit the environment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.envs import Native
from synth.errors import EnvironmentFault
from synth.pixels import differing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synth.episode import Rollout
    from synth.record.player import Player

__all__ = ["FRAMES", "require_native"]

FRAMES = 20
"""So many frames of an episode are compared; most kinds of things show by then."""


def require_native(player: Player, rolled: Rollout) -> None:
    """Play the first actions of an episode again, and compare each picture.

    Args:
        player: Whose simulator is asked, where it can tell.
        rolled: An episode of it from a plain reset.

    Raises:
        EnvironmentFault: A picture differs; the message says where.
    """
    simulator = player.simulator
    if not isinstance(simulator, Native):
        return
    step = simulator.reset(rolled.seed)
    _compare(player, rolled.seed, 0, step.frame, simulator.native_frame())
    for t, action in enumerate(rolled.actions[: FRAMES - 1], start=1):
        step = simulator.step(action)
        _compare(player, rolled.seed, t, step.frame, simulator.native_frame())


def _compare(
    player: Player, seed: int, t: int, drawn: NDArray[np.uint8], native: NDArray[np.uint8]
) -> None:
    if np.array_equal(drawn, native):
        return
    who = f"{player.spec.env}, seed {seed}, frame {t}: the {player.family.name} family draws"
    if drawn.shape != native.shape:
        raise EnvironmentFault(
            f"{who} {list(drawn.shape)}, and the environment itself {list(native.shape)}."
        )
    rows, columns = np.nonzero(differing(drawn, native))
    raise EnvironmentFault(
        f"{who} {len(rows)} pixels otherwise than the environment itself, in rows {rows.min()} to "
        f"{rows.max()} and columns {columns.min()} to {columns.max()}. A reward proven on such "
        "pictures would not fit the environment: report it, and name the thing drawn there."
    )
