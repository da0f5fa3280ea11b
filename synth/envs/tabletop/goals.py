"""What can be asked for on a table: goals with a margin, in metres.

A margin is above zero exactly where the goal is reached. All of them are lengths as they show
from above (or, for stacks, heights), so that a pixel's width is their resolution.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from synth.envs.tabletop.things import turned, upright

if TYPE_CHECKING:
    from synth.envs.tabletop.things import Pose, TableScene, TableThing

__all__ = ["Aligned", "All", "Goal", "Inside", "On", "Piled", "Tower"]


class Goal(Protocol):
    """What an episode asks for."""

    def margin(self, scene: TableScene) -> float:
        """Signed distance from the threshold, in metres; positive exactly where it is reached."""
        ...

    def truth(self, scene: TableScene) -> dict[str, bool]:
        """Predicates; the same names whatever the scene."""
        ...

    def deciding(self) -> tuple[TableThing, ...]:
        """The movable things whose places decide it."""
        ...


@dataclass(frozen=True, slots=True)
class Inside:
    """Every one of some things lies in one of some containers.

    Attributes:
        things: Those that must.
        containers: Bowls, boxes or squares, any of which will do.
        shut_out: Things that must not.
    """

    things: tuple[TableThing, ...]
    containers: tuple[TableThing, ...]
    shut_out: tuple[TableThing, ...] = ()

    def depth(self, scene: TableScene, thing: TableThing) -> float:
        """How far inside the nearest container it lies."""
        return max(scene.within(thing, container) for container in self.containers)

    def margin(self, scene: TableScene) -> float:
        """Of the thing that is least inside, or of the one that is least shut out."""
        inside = [self.depth(scene, thing) for thing in self.things]
        return min([*inside, *(-self.depth(scene, thing) for thing in self.shut_out)])

    def truth(self, scene: TableScene) -> dict[str, bool]:
        """``any_inside`` and ``all_inside``, of the things that must be."""
        inside = [self.depth(scene, thing) > 0 for thing in self.things]
        return {"any_inside": any(inside), "all_inside": all(inside)}

    def deciding(self) -> tuple[TableThing, ...]:
        """Those that must be inside."""
        return self.things


@dataclass(frozen=True, slots=True)
class Piled(Inside):
    """Blocks of a pile lie in a square; they are swept there, not carried."""


@dataclass(frozen=True, slots=True)
class On:
    """One thing stands on another.

    Attributes:
        upper: The one above.
        lower: The one that bears it.
    """

    upper: TableThing
    lower: TableThing

    def margin(self, scene: TableScene) -> float:
        """See `TableScene.rests_on`."""
        return scene.rests_on(self.upper, self.lower)

    def truth(self, scene: TableScene) -> dict[str, bool]:
        """``stacked``."""
        return {"stacked": self.margin(scene) > 0}

    def deciding(self) -> tuple[TableThing, ...]:
        """Both."""
        return (self.upper, self.lower)


@dataclass(frozen=True, slots=True)
class Tower:
    """Discs stand on each other in order of size, over the middle of a square.

    Attributes:
        discs: The largest, which stands below, first.
        square: Where.
        slack: How far from the square's middle a disc's may be, in metres.
    """

    discs: tuple[TableThing, ...]
    square: TableThing
    slack: float

    def offset(self, scene: TableScene, disc: TableThing) -> float:
        """How far a disc's middle is from the square's, in metres."""
        return float(np.hypot(*(scene.pose(disc).xy - scene.pose(self.square).xy)))

    def margin(self, scene: TableScene) -> float:
        """Of the disc that is least in its place."""
        return min(self._placed(scene, count) for count in range(1, len(self.discs) + 1))

    def truth(self, scene: TableScene) -> dict[str, bool]:
        """``placed_1`` to ``placed_N``: so many of the largest discs are where they shall be."""
        counts = range(1, len(self.discs) + 1)
        return {
            f"placed_{count}": all(self._placed(scene, k) > 0 for k in range(1, count + 1))
            for count in counts
        }

    def deciding(self) -> tuple[TableThing, ...]:
        """All discs."""
        return self.discs

    def _placed(self, scene: TableScene, count: int) -> float:
        """Margin of the last of the `count` largest discs."""
        disc = self.discs[count - 1]
        level = sum(2 * lower.size[2] for lower in self.discs[: count - 1]) + disc.size[2]
        height = disc.size[2] - abs(scene.pose(disc).at[2] - level)
        return float(min(self.slack - self.offset(scene, disc), height))


@dataclass(frozen=True, slots=True)
class Aligned:
    """A box-shaped thing lies in the angle of a corner mark, its sides along the bars.

    Attributes:
        thing: The one that must.
        corner: The mark; its quadrant is that of its own x and y above zero.
        slack: How far any corner of the thing may be from its place, in metres.
    """

    thing: TableThing
    corner: TableThing
    slack: float

    def places(self, scene: TableScene) -> tuple[Pose, ...]:
        """The four poses that are exactly right: it may lie either way, and either way round."""
        mark = scene.pose(self.corner)
        x, y, z = self.thing.size
        poses = []
        for quarter in range(4):
            half = (x, y) if quarter % 2 == 0 else (y, x)
            middle = turned(np.array([half]), mark.yaw)[0] + mark.xy
            x_at, y_at = (float(value) for value in middle)
            poses.append(upright(x_at, y_at, z, mark.yaw + quarter * math.pi / 2))
        return tuple(poses)

    def margin(self, scene: TableScene) -> float:
        """Of the corner that is farthest from its place, in the nearest right pose."""
        now = scene.pose(self.thing)
        corners = self.thing.hull[: len(self.thing.outline)] * [1, 1, 0]
        have = corners @ now.rotation.T + now.at
        errors = []
        for pose in self.places(scene):
            want = corners @ pose.rotation.T + pose.at
            errors.append(float(np.linalg.norm(have - want, axis=1).max()))
        return self.slack - min(errors)

    def truth(self, scene: TableScene) -> dict[str, bool]:
        """``aligned``."""
        return {"aligned": self.margin(scene) > 0}

    def deciding(self) -> tuple[TableThing, ...]:
        """The one."""
        return (self.thing,)


@dataclass(frozen=True, slots=True)
class All:
    """Several goals at once.

    Attributes:
        goals: At least one; in the order in which a mission names them.
    """

    goals: tuple[Goal, ...]

    def margin(self, scene: TableScene) -> float:
        """Of the one that is least reached."""
        return min(goal.margin(scene) for goal in self.goals)

    def truth(self, scene: TableScene) -> dict[str, bool]:
        """``part_1`` and so on: each of the goals."""
        return {f"part_{k}": goal.margin(scene) > 0 for k, goal in enumerate(self.goals, 1)}

    def deciding(self) -> tuple[TableThing, ...]:
        """Those of all of them."""
        return tuple(dict.fromkeys(t for goal in self.goals for t in goal.deciding()))
