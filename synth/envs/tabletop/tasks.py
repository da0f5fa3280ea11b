"""The tasks, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.envs.tabletop.goals import Inside
from synth.envs.tabletop.layouts import LaidTable, TableTask, named, scattered

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np


__all__ = ["TASKS"]

BLOCK = (0.018, 0.018, 0.018)
DISK = (0.02, 0.02, 0.012)
BOWL = (0.055, 0.055, 0.01)


def _block_in_bowl(rng: np.random.Generator, names: tuple[str, ...]) -> LaidTable:
    """Two blocks of the first colour into the two bowls of the third; other things besides."""
    red, green, blue = names[:3]
    blocks = [named(red, "block", BLOCK, k) for k in (1, 2)]
    bowls = [named(blue, "bowl", BOWL, k) for k in (1, 2)]
    others = [
        named(green, "bowl", BOWL),
        named(blue, "block", BLOCK),
        named(red, "disk", DISK),
    ]
    placed = scattered(rng, [*bowls, *others, *blocks])
    mission = f"put the {red} blocks in the {blue} bowls"
    return LaidTable(tuple(placed), {mission: Inside(tuple(blocks), tuple(bowls))}, mission)


TASKS: Mapping[str, TableTask] = {
    "block-in-bowl": TableTask("BlockInBowl", _block_in_bowl),
}
