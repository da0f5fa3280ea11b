"""Pictures of the table: from straight above, and from the front at a slant.

The camera is far away and its angle narrow, so that lengths are the same all over a picture and
no thing leans away from its middle.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.envs.tabletop.things import HALF
from synth.envs.tabletop.world import engine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from synth.envs.tabletop.things import TableScene, TableThing
    from synth.envs.tabletop.world import TableWorld

__all__ = ["VIEWS", "TableShot", "shoot"]

VIEWS: Mapping[str, float] = {"top": 0.0, "front": math.radians(50)}
"""Name to how far the camera is tilted from the vertical, towards the front, in radians."""

DISTANCE = 10.0
_LIGHT = (0.0, -0.35, 1.0)
"""From above and a little from the front, so that front sides are darker, and not black."""


@dataclass(frozen=True, eq=False, slots=True)
class TableShot:
    """What the cameras saw.

    Attributes:
        frame: ``uint8[size, size * views, 3]``, the views side by side.
        seen: By a thing's key, the share of it that the best view shows, 0 to 1.
    """

    frame: NDArray[np.uint8]
    seen: Mapping[str, float]


def shoot(world: TableWorld, size: int, views: tuple[str, ...]) -> TableShot:
    """Draw the world.

    Args:
        world: As it is now.
        size: Pixels of each side of a view.
        views: Names of `VIEWS`.
    """
    drawn = [_draw(world.client, size, VIEWS[view]) for view in views]
    scene = world.scene()
    seen = {
        thing.key: max(
            _share(scene, thing, labels == world.number(thing), VIEWS[view])
            for view, (_, labels) in zip(views, drawn, strict=True)
        )
        for thing in scene.movable()
    }
    return TableShot(np.concatenate([picture for picture, _ in drawn], axis=1), seen)


def _draw(client: int, size: int, tilt: float) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    p = engine()
    eye = [0.0, -DISTANCE * math.sin(tilt), DISTANCE * math.cos(tilt)]
    up = [0.0, math.cos(tilt), math.sin(tilt)]
    view = p.computeViewMatrix(eye, [0, 0, 0], up)
    angle = math.degrees(2 * math.atan(HALF / DISTANCE))
    projection = p.computeProjectionMatrixFOV(angle, 1.0, DISTANCE - 1, DISTANCE + 1)
    *_, colours, _, labels = p.getCameraImage(
        size,
        size,
        view,
        projection,
        lightDirection=list(_LIGHT),
        lightColor=[1, 1, 1],
        lightAmbientCoeff=0.55,
        lightDiffuseCoeff=0.45,
        lightSpecularCoeff=0.0,
        shadow=0,
        renderer=p.ER_TINY_RENDERER,
        physicsClientId=client,
    )
    picture = np.asarray(colours, np.uint8).reshape(size, size, 4)[:, :, :3]
    return np.ascontiguousarray(picture), np.asarray(labels, np.int32).reshape(size, size)


def _share(scene: TableScene, thing: TableThing, shown: NDArray[np.bool_], tilt: float) -> float:
    """How much of a thing's outline in a view is seen, 0 to 1."""
    pose = scene.pose(thing)
    points = thing.hull @ pose.rotation.T + pose.at
    flat = np.column_stack(
        [points[:, 0], points[:, 1] * math.cos(tilt) + points[:, 2] * math.sin(tilt)]
    )
    whole = _area(flat) * (shown.shape[0] / (2 * HALF)) ** 2
    return float(min(1.0, shown.sum() / max(whole, 1.0)))


def _area(points: NDArray[np.float64]) -> float:
    """Area of the convex hull of ``float[N, 2]`` (Andrew's monotone chain)."""
    order = sorted(map(tuple, points.tolist()))

    def chain(along: list[tuple[float, ...]]) -> list[tuple[float, ...]]:
        kept: list[tuple[float, ...]] = []
        for x, y in along:
            while len(kept) > 1:
                (ax, ay), (bx, by) = kept[-2:]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                    break
                kept.pop()
            kept.append((x, y))
        return kept[:-1]

    hull = np.array(chain(order) + chain(order[::-1]))
    ahead = np.roll(hull, -1, axis=0)
    doubled = (hull[:, 0] * ahead[:, 1] - hull[:, 1] * ahead[:, 0]).sum()
    return abs(float(doubled)) / 2
