"""The tasks of the table, by name: those whose words never change, and the list of all.

Tasks whose missions vary are in `synth.envs.tabletop.worded_tasks`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.envs.tabletop.goals import Inside
from synth.envs.tabletop.layouts import LaidTable, TableTask, named, scattered
from synth.envs.tabletop.sizes import BLOCK, BOWL, BOX, DISK
from synth.envs.tabletop.worded_tasks import corner, hanoi, pack, piles, put, put_two, stack

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

__all__ = ["TASKS"]


def _block_in_bowl(rng: np.random.Generator, names: tuple[str, ...]) -> LaidTable:
    """Two blocks into two bowls, among things of the same colours and other shapes."""
    first, second, third = names[:3]
    blocks = tuple(named(first, "block", BLOCK, k) for k in (1, 2))
    bowls = tuple(named(third, "bowl", BOWL, k) for k in (1, 2))
    others = [named(second, "bowl", BOWL), named(third, "block", BLOCK), named(first, "disk", DISK)]
    placed = scattered(rng, [*bowls, *others, *blocks])
    mission = f"put the {first} blocks in the {third} bowls"
    return LaidTable(tuple(placed), {mission: Inside(blocks, bowls)}, mission)


def _block_in_box(rng: np.random.Generator, names: tuple[str, ...]) -> LaidTable:
    """Three blocks into one box, among a bowl of its colour and a disk and a block of theirs."""
    first, second, third = names[:3]
    blocks = tuple(named(first, "block", BLOCK, k) for k in (1, 2, 3))
    box = named(second, "box", BOX)
    others = [named(second, "bowl", BOWL), named(third, "block", BLOCK), named(first, "disk", DISK)]
    placed = scattered(rng, [box, *others, *blocks])
    mission = f"put the {first} blocks in the {second} box"
    return LaidTable(tuple(placed), {mission: Inside(blocks, (box,))}, mission)


def _packing(rng: np.random.Generator, names: tuple[str, ...]) -> LaidTable:
    """Bars, a block and a disk into a box that has little more room than they take."""
    first, second, third, fourth = names[:4]
    box = named(fourth, "box", (0.08, 0.066, 0.01))
    things = (
        named(first, "bar", (0.045, 0.016, 0.018)),
        named(second, "bar", (0.034, 0.016, 0.018)),
        named(third, "block", BLOCK),
        named(first, "disk", DISK),
    )
    placed = scattered(rng, [box, *things])
    mission = f"pack everything into the {fourth} box"
    return LaidTable(tuple(placed), {mission: Inside(things, (box,))}, mission)


TASKS: Mapping[str, TableTask] = {
    "block-in-bowl": TableTask("BlockInBowl", _block_in_bowl),
    "block-in-box": TableTask("BlockInBox", _block_in_box),
    "packing": TableTask("Packing", _packing),
    "put": TableTask("Put", put),
    "put-two": TableTask("PutTwo", put_two),
    "pack": TableTask("Pack", pack),
    "stack": TableTask("Stack", stack),
    "hanoi": TableTask("Hanoi", hanoi, steps=15),
    "corner": TableTask("Corner", corner),
    "piles": TableTask("Piles", piles, steps=20, sweeps=True),
}
