"""Things on the table, where they lie, and the geometry of how they look from above.

No simulator is imported: a `TableScene` is what the physics hands over after each move, and all
that goals and experts read.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    Points = NDArray[np.float64]

__all__ = [
    "FLAT",
    "HALF",
    "ROUND",
    "WALL",
    "Pose",
    "Shape",
    "TableScene",
    "TableThing",
    "separation",
    "separations",
    "turned",
    "upright",
    "wrapped",
]

HALF = 0.22
"""Half the width of the square of the table that pictures show, in metres."""

WALL = 0.01
"""How thick the walls of bowls and boxes are, in metres."""

Shape = Literal["block", "disk", "bar", "bowl", "box", "square", "corner"]

ROUND = frozenset({"disk", "bowl"})
FLAT = frozenset({"square", "corner"})
"""Marks on the table: they are seen, and nothing rests on them or runs into them."""

_AROUND = 16


@dataclass(frozen=True, slots=True)
class TableThing:
    """One thing.

    Attributes:
        key: Names it within its scene.
        kind: Its shape.
        colour: A name of `synth.envs.tabletop.colours.RGB`.
        size: Half its extent in x, y and z as it stands, in metres; radius twice and half the
            height for round things.
        fixed: Whether it stays where it is.
    """

    key: str
    kind: Shape
    colour: str
    size: tuple[float, float, float]
    fixed: bool = False

    @property
    def name(self) -> str:
        """What a mission calls it: ``red block``."""
        return f"{self.colour} {self.kind}"

    @property
    def radius(self) -> float:
        """Radius of the circle around it as seen from above, in metres."""
        return self.size[0] if self.kind in ROUND else math.hypot(*self.size[:2])

    @property
    def outline(self) -> Points:
        """``float[N, 2]``: the corners of its outline from above, about its own middle."""
        return _outline(self.kind in ROUND, self.size[0], self.size[1])

    @property
    def hull(self) -> Points:
        """``float[2N, 3]``: the corners of its body, about its own middle."""
        flat, z = self.outline, self.size[2]
        return np.concatenate(
            [np.column_stack([flat, np.full(len(flat), side)]) for side in (-z, z)]
        )


@dataclass(frozen=True, eq=False, slots=True)
class Pose:
    """Where a thing is.

    Attributes:
        at: ``float[3]``, its middle, in metres; fixed things count from the table up.
        rotation: ``float[3, 3]``.
    """

    at: Points
    rotation: Points

    @property
    def xy(self) -> Points:
        """``float[2]``: its middle from above."""
        return self.at[:2]

    @property
    def yaw(self) -> float:
        """How far it is turned about the vertical, in radians."""
        return math.atan2(self.rotation[1, 0], self.rotation[0, 0])


@dataclass(frozen=True, eq=False, slots=True)
class TableScene:
    """All things and where they are now.

    Attributes:
        things: In the order in which they were laid out.
        poses: By the things' keys.
    """

    things: tuple[TableThing, ...]
    poses: Mapping[str, Pose]

    def pose(self, thing: TableThing) -> Pose:
        """Where a thing is."""
        return self.poses[thing.key]

    def footprint(self, thing: TableThing) -> Points:
        """``float[N, 2]``: corners of the thing's body as seen from above."""
        pose = self.pose(thing)
        if thing.fixed:
            return turned(thing.outline, pose.yaw) + pose.xy
        points: Points = (thing.hull @ pose.rotation.T + pose.at)[:, :2]
        return points

    def movable(self) -> Iterator[TableThing]:
        """Things that can be taken up."""
        return (thing for thing in self.things if not thing.fixed)

    def within(self, thing: TableThing, container: TableThing) -> float:
        """How far inside a container a thing lies as seen from above, in metres.

        Measured from its farthest corner to the middle of the wall, or to the edge of a square:
        below zero where a part of it lies on the wall or outside.
        """
        pose, points = self.pose(container), self.footprint(thing)
        rim = 0.0 if container.kind in FLAT else WALL / 2
        if container.kind in ROUND:
            far = float(np.hypot(*(points - pose.xy).T).max())
            return container.size[0] - rim - far
        local = np.abs(turned(points - pose.xy, -pose.yaw)).max(axis=0)
        return float(min(container.size[0] - rim - local[0], container.size[1] - rim - local[1]))

    def rests_on(self, upper: TableThing, lower: TableThing) -> float:
        """How surely one thing stands on another, in metres; below zero where it does not.

        The smaller of two: how far the upper one's middle lies inside the lower one's edge, and
        how near its height is to that of a thing that stands there.
        """
        gap = self.pose(upper).at[2] - self.pose(lower).at[2] - upper.size[2] - lower.size[2]
        return float(min(self.centred(upper, lower), upper.size[2] - abs(gap)))

    def centred(self, one: TableThing, other: TableThing) -> float:
        """How far a thing's middle lies inside another's edge as seen from above, in metres."""
        below = self.pose(other)
        offset = turned((self.pose(one).xy - below.xy)[None], -below.yaw)[0]
        if other.kind in ROUND:
            return other.size[0] - math.hypot(*offset)
        return float(min(other.size[0] - abs(offset[0]), other.size[1] - abs(offset[1])))


def upright(x: float, y: float, z: float, yaw: float) -> Pose:
    """The pose of a thing that stands level."""
    c, s = math.cos(yaw), math.sin(yaw)
    return Pose(np.array([x, y, z]), np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]))


def turned(points: Points, angle: float) -> Points:
    """``float[N, 2]``: points turned about the origin by an angle in radians."""
    c, s = math.cos(angle), math.sin(angle)
    rotated: Points = points @ np.array([[c, s], [-s, c]])
    return rotated


def wrapped(angle: float, period: float = 2 * math.pi) -> float:
    """An angle brought to within half a period of zero."""
    return (angle + period / 2) % period - period / 2


def separation(one: Points, other: Points) -> float:
    """How far two convex outlines lie apart, in metres; below zero where they overlap.

    Along the best of their edges' normals: at most the true distance.
    """
    return float(separations(one, np.zeros((1, 2)), other)[0])


def separations(one: Points, spots: Points, other: Points) -> Points:
    """``float[S]``: how far an outline lies from another when it is moved by each of some ways.

    Args:
        one: ``float[N, 2]``, convex, its corners anticlockwise.
        spots: ``float[S, 2]``: what is added to its corners.
        other: ``float[M, 2]``, like `one`.
    """
    gaps = []
    for here, there, sign in ((one, other, -1.0), (other, one, 1.0)):
        edges = np.roll(here, -1, axis=0) - here
        normals = np.column_stack([edges[:, 1], -edges[:, 0]])
        normals = normals / np.maximum(np.hypot(*normals.T), 1e-12)[:, None]
        own = np.einsum("ij,ij->i", normals, here)
        still = (there @ normals.T).min(axis=0) - own
        gaps.append((still + sign * (spots @ normals.T)).max(axis=1))
    widest: Points = np.maximum(*gaps)
    return widest


@functools.cache
def _outline(curved: bool, x: float, y: float) -> Points:
    if curved:
        angles = 2 * np.pi * np.arange(_AROUND) / _AROUND
        points = x * np.column_stack([np.cos(angles), np.sin(angles)])
    else:
        points = np.array([[x, y], [-x, y], [-x, -y], [x, -y]])
    points.setflags(write=False)
    return points
