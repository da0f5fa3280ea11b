"""Draws rooms: from above, and as the agent sees them, side by side in one picture.

MiniWorld draws as well, but in ways that do not serve here. It keeps every environment's walls
in one display list, so that two environments in one process draw each other's; it leaves it to
chance how the agent's own marker is lit; and its textures make each frame ten kilobytes. Things
are drawn by their own code, and the observation of a step is not: it shows the moment before an
environment has taken away what was picked up.
"""

from __future__ import annotations

from ctypes import byref
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from miniworld.utils import get_file_path
from PIL import Image
from pyglet.gl import (
    GL_AMBIENT,
    GL_AMBIENT_AND_DIFFUSE,
    GL_COLOR_BUFFER_BIT,
    GL_COLOR_MATERIAL,
    GL_COMPILE,
    GL_CULL_FACE,
    GL_DEPTH_BUFFER_BIT,
    GL_DEPTH_TEST,
    GL_DIFFUSE,
    GL_FRONT_AND_BACK,
    GL_LEQUAL,
    GL_LESS,
    GL_LIGHT0,
    GL_LIGHTING,
    GL_MODELVIEW,
    GL_NORMALIZE,
    GL_POSITION,
    GL_PROJECTION,
    GL_QUERY_RESULT,
    GL_SAMPLES_PASSED,
    GL_SMOOTH,
    GL_TEXTURE_2D,
    GL_TRIANGLES,
    GLfloat,
    GLuint,
    glBegin,
    glBeginQuery,
    glCallList,
    glClear,
    glClearColor,
    glClearDepth,
    glColor3f,
    glColorMaterial,
    glDeleteLists,
    glDeleteQueries,
    glDepthFunc,
    glDisable,
    glEnable,
    glEnd,
    glEndList,
    glEndQuery,
    glGenLists,
    glGenQueries,
    glGetQueryObjectuiv,
    glLightfv,
    glLoadIdentity,
    glLoadMatrixf,
    glMatrixMode,
    glNewList,
    glOrtho,
    glShadeModel,
    gluLookAt,
    gluPerspective,
    glVertex3f,
)

from synth.envs.rooms.telling import BORDER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from synth.envs.rooms.opening import RoomSettings

__all__ = ["RoomPainter", "metres_a_pixel"]

_OUTSIDE = (0.12, 0.12, 0.12)
_AGENT = (0.0, 0.0, 0.0)
_SUN = (0.3, 1.0, 0.15, 0.0)
"""Light from afar: a surface of one colour looks the same all over. A lamp in the room, as
MiniWorld has it, shades floors from corner to corner."""
_MAP = (1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1)
"""From above: x goes right, z down and y towards who looks."""


