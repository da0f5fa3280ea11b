"""The table in PyBullet: things fall, are taken up by suction, put down, or swept.

Every world is a physics server of its own, made anew: what one episode did leaves no trace in
the next. All moves take a fixed number of steps. Things fall, slide and turn about the vertical;
they stay level.
"""

from __future__ import annotations

import contextlib
import math
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs.silence import silent
from synth.envs.tabletop.colours import TABLE
from synth.envs.tabletop.shapes import Body, Part, bodies_of, cylinder
from synth.envs.tabletop.things import HALF, Pose, TableScene, turned, upright

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from numpy.typing import NDArray

    from synth.envs.tabletop.things import TableThing

__all__ = ["TableWorld", "engine"]

SETTLE = 120
"""Physics steps after a move; half a second."""

SWEEP = 0.001
"""Metres that the sweeper goes in a physics step."""

PLATE = (0.008, 0.025, 0.02)
"""Half the sweeper's extent: along its way, across it, and up."""

_PLATE = Body((Part(False, PLATE),), (200, 200, 200), mass=1.0)
_FORCE = 100.0
_DROP = 0.002
_CARRY, _HIGH = 0.5, 1.0
_GRID = 7
_UPWARD = 0.5


def engine() -> ModuleType:
    """PyBullet, imported without its greeting.

    Raises:
        ModuleNotFoundError: It is not installed.
    """
    # Every picture asks for it, and only the first import greets.
    first = "pybullet" not in sys.modules
    with silent(1, 2) if first else contextlib.nullcontext():
        import pybullet  # noqa: PLC0415 - the folder must import without it

    module: ModuleType = pybullet
    return module


