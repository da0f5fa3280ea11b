"""The expert: reads off the scene what is left to do, and makes the next move.

It keeps nothing between two moves but its source of chance, so it can be called at any state.
Towers and piles, which take planning, are in `synth.envs.tabletop.planning`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.envs.tabletop.goals import Aligned, All, Inside, On, Piled, Tower
from synth.envs.tabletop.moves import REACH, ArmMove
from synth.envs.tabletop.packing import plan_places
from synth.envs.tabletop.planning import OFF, sweep_of, tower_step
from synth.envs.tabletop.things import HALF, WALL, separation, turned, wrapped
from synth.errors import ExpertFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from synth.envs.tabletop.goals import Goal
    from synth.envs.tabletop.simulator import TabletopSimulator
    from synth.envs.tabletop.things import TableScene, TableThing

__all__ = ["SURE", "carry", "idle", "next_move", "oracle", "spare_place"]

SURE = 0.0045
"""Margin at which the expert leaves well alone, in metres: well over a pixel."""

_STREAM = 811

_HAND = 0.003
"""Most that a thing is set off its mark each way, in metres; and turned, in radians."""
_TILT = 0.06


def oracle(simulator: TabletopSimulator) -> Iterator[list[float]]:
    """Do what the mission asks for, and then touch nothing.

    Raises:
        ExpertFailed: There is no room for what is to be done.
    """
    env = simulator.env
    rng = np.random.default_rng([_STREAM, simulator.seed])
    while True:
        move = next_move(env.goal, env.scene, rng) or idle(env.scene, rng)
        yield move.action(turns=not env.task.sweeps)


def next_move(goal: Goal, scene: TableScene, rng: np.random.Generator) -> ArmMove | None:
    """The next move towards a goal; ``None`` where it is surely reached."""
    match goal:
        case All():
            moves = (next_move(part, scene, rng) for part in goal.goals)
            return next((move for move in moves if move is not None), None)
        case Piled():
            return sweep_of(goal, scene, rng, SURE)
        case Inside():
            return _inside(goal, scene, rng)
        case On():
            return _on(goal, scene, rng)
        case Aligned():
            return _aligned(goal, scene, rng)
        case Tower():
            return _tower(goal, scene, rng)
        case _:
            raise ExpertFailed(f"nobody knows how to reach a {type(goal).__name__}.")


def carry(
    scene: TableScene,
    thing: TableThing,
    to: NDArray[np.float64],
    yaw: float,
    rng: np.random.Generator,
) -> ArmMove:
    """Take a thing somewhere; what stands on it is taken away first.

    Args:
        scene: As it is now.
        thing: A movable one.
        to: ``float[2]``: where its middle shall come to lie.
        yaw: How it shall be turned.
        rng: Decides at which point near its middle it is taken.
    """
    burden = _burden(scene, thing)
    if burden is not None:
        return carry(scene, burden, spare_place(scene, burden, rng), scene.pose(burden).yaw, rng)
    pose = scene.pose(thing)
    grip = turned(rng.uniform(-0.3, 0.3, (1, 2)) * thing.size[:2], pose.yaw)[0]
    turn = wrapped(yaw - pose.yaw)
    start, end = pose.xy + grip, to + turned(grip[None], turn)[0]
    return ArmMove((float(start[0]), float(start[1])), (float(end[0]), float(end[1])), turn)


def spare_place(
    scene: TableScene, thing: TableThing, rng: np.random.Generator
) -> NDArray[np.float64]:
    """``float[2]``: a place on the bare table for a thing.

    Raises:
        ExpertFailed: There is none.
    """
    reach = HALF - thing.radius - WALL
    outline = turned(thing.outline, scene.pose(thing).yaw)
    others = [scene.footprint(other) for other in scene.things if other.key != thing.key]
    for _ in range(400):
        spot: NDArray[np.float64] = rng.uniform(-reach, reach, 2)
        if all(separation(outline + spot, other) > WALL for other in others):
            return spot
    raise ExpertFailed(f"there is no room on the table for the {thing.name}.")


def idle(scene: TableScene, rng: np.random.Generator) -> ArmMove:
    """A move that touches nothing."""
    for _ in range(400):
        spot = rng.uniform(-REACH, REACH, 2)
        dot = spot + np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * WALL
        if all(separation(dot, scene.footprint(thing)) > WALL for thing in scene.things):
            at = (float(spot[0]), float(spot[1]))
            return ArmMove(at, at)
    raise ExpertFailed("there is no bare place on the table.")


def _inside(goal: Inside, scene: TableScene, rng: np.random.Generator) -> ArmMove | None:
    for thing in goal.shut_out:
        if goal.depth(scene, thing) > -SURE:
            return carry(scene, thing, spare_place(scene, thing, rng), scene.pose(thing).yaw, rng)
    left = [thing for thing in goal.things if goal.depth(scene, thing) < SURE]
    if not left:
        return None
    plan = plan_places(scene, left, goal.containers, rng)
    if plan is not None:
        return carry(scene, plan.thing, plan.at, plan.yaw, rng)
    inside = [thing for thing in goal.things if thing not in left]
    if not inside:
        raise ExpertFailed(f"there is no room for the {left[0].name}.")
    out = inside[int(rng.integers(len(inside)))]
    return carry(scene, out, spare_place(scene, out, rng), scene.pose(out).yaw, rng)


def _on(goal: On, scene: TableScene, rng: np.random.Generator) -> ArmMove | None:
    if goal.margin(scene) >= SURE:
        return None
    base = scene.pose(goal.lower)
    burden = _burden(scene, goal.lower)
    if burden is not None and burden.key != goal.upper.key:
        return carry(scene, burden, spare_place(scene, burden, rng), scene.pose(burden).yaw, rng)
    return carry(scene, goal.upper, base.xy + _unsteady(rng), base.yaw, rng)


def _tower(goal: Tower, scene: TableScene, rng: np.random.Generator) -> ArmMove | None:
    squares = tuple(thing for thing in scene.things if thing.kind == "square")
    step = tower_step(goal, scene, squares, SURE)
    if step is None:
        return None
    disc, square = step
    yaw = scene.pose(disc).yaw
    if square == OFF:
        return carry(scene, disc, spare_place(scene, disc, rng), yaw, rng)
    return carry(scene, disc, scene.pose(squares[square]).xy + _unsteady(rng), yaw, rng)


def _aligned(goal: Aligned, scene: TableScene, rng: np.random.Generator) -> ArmMove | None:
    if goal.margin(scene) >= SURE:
        return None
    now = scene.pose(goal.thing)
    for other in scene.movable():
        apart = separation(scene.footprint(other), scene.footprint(goal.corner))
        if other.key != goal.thing.key and apart < 0:
            return carry(scene, other, spare_place(scene, other, rng), scene.pose(other).yaw, rng)
    pose = min(goal.places(scene), key=lambda place: abs(wrapped(place.yaw - now.yaw)))
    tilt = float(rng.uniform(-_TILT, _TILT))
    return carry(scene, goal.thing, pose.xy + _unsteady(rng), pose.yaw + tilt, rng)


def _unsteady(rng: np.random.Generator) -> NDArray[np.float64]:
    """``float[2]``: how far off its mark the hand is, in metres."""
    off: NDArray[np.float64] = rng.uniform(-_HAND, _HAND, 2)
    return off


def _burden(scene: TableScene, thing: TableThing) -> TableThing | None:
    """The highest thing that stands over another."""
    height, area = scene.pose(thing).at[2], scene.footprint(thing)
    above = [
        other
        for other in scene.movable()
        if scene.pose(other).at[2] > height + other.size[2]
        and separation(scene.footprint(other), area) < 0
    ]
    return max(above, key=lambda other: float(scene.pose(other).at[2]), default=None)
