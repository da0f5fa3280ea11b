"""Draws a world from its cameras, and tells how much of a body they show."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.spatial import ConvexHull

from synth.envs.panda.views import FIELD
from synth.envs.silence import silent

with silent(1, 2):
    import pybullet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synth.envs.panda.views import Views

__all__ = ["Camera"]

_NEAR, _FAR = 0.1, 100.0
_HAND = (8, 9, 10)
"""Links of the arm: the hand and its fingers."""
_LINK_SHIFT = 24
"""A segmentation mask holds the body, and above these bits the link plus one."""
_AROUND = 16
"""Points along a circle that stand for a round body's outline."""
_CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float64)


class Camera:
    """The cameras of a spec.

    Args:
        views: Where they stand.
    """

    def __init__(self, views: Views) -> None:
        self._size = views.size
        lens = pybullet.computeProjectionMatrixFOV(FIELD, 1.0, _NEAR, _FAR)
        self._eyes = tuple(
            pybullet.computeViewMatrixFromYawPitchRoll(
                views.middle, views.distance, view.yaw, view.pitch, 0, 2
            )
            for view in views.each
        )
        self._lens = lens
        # pybullet's matrices are column by column.
        self._matrices = tuple(
            np.reshape(lens, (4, 4)).T @ np.reshape(eye, (4, 4)).T for eye in self._eyes
        )

    def picture(self, world: Any) -> NDArray[np.uint8]:
        """``uint8[S, V * S, 3]``: the V views side by side."""
        return np.concatenate([view for view, _ in self._shots(world, masks=False)], axis=1)

    def look(self, world: Any, bodies: tuple[str, ...]) -> tuple[NDArray[np.uint8], float]:
        """The picture, and the share of the bodies that the best view of each shows.

        Args:
            world: The world.
            bodies: The deciding ones; the arm's hand where there are none. Of several the
                worst counts.
        """
        shots = self._shots(world, masks=True)
        frame = np.concatenate([view for view, _ in shots], axis=1)
        shares = []
        for wholes, codes in self._deciding(world, bodies):
            best = 0.0
            for (_, mask), whole in zip(shots, wholes, strict=True):
                best = max(best, float(np.isin(mask, codes).sum()) / max(whole, 1.0))
            shares.append(min(best, 1.0))
        return frame, min(shares)

    def _shots(
        self, world: Any, *, masks: bool
    ) -> list[tuple[NDArray[np.uint8], NDArray[np.int32]]]:
        flags = (
            pybullet.ER_SEGMENTATION_MASK_OBJECT_AND_LINKINDEX
            if masks
            else pybullet.ER_NO_SEGMENTATION_MASK
        )
        shots, side = [], self._size
        for eye in self._eyes:
            _, _, rgba, _, mask = world.sim.physics_client.getCameraImage(
                side,
                side,
                viewMatrix=eye,
                projectionMatrix=self._lens,
                shadow=0,
                renderer=pybullet.ER_TINY_RENDERER,
                flags=flags,
            )
            view = np.asarray(rgba, dtype=np.uint8).reshape(side, side, 4)[..., :3]
            shots.append((np.ascontiguousarray(view), np.asarray(mask).reshape(side, side)))
        return shots

    def _deciding(
        self, world: Any, bodies: tuple[str, ...]
    ) -> list[tuple[tuple[float, ...], list[int]]]:
        """Of each deciding thing its whole size in each view, and its codes in the masks."""
        client, indices = world.sim.physics_client, world.sim._bodies_idx  # noqa: SLF001 - the package has no other way
        if bodies:
            return [
                (self._sizes([_outline(client, indices[body])]), [indices[body]]) for body in bodies
            ]
        arm = indices["panda"]
        boxes = [np.array(client.getAABB(arm, link)) for link in _HAND]
        points = [low + (high - low) * (_CORNERS + 1) / 2 for low, high in boxes]
        codes = [arm + ((link + 1) << _LINK_SHIFT) for link in _HAND]
        return [(self._sizes(points), codes)]

    def _sizes(self, bodies: list[NDArray[np.float64]]) -> tuple[float, ...]:
        """Pixels that bodies would cover in each view were nothing before them."""
        sizes = []
        for matrix in self._matrices:
            area = 0.0
            for points in bodies:
                seen = np.c_[points, np.ones(len(points))] @ matrix.T
                flat = seen[:, :2] / seen[:, 3:] * self._size / 2
                area += float(ConvexHull(flat).volume)  # of a flat hull the volume is its area
            sizes.append(area)
        return tuple(sizes)


def _outline(client: Any, body: int) -> NDArray[np.float64]:
    """``float64[N, 3]``: points of a body whose hull is the body, where it is now."""
    _, _, shape, sides, *_ = client.getVisualShapeData(body)[0]
    place, turn = client.getBasePositionAndOrientation(body)
    rotation = np.reshape(client.getMatrixFromQuaternion(turn), (3, 3))
    own: NDArray[np.float64] = _points(shape, tuple(sides))
    placed: NDArray[np.float64] = own @ rotation.T + np.array(place)
    return placed


@functools.cache
def _points(shape: int, sides: tuple[float, ...]) -> NDArray[np.float64]:
    """A body's own points: a box by its sides, a cylinder by length and radius, a ball."""
    if shape == pybullet.GEOM_BOX:
        box: NDArray[np.float64] = _CORNERS * np.array(sides) / 2
        return box
    angles = np.linspace(0, 2 * np.pi, _AROUND, endpoint=False)
    circle = np.c_[np.cos(angles), np.sin(angles)]
    if shape == pybullet.GEOM_CYLINDER:
        length, radius = sides[0], sides[1]
        rings = [(circle * radius, z) for z in (-length / 2, length / 2)]
    else:
        tilts = np.linspace(0.1, np.pi - 0.1, _AROUND)
        rings = [(circle * sides[0] * np.sin(t), sides[0] * np.cos(t)) for t in tilts]
    return np.concatenate([np.c_[ring, np.full(_AROUND, height)] for ring, height in rings])
