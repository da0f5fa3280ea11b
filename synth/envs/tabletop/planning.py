"""How the expert builds towers and sweeps piles: the moves that take planning."""

from __future__ import annotations

import itertools
import math
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from synth.envs.tabletop.moves import BEYOND, ArmMove
from synth.envs.tabletop.things import separation, turned
from synth.envs.tabletop.world import PLATE
from synth.errors import ExpertFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.envs.tabletop.goals import Piled, Tower
    from synth.envs.tabletop.things import TableScene, TableThing

__all__ = ["OFF", "sweep_of", "tower_step"]

OFF = -1
"""The place of a disc that stands on no square."""

Places = tuple[int, ...]

_ASIDE = [math.radians(angle) for angle in (0, 20, -20, 45, -45, 75, -75, 105, -105)]
_BEHIND = 0.005
_SHORT = 0.02
_ALONG = 0.06
_SHIFTS = (0.0, 0.016, -0.016)
_OTHERWISE = 0.25


def tower_step(
    goal: Tower, scene: TableScene, squares: tuple[TableThing, ...], sure: float
) -> tuple[TableThing, int] | None:
    """The next disc to carry and the square it goes to, or `OFF`; ``None`` where all is done.

    Args:
        goal: What is asked for.
        scene: As it is now.
        squares: On which a disc may be set.
        sure: Margin at which a disc counts as standing on its square.

    Raises:
        ExpertFailed: No moves lead there.
    """
    if goal.margin(scene) >= sure:
        return None
    places = tuple(_place(goal, scene, disc, squares, sure) for disc in goal.discs)
    for square in range(len(squares)):
        there = [disc for disc, at in zip(goal.discs, places, strict=True) if at == square]
        upwards = sorted(there, key=lambda disc: float(scene.pose(disc).at[2]))
        if upwards != there:
            return upwards[-1], OFF  # a larger one stands on a smaller: clear it away
    target = tuple(squares.index(goal.square) for _ in goal.discs)
    before: dict[Places, tuple[Places, int, int]] = {}
    queue = deque([places])
    while queue:
        state = queue.popleft()
        if state == target:
            while before[state][0] != places:
                state = before[state][0]
            _, disc, square = before[state]
            return goal.discs[disc], square
        for after, disc, square in _next(state, len(squares)):
            if after not in before and after != places:
                before[after] = (state, disc, square)
                queue.append(after)
    raise ExpertFailed("no moves lead to the tower.")


def _next(state: Places, squares: int) -> Iterator[tuple[Places, int, int]]:
    """The states that one legal move leads to, the disc that moves and its square."""
    for disc, at in enumerate(state):
        smaller = set(state[disc + 1 :])
        if at != OFF and at in smaller:
            continue  # a smaller one stands on it
        for square in range(squares):
            if square not in {at, *smaller}:
                yield (*state[:disc], square, *state[disc + 1 :]), disc, square


def _place(
    goal: Tower,
    scene: TableScene,
    disc: TableThing,
    squares: tuple[TableThing, ...],
    sure: float,
) -> int:
    middle = scene.pose(disc).xy
    for number, square in enumerate(squares):
        if np.hypot(*(middle - scene.pose(square).xy)) <= goal.slack - sure:
            return number
    return OFF


def sweep_of(
    goal: Piled, scene: TableScene, rng: np.random.Generator, sure: float
) -> ArmMove | None:
    """A sweep that brings the block that is farthest out into the square.

    Raises:
        ExpertFailed: The plate fits behind none of the blocks.
    """
    left = [thing for thing in goal.things if goal.depth(scene, thing) < sure]
    if not left:
        return None
    (square,) = goal.containers
    middle = scene.pose(square).xy
    left.sort(key=lambda thing: goal.depth(scene, thing))
    if rng.random() < _OTHERWISE:
        # Two blocks that push each other out, from opposite sides, would do so for ever.
        left = [left[int(k)] for k in rng.permutation(len(left))]
    for thing, aside, shift in itertools.product(left, _ASIDE, _SHIFTS):
        at = scene.pose(thing).xy
        away = math.atan2(*(middle - at)[::-1])
        heading = away + aside + float(rng.uniform(-0.05, 0.05))
        way = np.array([math.cos(heading), math.sin(heading)])
        across = shift * np.array([-way[1], way[0]])
        start = _behind(scene, at + across, way, heading, thing.radius)
        if start is None:
            continue
        # Far enough to lie inside, and little farther: there are others.
        enough = 1.5 * (sure - goal.depth(scene, thing)) + float(rng.uniform(0.008, 0.02))
        length = min(max(float((middle - at) @ way) - _SHORT, 0.02), enough)
        if abs(aside) > 1:
            length = _ALONG
        end = np.clip(at + across + way * (length - PLATE[0] - thing.size[0]), -BEYOND, BEYOND)
        return ArmMove((float(start[0]), float(start[1])), (float(end[0]), float(end[1])))
    raise ExpertFailed("the plate fits behind none of the blocks.")


def _behind(
    scene: TableScene, at: np.ndarray, way: np.ndarray, heading: float, radius: float
) -> np.ndarray | None:
    """Where the plate can come down behind a block, as near to it as it can."""
    plate = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * PLATE[:2]
    for back in np.arange(0.0, 0.08, 0.005):
        start = at - way * (radius + PLATE[0] + _BEHIND + back)
        if np.abs(start).max() > BEYOND:
            return None
        outline = turned(plate, heading) + start
        if all(separation(outline, scene.footprint(t)) > _BEHIND / 2 for t in scene.movable()):
            return start
    return None
