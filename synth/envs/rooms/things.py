"""The things that lie in synth's own rooms: one of three shapes in one of five colours.

From above a box is a square, a ball a disc, and a key, which lies flat, a long thing with a
ring at one end: each shape can be told in each view.
"""

from __future__ import annotations

import math
from typing import Any

from miniworld.entity import COLOR_NAMES, Ball, Box, Entity, Key
from pyglet.gl import (
    glColor3f,
    glPopMatrix,
    glPushMatrix,
    glRotatef,
    glScalef,
    glTranslatef,
)

__all__ = ["COLOURS", "SHAPES", "LyingKey", "thing", "words"]

COLOURS = tuple(name for name in COLOR_NAMES if name != "grey")
"""Grey is the colour of floors and walls."""

SHAPES = ("ball", "box", "key")

_SIZES = {"ball": 0.6, "box": 0.5}
_KEY = 0.36
"""Height of the key's ring, were it to stand: it lies, and is 2.4 times as long."""


class LyingKey(Key):  # type: ignore[misc]  # MiniWorld has no types
    """A key that lies flat on the floor; MiniWorld's stands on edge, a line from above.

    Args:
        colour: One of `COLOURS`.
    """

    def __init__(self, colour: str) -> None:
        super().__init__(colour)
        # The mesh stands: z is its length, y the width of its ring and x its thickness.
        width, length = self.mesh.max_coords[1], self.mesh.max_coords[2]
        self.scale = _KEY / width
        self.radius = length * self.scale
        self.height = 2 * self.mesh.max_coords[0] * self.scale
        self._half = width / 2

    def render(self) -> None:
        """Draw it on its side."""
        glPushMatrix()
        glTranslatef(*self.pos)
        glScalef(self.scale, self.scale, self.scale)
        glRotatef(math.degrees(self.dir), 0, 1, 0)
        glTranslatef(self._half, self.mesh.max_coords[0], 0)
        glRotatef(90, 0, 0, 1)
        glColor3f(1, 1, 1)
        self.mesh.render()
        glPopMatrix()


def thing(colour: str, shape: str) -> Entity:
    """A thing to place; `words` gives back what it is."""
    made: Any
    if shape == "key":
        made = LyingKey(colour)
    elif shape == "ball":
        made = Ball(colour, size=_SIZES["ball"])
        # MiniWorld takes the corner of the ball's bounding box for its radius.
        made.radius = _SIZES["ball"] / 2
    else:
        made = Box(colour, size=_SIZES["box"])
    made.colour, made.shape = colour, shape
    return made


def words(entity: Any) -> str:
    """``red ball``."""
    return f"{entity.colour} {entity.shape}"
