"""What a room asks for, read from its environment: go to a thing, take it, or put it by another.

Each environment of MiniWorld's own says it in its own attributes, and so it is told by class;
synth's own have an `Errand` as their ``errand``. An environment of neither kind has none: its
success is then its own word, and nothing measures how far it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

__all__ = ["Errand", "errand_of", "gap"]

ErrandKind = Literal["find", "lift", "put_next"]

_FIND = {"FourRooms", "Hallway", "Maze", "OneRoom", "ThreeRooms", "TMaze", "WallGap", "YMaze"}
"""MiniWorld's classes that end near ``env.box``."""


@dataclass(frozen=True, eq=False, slots=True)
class Errand:
    """What is to be done.

    Attributes:
        verb: ``find``: be near a thing; ``lift``: carry it; ``put_next``: have it lie near
            another.
        thing: What it is about; ``None`` where nothing is left to do.
        other: What it is put next to.
        reach: How far apart two things may be, edge to edge, and be near: metres.
        vanishes: Whether a thing that is taken is gone.
    """

    verb: ErrandKind
    thing: Any
    other: Any = None
    reach: float = 0.0
    vanishes: bool = False

    def done(self, env: Any) -> bool:
        """Whether it is, at this moment."""
        if self.verb == "lift":
            return self.thing is None if self.vanishes else env.agent.carrying is self.thing
        if self.verb == "put_next" and env.agent.carrying is not None:
            return False
        return self._apart(env) < self._limit(env)

    def margin(self, env: Any) -> float | None:
        """Metres by which it is done or not; positive exactly where it is.

        ``None`` for lifting: a thing is in hand or it is not.
        """
        if self.verb == "lift":
            return None
        inside = self._limit(env) - self._apart(env)
        carried = env.agent.carrying
        if self.verb == "put_next" and carried is not None:
            # It has to come down first, and by that much.
            return min(inside, -float(carried.pos[1]))
        return inside

    @property
    def deciding(self) -> tuple[Any, ...]:
        """The things that a picture must show to tell; ``None`` for one that is gone."""
        return (self.thing,) if self.verb != "put_next" else (self.thing, self.other)

    def _limit(self, env: Any) -> float:
        return float(self.thing.radius + self._end(env).radius + self.reach)

    def _apart(self, env: Any) -> float:
        return float(np.linalg.norm(self.thing.pos - self._end(env).pos))

    def _end(self, env: Any) -> Any:
        return env.agent if self.verb == "find" else self.other


def errand_of(env: Any) -> Errand | None:
    """What an unwrapped environment asks for; ``None`` where that is not known."""
    own = getattr(env, "errand", None)
    if isinstance(own, Errand):
        return own
    kinds = {kind.__name__ for kind in type(env).__mro__ if _is_miniworlds(kind)}
    # As `MiniWorldEnv.near` has it.
    reach = 1.1 * env.max_forward_step
    if "PutNext" in kinds:
        return Errand("put_next", env.red_box, env.yellow_box, reach)
    if "PickupObjects" in kinds:
        left = [e for e in env.entities if e is not env.agent]
        thing = min(left, key=lambda e: gap(env.agent, e), default=None)
        return Errand("lift", thing, vanishes=True)
    if kinds & _FIND:
        return Errand("find", env.box, reach=reach)
    return None


def gap(one: Any, two: Any) -> float:
    """Metres between two entities, edge to edge, on the floor."""
    apart = float(np.hypot(one.pos[0] - two.pos[0], one.pos[2] - two.pos[2]))
    return apart - float(one.radius + two.radius)


def _is_miniworlds(kind: type) -> bool:
    return kind.__module__.startswith("miniworld.envs.")
