"""Where the expert puts things in bowls and boxes, so that there is room for all of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.envs.tabletop.things import FLAT, ROUND, WALL, separations, turned, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from synth.envs.tabletop.things import TableScene, TableThing

__all__ = ["Placing", "plan_places"]

_TRIES = 150
_STEPS = 13
_CLEAR = 0.012
_FREE = 0.003


@dataclass(frozen=True, eq=False, slots=True)
class Placing:
    """Where one thing shall go.

    Attributes:
        thing: Which.
        at: ``float[2]``: its middle, in metres.
        yaw: How it shall be turned, in radians.
    """

    thing: TableThing
    at: NDArray[np.float64]
    yaw: float


def plan_places(
    scene: TableScene,
    things: Sequence[TableThing],
    containers: Sequence[TableThing],
    rng: np.random.Generator,
) -> Placing | None:
    """The first placing of a plan by which all of some things find room.

    Plans are drawn at random until one works out; ``None`` where none does.
    """
    for _ in range(_TRIES):
        taken = {container.key: _inhabitants(scene, things, container) for container in containers}
        # Large ones first: the small ones find room between them.
        order = sorted(things, key=lambda thing: -thing.radius * (1 + 0.3 * rng.random()))
        placings: list[Placing] = []
        for thing in order:
            found = _find(scene, thing, containers, taken, rng)
            if found is None:
                break
            placings.append(found)
        else:
            return placings[0]
    return None


def _find(
    scene: TableScene,
    thing: TableThing,
    containers: Sequence[TableThing],
    taken: dict[str, list[NDArray[np.float64]]],
    rng: np.random.Generator,
) -> Placing | None:
    """A place for a thing, which is added to what is taken."""
    for number in rng.permutation(len(containers)):
        container = containers[int(number)]
        for yaw in _turns(scene, thing, container, rng):
            outline = turned(thing.outline, yaw)
            spots, room = _room(scene, outline, container, taken[container.key])
            if room.max() < _FREE:
                continue
            at = spots[_choice(scene, spots, room, container, rng)]
            taken[container.key].append(outline + at)
            return Placing(thing, at, wrapped(yaw))
    return None


def _turns(
    scene: TableScene, thing: TableThing, container: TableThing, rng: np.random.Generator
) -> list[float]:
    yaw = scene.pose(container).yaw
    if thing.kind in ROUND or container.kind in ROUND:
        return [float(rng.uniform(-math.pi, math.pi))]
    quarters = [yaw, yaw + math.pi / 2]
    return quarters if rng.random() < 0.5 else quarters[::-1]  # noqa: PLR2004 - even odds


def _room(
    scene: TableScene,
    outline: NDArray[np.float64],
    container: TableThing,
    others: Sequence[NDArray[np.float64]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """``float[S, 2]``, ``float[S]``: places in a container, and the room around a thing there."""
    pose = scene.pose(container)
    inner = np.array(container.size[:2]) - (0.0 if container.kind in FLAT else WALL)
    axis = np.linspace(-1.0, 1.0, _STEPS)
    local = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2) * inner
    spots = turned(local, pose.yaw) + pose.xy
    own = turned(outline, -pose.yaw)
    corners = local[:, None] + own[None]
    if container.kind in ROUND:
        room = inner[0] - np.hypot(corners[..., 0], corners[..., 1]).max(axis=1)
    else:
        room = (inner - np.abs(corners).max(axis=1)).min(axis=1)
    for other in others:
        room = np.minimum(room, separations(outline, spots, other))
    return spots, room


def _choice(
    scene: TableScene,
    spots: NDArray[np.float64],
    room: NDArray[np.float64],
    container: TableThing,
    rng: np.random.Generator,
) -> int:
    """Which place to take: anywhere wide in a bowl, near some corner of a box."""
    if container.kind in ROUND or container.kind in FLAT:
        wide = np.flatnonzero(room >= min(float(room.max()), _CLEAR))
        return int(rng.choice(wide))
    pose = scene.pose(container)
    corner = turned(rng.choice([-1.0, 1.0], (1, 2)) * container.size[:2], pose.yaw)[0] + pose.xy
    away = np.abs(spots - corner).sum(axis=1)
    return int(np.argmin(np.where(room >= _FREE, away, np.inf)))


def _inhabitants(
    scene: TableScene, movers: Sequence[TableThing], container: TableThing
) -> list[NDArray[np.float64]]:
    """Outlines of what lies in a container and is not about to be moved."""
    area = scene.footprint(container)
    others = [scene.footprint(other) for other in scene.movable() if other not in movers]
    still = np.zeros((1, 2))
    return [other for other in others if separations(other, still, area)[0] < 0]
