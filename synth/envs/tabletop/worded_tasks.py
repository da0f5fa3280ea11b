"""Tasks whose missions name things by colour and shape; every table allows several.

Colours are drawn for each table. Things of one colour have several shapes there, and things of
one shape several colours, so that neither alone tells which is meant.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np

from synth.envs.tabletop.goals import Aligned, All, Inside, On, Piled, Tower
from synth.envs.tabletop.layouts import LaidTable, named, scattered
from synth.envs.tabletop.sizes import (
    BAR,
    BLOCK,
    BOWL,
    BOX,
    CORNER,
    CRUMB,
    DISCS,
    DISK,
    PAD,
    SQUARE,
)
from synth.envs.tabletop.things import turned, upright

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from synth.envs.tabletop.goals import Goal
    from synth.envs.tabletop.things import Pose, TableThing

__all__ = ["corner", "hanoi", "pack", "piles", "put", "put_two", "stack"]

SLACK = 0.015
"""How far the middle of a tower's disc may be from that of its square."""

CLOSE = 0.012
"""How far a corner of a bar may be from its place in a mark."""

_ROOM = (0.08, 0.07, 0.01)
"""A box for many things."""


def put(rng: np.random.Generator, names: tuple[str, ...]) -> LaidTable:
    """One of four things into one of three vessels."""
    things, vessels = _things_and_vessels(rng, names)
    goals = {
        f"put the {thing.name} in the {vessel.name}": Inside((thing,), (vessel,))
        for thing, vessel in itertools.product(things, vessels)
    }
    return _laid(rng, scattered(rng, [*vessels, *things]), goals)


def put_two(rng: np.random.Generator, names: tuple[str, ...]) -> LaidTable:
    """Two things, each into a vessel of its own."""
    things, vessels = _things_and_vessels(rng, names)
    goals: dict[str, Goal] = {}
    for one, other in itertools.permutations(things, 2):
        for here, there in itertools.permutations(vessels, 2):
            words = (
                f"put the {one.name} in the {here.name} and the {other.name} in the {there.name}"
            )
            goals[words] = All((Inside((one,), (here,)), Inside((other,), (there,))))
    return _laid(rng, scattered(rng, [*vessels, *things]), goals)


def pack(rng: np.random.Generator, names: tuple[str, ...]) -> LaidTable:
    """All things of one colour, or of one shape, into the box, and nothing else."""
    a, b, c = _drawn(rng, names, 3)
    box = named(c, "box", _ROOM)
    things = (
        named(a, "block", BLOCK),
        named(a, "disk", DISK),
        named(b, "block", BLOCK),
        named(b, "disk", DISK),
    )
    chosen = {
        f"the {a} things": things[:2],
        f"the {b} things": things[2:],
        "the blocks": things[::2],
        "the disks": things[1::2],
    }
    goals = {
        f"put all {words}, and nothing else, in the box": Inside(
            those, (box,), tuple(thing for thing in things if thing not in those)
        )
        for words, those in chosen.items()
    }
    return _laid(rng, scattered(rng, [box, *things]), goals)


def stack(rng: np.random.Generator, names: tuple[str, ...]) -> LaidTable:
    """Three of four blocks on each other, in the order that the mission names."""
    blocks = [named(colour, "block", BLOCK) for colour in _drawn(rng, names, 4)]
    disk = named(blocks[0].colour, "disk", DISK)
    goals: dict[str, Goal] = {}
    for upper, middle, lower in itertools.permutations(blocks, 3):
        words = f"stack the {upper.name} on the {middle.name} on the {lower.name}"
        goals[words] = All((On(middle, lower), On(upper, middle)))
    return _laid(rng, scattered(rng, [*blocks, disk]), goals)


