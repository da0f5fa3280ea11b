"""The expert: reads off the scene what is left to do, and makes the next move.

It keeps nothing between two moves but its source of chance, so it can be called at any state.
Towers and piles, which take planning, are in `synth.envs.tabletop.planning`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from synth.envs.tabletop.goals import Aligned, All, Inside, On
from synth.envs.tabletop.moves import REACH, ArmMove
from synth.envs.tabletop.things import FLAT, HALF, ROUND, WALL, separation, turned, wrapped
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
_CLEAR = 0.012
_FREE = 0.003
_STEPS = 9


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
        case Inside():
            return _inside(goal, scene, rng)
        case On():
            return _on(goal, scene, rng)
        case Aligned():
            return _aligned(goal, scene, rng)
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
    # Large ones first: the small ones find room between them.
    largest = max(thing.radius for thing in left)
    thing = rng.choice(np.array([t for t in left if t.radius == largest], dtype=object))
    places = [_room(scene, thing, container, rng) for container in goal.containers]
    score, to, yaw = max(places, key=lambda place: place[0])
    if score < 0:
        raise ExpertFailed(f"there is no room for the {thing.name}.")
    return carry(scene, thing, to, yaw, rng)


def _room(
    scene: TableScene, thing: TableThing, container: TableThing, rng: np.random.Generator
) -> tuple[float, NDArray[np.float64], float]:
    """How much room there is around a place for a thing in a container, that place, and its turn.

    Where there is plenty, a place is drawn at random. In boxes things go as near to a corner as
    they can, so that there is room for more.
    """
    pose, others = scene.pose(container), _inhabitants(scene, thing, container)
    inner = np.array(container.size[:2]) - (0.0 if container.kind in FLAT else WALL)
    free = thing.kind in ROUND or container.kind in ROUND
    found = []
    for quarter in range(1 if free else 2):
        yaw = pose.yaw + (rng.uniform(-math.pi, math.pi) if free else quarter * math.pi / 2)
        outline = turned(thing.outline, yaw)
        for shares in np.ndindex(_STEPS, _STEPS):
            local = (np.array(shares) * 2 / (_STEPS - 1) - 1) * inner
            spot = turned(local[None], pose.yaw)[0] + pose.xy
            gap = _wall(outline + spot, container, pose.xy, pose.yaw, inner)
            for other in others:
                if gap > _FREE:
                    gap = min(gap, separation(outline + spot, other))
            found.append((gap, local, spot, yaw))
    best = max(gap for gap, *_ in found)
    if container.kind in ROUND or container.kind in FLAT:
        wide = [place for place in found if place[0] >= min(best, _CLEAR)]
        gap, _, spot, yaw = wide[int(rng.integers(len(wide)))]
    else:
        fits = [place for place in found if place[0] >= min(best, _FREE)]
        gap, _, spot, yaw = min(fits, key=lambda place: float(place[1].sum()))
    return gap, spot, wrapped(yaw)


def _wall(
    outline: NDArray[np.float64],
    container: TableThing,
    middle: NDArray[np.float64],
    yaw: float,
    inner: NDArray[np.float64],
) -> float:
    if container.kind in ROUND:
        return float(inner[0] - np.hypot(*(outline - middle).T).max())
    return float((inner - np.abs(turned(outline - middle, -yaw)).max(axis=0)).min())


def _inhabitants(
    scene: TableScene, thing: TableThing, container: TableThing
) -> list[NDArray[np.float64]]:
    area = scene.footprint(container)
    others = (scene.footprint(other) for other in scene.movable() if other.key != thing.key)
    return [other for other in others if separation(other, area) < 0]


def _on(goal: On, scene: TableScene, rng: np.random.Generator) -> ArmMove | None:
    if goal.margin(scene) >= SURE:
        return None
    base = scene.pose(goal.lower)
    burden = _burden(scene, goal.lower)
    if burden is not None and burden.key != goal.upper.key:
        return carry(scene, burden, spare_place(scene, burden, rng), scene.pose(burden).yaw, rng)
    return carry(scene, goal.upper, base.xy, base.yaw, rng)


def _aligned(goal: Aligned, scene: TableScene, rng: np.random.Generator) -> ArmMove | None:
    if goal.margin(scene) >= SURE:
        return None
    now = scene.pose(goal.thing)
    for other in scene.movable():
        apart = separation(scene.footprint(other), scene.footprint(goal.corner))
        if other.key != goal.thing.key and apart < 0:
            return carry(scene, other, spare_place(scene, other, rng), scene.pose(other).yaw, rng)
    pose = min(goal.places(scene), key=lambda place: abs(wrapped(place.yaw - now.yaw)))
    return carry(scene, goal.thing, pose.xy, pose.yaw, rng)


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
