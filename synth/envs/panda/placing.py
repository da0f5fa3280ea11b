"""Grasping a thing, putting it somewhere, and stacking one on another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs.panda.steering import CLOSE, OPEN, hold_still, steer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["place", "put", "stack"]

ABOVE = 0.09
"""How far above a thing the hand comes from, in metres."""
AT = 0.012
"""So near to a thing the hand can grasp it."""
REACH = 0.05
"""How far off along x the hand may go straight to a thing."""
WIDE = 0.065
"""Opening of the fingers that is clear of a thing."""
THERE = 0.012
"""So near to its place a thing is there."""
SIDE = 0.04
"""Of a cube."""
_SPOTS = np.array([[x, y, SIDE / 2] for x in (-0.12, 0.0, 0.12) for y in (-0.12, 0.0, 0.12)])
"""Where a cube that is in the way may be put."""


def place(simulator: Any, body: str, goal: NDArray[np.float64]) -> list[float]:
    """One action that grasps a body, brings it to a goal and holds it there."""
    state = simulator.state
    thing, hand = state.place(body), state.hand()
    if not (state.held(body) and np.linalg.norm(thing - hand) < 2 * AT):
        return grasp(simulator, body)
    way = goal - thing
    high = max(float(goal[2]), SIDE) + SIDE / 2
    # Up first, where the way leads along the table: something may stand there.
    if np.hypot(*way[:2]) > SIDE / 2:
        way = np.array([0, 0, high - thing[2]]) if thing[2] < high - SIDE / 2 else way
        way = np.array([*way[:2], max(way[2], high - thing[2])])
    return steer(simulator, hand + way, CLOSE, 0.6)


def put(simulator: Any, body: str, goal: NDArray[np.float64]) -> list[float]:
    """One action that brings a body to a goal, lets it go and takes the hand away."""
    state = simulator.state
    hand = state.hand()
    if np.linalg.norm(goal - state.place(body)) > THERE:
        return place(simulator, body, goal)
    if state.width() < WIDE and np.linalg.norm(state.place(body) - hand) < 2 * AT:
        return hold_still(simulator, OPEN)
    high = np.array([*hand[:2], goal[2] + ABOVE])
    return steer(simulator, high, OPEN, 0.6)


def grasp(simulator: Any, body: str) -> list[float]:
    """One action on the way to having a body between the fingers."""
    state = simulator.state
    thing, hand = state.place(body), state.hand()
    others = (one.body for one in simulator.task.kind.things if one.body != body)
    if any(state.held(other) for other in others):
        return hold_still(simulator, OPEN)
    off = thing - hand
    beside = float(np.hypot(*off[:2]))
    if beside < AT and abs(off[2]) < AT:
        return steer(simulator, thing, CLOSE, 0.3)
    # The fingers open along y, so that along x they pass by the thing.
    if abs(off[1]) < AT and abs(off[0]) < REACH and state.width() > WIDE:
        return steer(simulator, thing, OPEN, 0.5)
    if hand[2] < thing[2] + ABOVE / 2:
        # Not down here: what stands beside it would be pushed.
        return steer(simulator, np.array([*hand[:2], thing[2] + ABOVE]), OPEN)
    return steer(simulator, np.array([*thing[:2], thing[2] + ABOVE]), OPEN)


def stack(
    simulator: Any, bodies: Sequence[str], goals: Sequence[NDArray[np.float64]]
) -> list[float]:
    """One action that puts the first body in its place and then the second on it."""
    state = simulator.state
    first, second = bodies
    low, high = goals
    under, over = state.place(first), state.place(second)
    if np.linalg.norm(under - low) <= THERE:
        if state.held(first):
            return hold_still(simulator, OPEN)
        return put(simulator, second, high)
    in_the_way = np.hypot(*(over[:2] - low[:2])) < 1.5 * SIDE
    on_top = np.hypot(*(over[:2] - under[:2])) < 1.2 * SIDE and over[2] > under[2] + SIDE / 2
    if in_the_way or on_top:
        away = [min(np.hypot(*(s - low)[:2]), np.hypot(*(s - under)[:2])) for s in _SPOTS]
        return place(simulator, second, _SPOTS[int(np.argmax(away))])
    return put(simulator, first, low)
