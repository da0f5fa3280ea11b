"""What things are built of: boxes and cylinders, in one or two shades of the thing's colour."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.envs.tabletop.colours import RGB
from synth.envs.tabletop.things import WALL

if TYPE_CHECKING:
    from synth.envs.tabletop.things import TableThing

__all__ = ["MARK", "Body", "Mesh", "Part", "bodies_of", "cylinder"]

MARK = 0.008
"""How wide the bars of a corner mark are, in metres."""

FLOOR = 0.002
"""How thick the floor of a bowl or box is."""

_SIDES = 16
_ROUND = 24
_FLOOR_SHADE, _WALL_SHADE = 0.45, 0.72
"""Of a vessel's or a mark's colour, so that a thing of that very colour can be told from it."""


Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Part:
    """One box or cylinder.

    Attributes:
        curved: Whether it is an upright cylinder; its size is then radius twice and half height.
        size: Half its extent.
        at: Its middle, from the thing's own.
        yaw: How far it is turned about the vertical, in radians.
    """

    curved: bool
    size: Vector
    at: Vector = (0.0, 0.0, 0.0)
    yaw: float = 0.0


@dataclass(frozen=True, slots=True)
class Body:
    """Parts that move together and share a colour.

    Attributes:
        parts: At least one.
        rgb: 0 to 255.
        solid: Whether anything can touch it.
        seen: Whether it is drawn.
        mass: In kilogrammes; 0 stays where it is.
    """

    parts: tuple[Part, ...]
    rgb: tuple[int, int, int]
    solid: bool = True
    seen: bool = True
    mass: float = 0.0


def bodies_of(thing: TableThing) -> tuple[Body, ...]:
    """The bodies of a thing; a thing that moves has one."""
    rgb = RGB[thing.colour]
    match thing.kind:
        case "bowl":
            return _vessel(thing, Part(True, (thing.size[0] - WALL, 0, FLOOR / 2)), _ring(thing))
        case "box":
            inner = (thing.size[0] - WALL, thing.size[1] - WALL, FLOOR / 2)
            return _vessel(thing, Part(False, inner), _frame(thing))
        case "square":
            return (Body((Part(False, thing.size, (0, 0, thing.size[2])),), rgb, solid=False),)
        case "corner":
            return (Body(_angle(thing), _shade(thing, _WALL_SHADE), solid=False),)
        case _:
            part = Part(thing.kind == "disk", thing.size)
            return (Body((part,), rgb, mass=0.0 if thing.fixed else 0.05),)


@dataclass(frozen=True, slots=True)
class Mesh:
    """Triangles, each with corners of its own.

    Attributes:
        vertices: Corners, in metres.
        indices: Three for each triangle.
        normals: One for each corner.
    """

    vertices: list[Vector]
    indices: list[int]
    normals: list[Vector]


def cylinder(radius: float, half: float) -> Mesh:
    """An upright cylinder, its top and bottom flat and its sides in facets."""
    corners = [
        (radius * math.cos(angle), radius * math.sin(angle))
        for angle in (2 * math.pi * k / _ROUND for k in range(_ROUND))
    ]
    vertices: list[Vector] = []
    normals: list[Vector] = []
    for k, (x, y) in enumerate(corners):
        to_x, to_y = corners[(k + 1) % _ROUND]
        for side in (half, -half):
            ends = [(x, y, side), (to_x, to_y, side)]
            vertices += [(0, 0, side), *(ends if side > 0 else ends[::-1])]
            normals += [(0, 0, math.copysign(1, side))] * 3
        a, b, c, d = (x, y, half), (x, y, -half), (to_x, to_y, -half), (to_x, to_y, half)
        vertices += [a, b, c, a, c, d]
        out = math.hypot(x + to_x, y + to_y)
        normals += [((x + to_x) / out, (y + to_y) / out, 0.0)] * 6
    return Mesh(vertices, list(range(len(vertices))), normals)


def _vessel(thing: TableThing, floor: Part, walls: tuple[Part, ...]) -> tuple[Body, ...]:
    low = Part(floor.curved, floor.size, (0, 0, FLOOR / 2))
    return (
        Body((low,), _shade(thing, _FLOOR_SHADE)),
        Body(walls, _shade(thing, _WALL_SHADE)),
    )


def _shade(thing: TableThing, share: float) -> tuple[int, int, int]:
    red, green, blue = (round(part * share) for part in RGB[thing.colour])
    return red, green, blue


def _ring(thing: TableThing) -> tuple[Part, ...]:
    radius, height = thing.size[0] - WALL / 2, thing.size[2]
    half = thing.size[0] * math.tan(math.pi / _SIDES)
    angles = [2 * math.pi * k / _SIDES for k in range(_SIDES)]
    return tuple(
        Part(
            False,
            (WALL / 2, half, height),
            (radius * math.cos(a), radius * math.sin(a), height),
            a,
        )
        for a in angles
    )


def _frame(thing: TableThing) -> tuple[Part, ...]:
    x, y, z = thing.size
    return (
        Part(False, (x, WALL / 2, z), (0, y - WALL / 2, z)),
        Part(False, (x, WALL / 2, z), (0, WALL / 2 - y, z)),
        Part(False, (WALL / 2, y - WALL, z), (x - WALL / 2, 0, z)),
        Part(False, (WALL / 2, y - WALL, z), (WALL / 2 - x, 0, z)),
    )


def _angle(thing: TableThing) -> tuple[Part, ...]:
    """Two bars outside the quadrant in which a thing is to lie."""
    x, y, z = thing.size
    half = MARK / 2
    return (
        Part(False, (x / 2 + half, half, z), (x / 2 - half, -half, z)),
        Part(False, (half, y / 2, z), (-half, y / 2, z)),
    )