class TableWorld:
    """One physics server with a table and things on it.

    Args:
        placed: Every thing and where it is at first; fixed ones count from the table up.
    """

    def __init__(self, placed: Sequence[tuple[TableThing, Pose]]) -> None:
        self._p: Any = engine()
        self.client: int = self._p.connect(self._p.DIRECT)
        self._p.setGravity(0, 0, -9.81, physicsClientId=self.client)
        self._ids: dict[str, int] = {}
        self._of: dict[int, TableThing] = {}
        self._poses: dict[str, Pose] = {}
        self._table()
        for thing, pose in placed:
            numbers = [self._add(body, pose) for body in bodies_of(thing)]
            self._of.update(dict.fromkeys(numbers, thing))
            self._ids[thing.key] = numbers[0]
            self._poses[thing.key] = pose
        self._things = tuple(thing for thing, _ in placed)
        self._run(SETTLE)

    def close(self) -> None:
        """Shut the server down."""
        if self.client >= 0:
            self._p.disconnect(physicsClientId=self.client)
            self.client = -1

    def scene(self) -> TableScene:
        """Where everything is now."""
        poses = dict(self._poses)
        for thing in self._things:
            if not thing.fixed:
                poses[thing.key] = self._pose(self._ids[thing.key])
        return TableScene(self._things, poses)

    def number(self, thing: TableThing) -> int:
        """The engine's number for a movable thing, as segmentations show it."""
        return self._ids[thing.key]

    def velocities(self) -> NDArray[np.float64]:
        """``float[N, 6]``: how every movable thing moves and turns at this moment."""
        moving = [self._ids[thing.key] for thing in self._things if not thing.fixed]
        speeds = [self._p.getBaseVelocity(n, physicsClientId=self.client) for n in moving]
        return np.array([[*linear, *angular] for linear, angular in speeds]).reshape(-1, 6)

    def under(self, x: float, y: float) -> TableThing | None:
        """The thing that is seen at a point from above; ``None`` where there is none."""
        ray = self._p.rayTest([x, y, _HIGH], [x, y, -_HIGH], physicsClientId=self.client)
        return self._of.get(ray[0][0])

    def move(self, pick: tuple[float, float], place: tuple[float, float], turn: float) -> None:
        """Take up what lies under one point, and put it down at another, turned.

        Suction holds a thing at the point where it took it, levels it, and lets it go just above
        whatever lies there. It lifts nothing that is fixed, and nothing on which a thing rests.

        Args:
            pick: Where the cup comes down, in metres.
            place: Where it lets go.
            turn: How far it turns the thing in between, in radians.
        """
        thing = self.under(*pick)
        if thing is not None and not thing.fixed and not self._burdened(thing):
            pose, number = self._pose(self._ids[thing.key]), self._ids[thing.key]
            yaw = pose.yaw + turn
            grip = turned((pose.xy - np.array(pick))[None], turn)[0]
            outline = turned(thing.outline, yaw)
            # The arm keeps what it carries over the table.
            reach = HALF - 0.001 - np.abs(outline).max(axis=0)
            x, y = np.clip(np.array(place) + grip, -reach, reach)
            self._set(number, x, y, _HIGH, yaw)  # out of the way of what is below
            ground = self._ground(outline + np.array([x, y]))
            self._set(number, x, y, ground + thing.size[2] + _DROP, yaw)
        self._run(SETTLE)

    def sweep(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Push a plate over the table from one point to another, upright and across its way.

        Where something lies in the way of its coming down, nothing happens.
        """
        way = np.array(end) - np.array(start)
        length, yaw = float(np.hypot(*way)), math.atan2(way[1], way[0])
        corners = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * PLATE[:2]
        if self._ground(turned(corners, yaw) + np.array(start)) > _DROP:
            self._run(SETTLE)
            return
        plate = self._add(_PLATE, upright(*start, PLATE[2] + _DROP, yaw))
        # What lies at the border can be swept away from it: the plate goes through.
        self._p.setCollisionFilterPair(plate, self._border, -1, -1, 0, self.client)
        turn = self._p.getQuaternionFromEuler([0, 0, yaw])
        at = [*start, PLATE[2] + _DROP]
        rail = self._p.createConstraint(
            plate,
            -1,
            -1,
            -1,
            self._p.JOINT_FIXED,
            [0, 0, 0],
            [0, 0, 0],
            at,
            childFrameOrientation=turn,
            physicsClientId=self.client,
        )
        for k in range(math.ceil(length / SWEEP)):
            share = min((k + 1) * SWEEP / length, 1.0)
            at[:2] = (np.array(start) + share * way).tolist()
            self._p.changeConstraint(rail, at, turn, _FORCE, physicsClientId=self.client)
            self._run(1)
        self._p.removeConstraint(rail, physicsClientId=self.client)
        self._p.removeBody(plate, physicsClientId=self.client)
        self._run(SETTLE)

    def _table(self) -> None:
        top = Part(False, (1.0, 1.0, 0.05), (0, 0, -0.05))
        self._add(Body((top,), TABLE), upright(0, 0, 0, 0))
        # Walls that nobody sees keep everything in the picture.
        out, high = HALF + 0.05, 0.1
        sides = tuple(
            Part(False, size, at)
            for size, at in (
                ((0.05, out, high), (out, 0, high)),
                ((0.05, out, high), (-out, 0, high)),
                ((out, 0.05, high), (0, out, high)),
                ((out, 0.05, high), (0, -out, high)),
            )
        )
        self._border = self._add(Body(sides, TABLE, seen=False), upright(0, 0, 0, 0))

    def _add(self, body: Body, pose: Pose) -> int:
        parts = body.parts
        types = [self._p.GEOM_CYLINDER if part.curved else self._p.GEOM_BOX for part in parts]
        halves = [list(part.size) for part in parts]
        radii = [part.size[0] for part in parts]
        heights = [2 * part.size[2] for part in parts]
        at = [list(part.at) for part in parts]
        turns = [self._p.getQuaternionFromEuler([0, 0, part.yaw]) for part in parts]
        shape = drawn = -1
        if body.solid:
            shape = self._p.createCollisionShapeArray(
                shapeTypes=types,
                radii=radii,
                halfExtents=halves,
                lengths=heights,
                collisionFramePositions=at,
                collisionFrameOrientations=turns,
                physicsClientId=self.client,
            )
        if not body.seen:
            # Without a look of its own a body is drawn as it collides: this one is under the table.
            drawn = self._p.createVisualShape(
                self._p.GEOM_BOX,
                halfExtents=[0.001] * 3,
                visualFramePosition=[0, 0, -0.05],
                physicsClientId=self.client,
            )
        elif len(parts) == 1 and parts[0].curved:
            drawn = self._cylinder(parts[0], body.rgb)
        else:
            drawn = self._p.createVisualShapeArray(
                shapeTypes=types,
                radii=radii,
                halfExtents=halves,
                lengths=heights,
                rgbaColors=[[part / 255 for part in body.rgb] + [1.0]] * len(parts),
                visualFramePositions=at,
                visualFrameOrientations=turns,
                physicsClientId=self.client,
            )
        number: int = self._p.createMultiBody(
            body.mass,
            shape,
            drawn,
            pose.at.tolist(),
            self._p.getQuaternionFromEuler([0, 0, pose.yaw]),
            physicsClientId=self.client,
        )
        self._p.changeDynamics(
            number,
            -1,
            lateralFriction=0.6,
            restitution=0.0,
            linearDamping=0.3,
            angularDamping=0.3,
            physicsClientId=self.client,
        )
        if body.mass:
            # Things turn about the vertical alone: a disk that stands on its edge, or leans on a
            # rim, would look like another thing, and nobody asks for that.
            (x, y, _), *_ = halves
            about = [0.0, 0.0, body.mass * (x * x + y * y) / 3]
            self._p.changeDynamics(
                number, -1, localInertiaDiagonal=about, physicsClientId=self.client
            )
        return number

    def _cylinder(self, part: Part, rgb: tuple[int, int, int]) -> int:
        """The look of an upright cylinder with a flat top; the engine's own shades it as a ball."""
        mesh = cylinder(part.size[0], part.size[2])
        number: int = self._p.createVisualShape(
            self._p.GEOM_MESH,
            vertices=mesh.vertices,
            indices=mesh.indices,
            normals=mesh.normals,
            rgbaColor=[*(value / 255 for value in rgb), 1.0],
            visualFramePosition=list(part.at),
            physicsClientId=self.client,
        )
        return number

    def _pose(self, number: int) -> Pose:
        at, turn = self._p.getBasePositionAndOrientation(number, physicsClientId=self.client)
        matrix = np.array(self._p.getMatrixFromQuaternion(turn)).reshape(3, 3)
        return Pose(np.array(at), matrix)

    def _set(self, number: int, x: float, y: float, z: float, yaw: float) -> None:
        turn = self._p.getQuaternionFromEuler([0, 0, yaw])
        self._p.resetBasePositionAndOrientation(
            number, [x, y, z], turn, physicsClientId=self.client
        )
        self._p.resetBaseVelocity(number, [0, 0, 0], [0, 0, 0], physicsClientId=self.client)

    def _burdened(self, thing: TableThing) -> bool:
        """Whether another thing rests on it."""
        number = self._ids[thing.key]
        middle = self._pose(number).at[2]
        for contact in self._p.getContactPoints(bodyA=number, physicsClientId=self.client):
            other, (*_, up) = self._of.get(contact[2]), contact[7]
            if other is None or other.fixed:
                continue
            # The contact's normal points from the other thing to this one.
            if up < -_UPWARD and self._pose(contact[2]).at[2] > middle:
                return True
        return False

    def _ground(self, outline: NDArray[np.float64]) -> float:
        """Height of the highest thing below an outline."""
        shares = np.linspace(0.0, 1.0, _GRID)
        middle = outline.mean(axis=0)
        points = np.concatenate([middle + share * (outline - middle) for share in shares])
        starts = [[x, y, _CARRY] for x, y in points]
        ends = [[x, y, -_HIGH] for x, y in points]
        rays = self._p.rayTestBatch(starts, ends, physicsClientId=self.client)
        return max([0.0, *(float(ray[3][2]) for ray in rays if ray[0] != self._border)])

    def _run(self, steps: int) -> None:
        for _ in range(steps):
            self._p.stepSimulation(physicsClientId=self.client)
