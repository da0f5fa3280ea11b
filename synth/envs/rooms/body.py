"""How an agent moves among walls and things: MiniWorld's own rules, in plain numbers.

A planner asks thousands of times where a step leads; here that costs microseconds, and nothing
of the environment is touched.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

__all__ = ["CARRY", "RoomAction", "Stance", "Walker"]

CARRY = 1.05
"""What is carried hangs so many times the least distance ahead."""
_GRASP, _GRASP_RADIUS = 1.5, 1.2
"""Where a hand reaches, in radii of the agent, and how wide."""


class RoomAction:
    """MiniWorld's actions."""

    LEFT = 0
    RIGHT = 1
    FORWARD = 2
    BACK = 3
    PICKUP = 4
    DROP = 5


class Stance(NamedTuple):
    """Where an agent stands, and where it looks.

    Attributes:
        x: Metres to the right, seen from above.
        z: Metres down, seen from above.
        turns: Steps of turning to the left since the plan began.
    """

    x: float
    z: float
    turns: int


@dataclass(frozen=True, slots=True)
class _Disc:
    thing: Any
    x: float
    z: float
    radius: float
    static: bool


class Walker:
    """The agent of an unwrapped environment, as it stands now.

    Args:
        env: The environment.
        load: A thing to be thought of as carried, or the one that is.
    """

    def __init__(self, env: Any, load: Any = None) -> None:
        agent = env.agent
        self._env = env
        self.load = load if load is not None else agent.carrying
        self.radius = float(agent.radius)
        self.step = float(env.params.sample(None, "forward_step"))
        self.turn = math.radians(float(env.params.sample(None, "turn_step")))
        self.headings = max(1, round(2 * math.pi / self.turn))
        self.start = Stance(float(agent.pos[0]), float(agent.pos[2]), 0)
        self._dir = float(agent.dir)
        self._walls = [tuple(map(float, (*a[::2], *b[::2]))) for a, b in env.wall_segs]
        self.things = [
            _Disc(e, float(e.pos[0]), float(e.pos[2]), float(e.radius), bool(e.is_static))
            for e in env.entities
            if e is not agent
        ]
        self._solid = [d for d in self.things if d.thing is not self.load]
        self.load_radius = float(self.load.radius) if self.load is not None else 0.0

    @property
    def carry(self) -> float:
        """Metres from the agent to what it carries."""
        return CARRY * (self.radius + self.load_radius + float(self._env.max_forward_step))

    def heading(self, place: Stance) -> tuple[float, float]:
        """The direction in which the agent looks: x and z."""
        angle = self._dir + place.turns * self.turn
        return math.cos(angle), -math.sin(angle)

    def loaded(self, place: Stance) -> tuple[float, float]:
        """Where what is carried is: x and z."""
        x, z = self.heading(place)
        return place.x + self.carry * x, place.z + self.carry * z

    def after(self, place: Stance, action: int) -> Stance | None:
        """Where a step or a turn leads; ``None`` where something is in the way."""
        if action in {RoomAction.LEFT, RoomAction.RIGHT}:
            found = place._replace(turns=place.turns + (1 if action == RoomAction.LEFT else -1))
        else:
            length = self.step if action == RoomAction.FORWARD else -self.step
            x, z = self.heading(place)
            found = place._replace(x=place.x + length * x, z=place.z + length * z)
            if self.hits(found.x, found.z, self.radius):
                return None
        if self.load is not None and self.hits(*self.loaded(found), self.load_radius):
            return None
        return found

    def hits(self, x: float, z: float, radius: float) -> bool:
        """Whether a disc on the floor touches a wall or a thing."""
        return self._hits_wall(x, z, radius) or any(
            math.hypot(d.x - x, d.z - z) < radius + d.radius for d in self._solid
        )

    def grasped(self, place: Stance) -> Any:
        """What would be picked up there; ``None`` for nothing.

        The first thing that the hand touches is taken, and none where it touches a wall.
        """
        x, z = self.heading(place)
        reach = _GRASP * self.radius
        at = place.x + reach * x, place.z + reach * z
        radius = _GRASP_RADIUS * self.radius
        if self._hits_wall(*at, radius):
            return None
        for d in self.things:
            if math.hypot(d.x - at[0], d.z - at[1]) < radius + d.radius:
                return None if d.static else d.thing
        return None

    def _hits_wall(self, x: float, z: float, radius: float) -> bool:
        for ax, az, bx, bz in self._walls:
            dx, dz = bx - ax, bz - az
            along = ((x - ax) * dx + (z - az) * dz) / (dx * dx + dz * dz)
            along = min(1.0, max(0.0, along))
            if math.hypot(ax + along * dx - x, az + along * dz - z) < radius:
                return True
        return False
