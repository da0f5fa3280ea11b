"""Goals a little other than the mission's, and moves a little off: what near misses are made of."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

import numpy as np

from synth.envs.tabletop.goals import Aligned, All, Inside, On, Piled, Tower
from synth.envs.tabletop.moves import ArmMove
from synth.envs.tabletop.things import TableScene, turned, upright
from synth.errors import ExpertFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.envs.tabletop.goals import Goal
    from synth.envs.tabletop.things import TableThing

__all__ = ["displaced", "exchanged", "places_of", "replaced"]

_NEAR = (0.004, 0.014)
"""How far outside a displaced move ends, in metres."""

_STEP = 0.001
_FARTHEST = 0.12
_TILT = math.radians(30)


def replaced(goal: Goal, old: TableThing, new: TableThing) -> Goal:
    """The same goal about another thing or another place."""

    def swap(things: tuple[TableThing, ...]) -> tuple[TableThing, ...]:
        return tuple(new if thing == old else thing for thing in things)

    match goal:
        case All():
            return All(tuple(replaced(part, old, new) for part in goal.goals))
        case Inside():
            out = tuple(thing for thing in goal.shut_out if thing != new)
            return dataclasses.replace(
                goal, things=swap(goal.things), containers=swap(goal.containers), shut_out=out
            )
        case On():
            upper, lower = swap((goal.upper, goal.lower))
            return On(upper, lower)
        case Aligned():
            thing, corner = swap((goal.thing, goal.corner))
            return dataclasses.replace(goal, thing=thing, corner=corner)
        case Tower():
            (square,) = swap((goal.square,))
            return dataclasses.replace(goal, discs=swap(goal.discs), square=square)
        case _:
            raise ExpertFailed(f"a {type(goal).__name__} cannot be asked for otherwise")


def exchanged(goal: Goal) -> Goal | None:
    """The goal with the roles of two of its things exchanged; ``None`` where none have any."""
    match goal:
        case On():
            return On(goal.lower, goal.upper)
        case All(goals=(first, *_)) if isinstance(first, On):
            top = goal.deciding()[-1] if len(goal.goals) > 1 else first.upper
            return _exchanged(goal, first.lower, top)
        case All(goals=(first, second, *_)):
            return _exchanged(goal, first.deciding()[0], second.deciding()[0])
        case _:
            return None


def _exchanged(goal: Goal, one: TableThing, other: TableThing) -> Goal:
    stand_in = dataclasses.replace(one, key="")
    return replaced(replaced(replaced(goal, one, stand_in), other, one), stand_in, other)


def places_of(goal: Goal) -> tuple[TableThing, ...]:
    """The fixed things at which a goal wants something."""
    match goal:
        case All():
            return tuple(dict.fromkeys(place for part in goal.goals for place in places_of(part)))
        case Inside():
            return goal.containers
        case Aligned():
            return (goal.corner,)
        case Tower():
            return (goal.square,)
        case _:
            return ()


def displaced(goal: Goal, scene: TableScene, move: ArmMove, rng: np.random.Generator) -> ArmMove:
    """A move that would reach a goal, ending just outside, in a direction drawn at random.

    Raises:
        ExpertFailed: However far off it ends, it reaches the goal.
    """
    if isinstance(goal, Piled):
        share = float(rng.uniform(0.5, 0.95))
        start, end = np.array(move.start), np.array(move.end)
        to = start + share * (end - start)
        return ArmMove(move.start, (float(to[0]), float(to[1])))
    thing = _taken(scene, move)
    enough = float(rng.uniform(*_NEAR))
    angle = float(rng.uniform(-math.pi, math.pi))
    way = np.array([math.cos(angle), math.sin(angle)])
    tilt = float(rng.uniform(-_TILT, _TILT)) if isinstance(goal, Aligned) else 0.0
    for far in np.arange(0.0, _FARTHEST, _STEP):
        share = min(1.0, far / 0.02)
        end = np.array(move.end) + far * way
        off = ArmMove(move.start, (float(end[0]), float(end[1])), move.turn + share * tilt)
        if _foreseen(goal, scene, thing, off) < -enough:
            return off
    raise ExpertFailed("no place nearby is wrong")


def _foreseen(goal: Goal, scene: TableScene, thing: TableThing, move: ArmMove) -> float:
    """The margin as it will show from above once the move is made, if all stays upright."""
    pose = scene.pose(thing)
    grip = turned((pose.xy - np.array(move.start))[None], move.turn)[0]
    x, y = (float(value) for value in np.array(move.end) + grip)
    worst = math.inf
    for part in _parts(goal):
        if thing not in part.deciding():
            continue
        z = float(pose.at[2])
        if isinstance(part, On) and part.upper == thing:
            z = float(scene.pose(part.lower).at[2]) + part.lower.size[2] + thing.size[2]
        elif isinstance(part, Tower):
            below = part.discs[: part.discs.index(thing)]
            z = sum(2 * disc.size[2] for disc in below) + thing.size[2]
        poses = {**scene.poses, thing.key: upright(x, y, z, pose.yaw + move.turn)}
        worst = min(worst, part.margin(TableScene(scene.things, poses)))
    return worst


def _parts(goal: Goal) -> Iterator[Goal]:
    if isinstance(goal, All):
        for part in goal.goals:
            yield from _parts(part)
    else:
        yield goal


def _taken(scene: TableScene, move: ArmMove) -> TableThing:
    """The thing that a move takes up."""
    at = np.array(move.start)
    return min(
        scene.movable(),
        key=lambda thing: float(
            np.hypot(*(scene.pose(thing).xy - at)) - 10 * scene.pose(thing).at[2]
        ),
    )
