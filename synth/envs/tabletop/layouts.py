"""Laying a table: where things lie at first, and what can be asked for with them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.envs.tabletop.things import HALF, TableThing, upright
from synth.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np

    from synth.envs.tabletop.goals import Goal
    from synth.envs.tabletop.things import Pose, Shape

__all__ = ["GAP", "LaidTable", "TableTask", "named", "scattered"]

GAP = 0.01
"""Least distance between things as they are laid out, in metres."""

_TRIES = 60
_TABLES = 200


@dataclass(frozen=True, slots=True)
class LaidTable:
    """A laid table.

    Attributes:
        placed: Every thing and where it is; fixed things count from the table up.
        goals: By the words of the mission that asks for it; at least one.
        mission: The words of this episode, one of them.
    """

    placed: tuple[tuple[TableThing, Pose], ...]
    goals: Mapping[str, Goal]
    mission: str


@dataclass(frozen=True, slots=True)
class TableTask:
    """A kind of episode.

    Attributes:
        title: Of its id: ``BlockInBowl``.
        layout: From a source of chance and the names of the colours to a table.
        steps: Moves after which an episode is cut.
        sweeps: Whether its moves push a plate over the table instead of carrying things.
    """

    title: str
    layout: Callable[[np.random.Generator, tuple[str, ...]], LaidTable]
    steps: int = 10
    sweeps: bool = False


def scattered(
    rng: np.random.Generator, things: Sequence[TableThing], *, inset: float = 0.0
) -> list[tuple[TableThing, Pose]]:
    """Things at places drawn at random, clear of each other, each turned at random.

    Args:
        rng: Draws them.
        things: To be laid out.
        inset: How far the last of them keeps from the edge besides, in metres.

    Raises:
        EnvironmentFault: The table is too small for them.
    """
    largest = sorted(things, key=lambda thing: -thing.radius)
    for _ in range(_TABLES):
        poses: dict[str, Pose] = {}
        for thing in largest:
            there = [(other, poses[other.key]) for other in things if other.key in poses]
            pose = _place(rng, thing, there, inset if thing is things[-1] else 0.0)
            if pose is None:
                break
            poses[thing.key] = pose
        else:
            return [(thing, poses[thing.key]) for thing in things]
    raise EnvironmentFault(f"the table has no room for {len(things)} such things.")


def named(colour: str, kind: Shape, size: tuple[float, float, float], count: int = 1) -> TableThing:
    """A thing whose key is its name, with a number where it is not the only one."""
    fixed = kind in {"bowl", "box", "square", "corner"}
    return TableThing(f"{colour} {kind} {count}", kind, colour, size, fixed=fixed)


def _place(
    rng: np.random.Generator,
    thing: TableThing,
    there: Sequence[tuple[TableThing, Pose]],
    inset: float,
) -> Pose | None:
    reach = HALF - thing.radius - GAP / 2 - inset
    for _ in range(_TRIES):
        x, y = (float(value) for value in rng.uniform(-reach, reach, 2))
        clear = all(
            math.hypot(x - pose.at[0], y - pose.at[1]) > thing.radius + other.radius + GAP
            for other, pose in there
        )
        if clear:
            yaw = float(rng.uniform(-math.pi, math.pi))
            return upright(x, y, 0.0 if thing.fixed else thing.size[2], yaw)
    return None