def hanoi(rng: np.random.Generator, names: tuple[str, ...]) -> LaidTable:
    """Three disks from one square to another, as a tower again."""
    colours = [*names[:3], *_drawn(rng, names[3:], len(names) - 3), *names[:3]][:6]
    discs = tuple(named(colour, "disk", size) for colour, size in zip(colours, DISCS, strict=False))
    pads = [named(colour, "square", PAD) for colour in colours[3:]]
    turn = float(rng.choice([0.0, math.pi / 2]))
    placed: list[tuple[TableThing, Pose]] = []
    for pad, along in zip(pads, (-0.145, 0.0, 0.145), strict=True):
        across = float(rng.uniform(-0.08, 0.08))
        x, y = (float(value) for value in turned(np.array([[along, across]]), turn)[0])
        placed.append((pad, upright(x, y, 0.0, 0.0)))
    begin = int(rng.integers(len(pads)))
    x, y, _ = placed[begin][1].at
    height = 0.0
    for disc in discs:
        placed.append((disc, upright(x, y, height + disc.size[2], 0.0)))
        height += 2 * disc.size[2]
    goals = {
        f"move the tower to the {pad.name}": Tower(discs, pad, SLACK)
        for k, pad in enumerate(pads)
        if k != begin
    }
    return _laid(rng, placed, goals)


def corner(rng: np.random.Generator, names: tuple[str, ...]) -> LaidTable:
    """One of two bars into one of two corner marks, its sides along their arms."""
    a, b = _drawn(rng, names, 2)
    bars = [named(a, "bar", BAR), named(b, "bar", BAR)]
    marks = [named(a, "corner", CORNER), named(b, "corner", CORNER)]
    goals = {
        f"align the {bar.name} with the {mark.name}": Aligned(bar, mark, CLOSE)
        for bar, mark in itertools.product(bars, marks)
    }
    return _laid(rng, scattered(rng, [*marks, *bars, named(a, "block", BLOCK)]), goals)


def piles(rng: np.random.Generator, names: tuple[str, ...]) -> LaidTable:
    """A pile of small blocks, swept into one of two squares."""
    a, b, c = _drawn(rng, names, 3)
    crumbs = tuple(named(a, "block", CRUMB, k) for k in range(1, 7))
    squares = [named(b, "square", SQUARE), named(c, "square", SQUARE)]
    pile = named(a, "square", (0.05, 0.04, 0.0))
    marks = dict(scattered(rng, [*squares, pile], inset=0.05))
    middle = marks.pop(pile)
    placed = list(marks.items())
    for k, crumb in enumerate(crumbs):
        column, row = k % 3 - 1, k // 3 - 0.5
        spot = np.array([[column, row]]) * 0.033 + rng.uniform(-0.004, 0.004, (1, 2))
        x, y = (float(value) for value in turned(spot, middle.yaw)[0] + middle.xy)
        placed.append((crumb, upright(x, y, crumb.size[2], middle.yaw)))
    goals = {
        f"push the pile of {a} blocks into the {square.name}": Piled(crumbs, (square,))
        for square in squares
    }
    return _laid(rng, placed, goals)


def _things_and_vessels(
    rng: np.random.Generator, names: tuple[str, ...]
) -> tuple[list[TableThing], list[TableThing]]:
    a, b, c = _drawn(rng, names, 3)
    blocks = [named(colour, "block", BLOCK) for colour in (a, b)]
    things = [*blocks, *(named(colour, "disk", DISK) for colour in (a, b))]
    return things, [named(b, "bowl", BOWL), named(b, "box", BOX), named(c, "bowl", BOWL)]


def _drawn(rng: np.random.Generator, names: Sequence[str], count: int) -> list[str]:
    return [str(name) for name in rng.permutation(np.array(names))[:count]]


def _laid(
    rng: np.random.Generator,
    placed: Sequence[tuple[TableThing, Pose]],
    goals: Mapping[str, Goal],
) -> LaidTable:
    """The table, with one of its missions drawn for the episode."""
    words = list(goals)
    return LaidTable(tuple(placed), goals, words[int(rng.integers(len(words)))])