class RoomPainter:
    """Draws one environment, which needs no drawing of its own then.

    Args:
        env: Unwrapped, made with observations of ``settings.size`` pixels.
        settings: How.
    """

    def __init__(self, env: Any, settings: RoomSettings) -> None:
        self._env, self._settings = env, settings
        self._list: int | None = None
        self._rooms: Any = None

    def forget(self) -> None:
        """Release what was kept of the walls."""
        if self._list is not None:
            self._env.shadow_window.switch_to()
            glDeleteLists(self._list, 1)
            self._list = None

    def paint(self) -> NDArray[np.uint8]:
        """``uint8[size, views * size, 3]`` of the present moment."""
        self._make_ready()
        draw = {"map": self._from_above, "eyes": self._from_the_eyes}
        picture = np.hstack([draw[view]() for view in self._settings.views])
        glDisable(GL_NORMALIZE)  # MiniWorld draws without it
        return picture

    def seen(self, things: Sequence[Any]) -> float:
        """The share of the least visible of some things that the best view shows, 0 to 1.

        From above all of everything shows. What is gone is seen nowhere else: that nothing is
        there, a view that does not show the whole floor cannot tell.
        """
        if "map" in self._settings.views:
            return 1.0
        if any(thing is None for thing in things):
            return 0.0
        self._make_ready()
        self._look()
        glDepthFunc(GL_LEQUAL)
        shown = [self._samples(thing) for thing in things]
        whole = []
        for thing in things:
            glClear(GL_DEPTH_BUFFER_BIT)
            thing.render()  # first its depth, or what it hides of itself would count as well
            whole.append(self._samples(thing))
        glDepthFunc(GL_LESS)
        glDisable(GL_NORMALIZE)
        self._finished()
        return min((a / b if b else 0.0 for a, b in zip(shown, whole, strict=True)), default=1.0)

    def _make_ready(self) -> None:
        """Set OpenGL up, with the walls as the last reset has laid them out."""
        env = self._env
        env.shadow_window.switch_to()
        glEnable(GL_DEPTH_TEST)
        glEnable(GL_CULL_FACE)
        # Scaled meshes have scaled normals, and would be lit several times too brightly.
        glEnable(GL_NORMALIZE)
        if self._list is None or self._rooms is not env.rooms:  # each reset lays out others
            self.forget()
            self._list, self._rooms = glGenLists(1), env.rooms
            self._compile(self._list)

    def _samples(self, thing: Any) -> int:
        """How much of a thing is drawn with what the depth buffer holds now."""
        query, count = GLuint(0), GLuint(0)
        glGenQueries(1, byref(query))
        glBeginQuery(GL_SAMPLES_PASSED, query)
        thing.render()
        glEndQuery(GL_SAMPLES_PASSED)
        glGetQueryObjectuiv(query, GL_QUERY_RESULT, byref(count))
        glDeleteQueries(1, byref(query))
        return int(count.value)

    def _from_above(self) -> NDArray[np.uint8]:
        env = self._env
        self._begin(_OUTSIDE)
        middle_x, middle_z = (env.min_x + env.max_x) / 2, (env.min_z + env.max_z) / 2
        half = _side(env) / 2
        glOrtho(middle_x - half, middle_x + half, -(middle_z + half), -(middle_z - half), -100, 100)
        glMatrixMode(GL_MODELVIEW)
        glLoadMatrixf((GLfloat * 16)(*_MAP))
        self._draw_world()
        self._draw_agent()
        return self._finished()

    def _from_the_eyes(self) -> NDArray[np.uint8]:
        self._look()
        return self._finished()

    def _look(self) -> None:
        env, agent = self._env, self._env.agent
        self._begin(env.sky_color)
        gluPerspective(agent.cam_fov_y, 1.0, 0.04, 100.0)
        glMatrixMode(GL_MODELVIEW)
        glLoadIdentity()
        pitch = agent.cam_pitch
        agent.cam_pitch = pitch + self._settings.pitch
        eye, ahead = agent.cam_pos, agent.cam_dir
        agent.cam_pitch = pitch
        gluLookAt(*eye, *(eye + ahead), 0, 1.0, 0)
        self._draw_world()

    def _begin(self, background: Any) -> None:
        self._env.obs_fb.bind()
        glClearColor(*background, 1.0)
        glClearDepth(1.0)
        glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT)
        glMatrixMode(GL_PROJECTION)
        glLoadIdentity()

    def _finished(self) -> NDArray[np.uint8]:
        picture: NDArray[np.uint8] = self._env.obs_fb.resolve()
        return picture

    def _draw_world(self) -> None:
        env = self._env
        glCallList(self._list)
        for entity in env.entities:
            if not entity.is_static and entity is not env.agent:
                entity.render()

    def _draw_agent(self) -> None:
        """A dart that points where the agent looks, above everything and unlit."""
        agent = self._env.agent
        tip = agent.dir_vec * agent.radius
        side = agent.right_vec * (0.75 * agent.radius)
        back = -0.75 * tip
        # High enough to lie above what is carried.
        top = agent.pos + np.array([0.0, 10.0, 0.0])
        glDisable(GL_TEXTURE_2D)
        glDisable(GL_LIGHTING)
        glDisable(GL_CULL_FACE)
        glColor3f(*_AGENT)
        glBegin(GL_TRIANGLES)
        for corner in (top + tip, top + back - side, top + back + side):
            glVertex3f(*corner)
        glEnd()
        glEnable(GL_CULL_FACE)
        glEnable(GL_LIGHTING)

    def _compile(self, number: int) -> None:
        """Walls, floors, light and what never moves."""
        env = self._env
        if not self._settings.textures:
            # A room that has just been laid out; the next reset makes others.
            for room in env.rooms:
                for name in ("wall_tex", "floor_tex", "ceil_tex"):
                    setattr(room, name, _Flat(getattr(room, name)))
        glNewList(number, GL_COMPILE)
        light = (*env.light_pos, 1.0) if self._settings.textures else _SUN
        glLightfv(GL_LIGHT0, GL_POSITION, (GLfloat * 4)(*light))
        glLightfv(GL_LIGHT0, GL_AMBIENT, (GLfloat * 4)(*env.light_ambient))
        glLightfv(GL_LIGHT0, GL_DIFFUSE, (GLfloat * 4)(*env.light_color))
        glEnable(GL_LIGHTING)
        glEnable(GL_LIGHT0)
        glShadeModel(GL_SMOOTH)
        glEnable(GL_COLOR_MATERIAL)
        glColorMaterial(GL_FRONT_AND_BACK, GL_AMBIENT_AND_DIFFUSE)
        for room in env.rooms:
            glEnable(GL_TEXTURE_2D)
            room._render()  # noqa: SLF001 - MiniWorld has no other name for it
        for entity in env.entities:
            if entity.is_static:
                entity.render()
        glEndList()


class _Flat:
    """Stands for a texture: binding it sets the mean colour of the texture instead."""

    def __init__(self, texture: Any) -> None:
        self.name = texture.name
        self._colour = _mean_colour(texture.name)

    def bind(self) -> None:
        glDisable(GL_TEXTURE_2D)
        glColor3f(*self._colour)


@cache
def _mean_colour(name: str) -> tuple[float, ...]:
    """The mean of a texture's first variant, 0 to 1 a channel."""
    with Image.open(get_file_path("textures", f"{name}_1", "png")) as image:
        pixels = np.asarray(image.convert("RGB"))
    return tuple(int(v) / 255 for v in pixels.reshape(-1, 3).mean(axis=0).round())


def metres_a_pixel(env: Any, size: int) -> float:
    """What a pixel of the view from above shows."""
    return _side(env) / size


def _side(env: Any) -> float:
    """Metres of the square that the view from above shows."""
    return float(max(env.max_x - env.min_x, env.max_z - env.min_z)) + 2 * BORDER
