"""Pushing a thing over the table, and letting one slide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs.panda.steering import hold_still, steer, strike

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["push", "slide"]

LOW, HIGH = 0.02, 0.12
"""Heights of the hand, in metres: pushing, and on its way past the thing."""
BEHIND = 0.055
"""How far behind the thing the hand comes down, in metres."""
CLEAR = 0.035
"""So far behind the thing the hand may move about down there."""
THERE = 0.02
"""So near to the goal a push is over."""
LANE = 0.015
"""How far beside the line to the goal the hand may push from."""
STOPS = 2.4
"""What the table takes from a cube that slides on, in m/s a second."""
BRAKE, DRAG = 0.196, 0.055
"""What the table and the engine take from a sliding puck: m/s a second, and a share of it."""
ASIDE, AT_REST = 0.028, 0.03
"""How far from its goal a puck may come to rest: across the table, and in all."""
SLOW = 0.03
"""A puck below this speed is as good as at rest, in m/s."""
TOUCH = (0.0405, 0.0507)
"""From the middle of the hand to that of a puck that it touches, along x and y."""
NEARLY = 0.004
"""So near to the puck the hand strikes."""
BLOWS = {
    (False, 0): (-0.0004, 0.0244, 0.0198, 0.0779, 0.4548, 1.7212),
    (False, 1): (0.0051, 0.0078, 0.0343, 0.0112, 0.0222, -0.3176),
    (True, 0): (0.0014, 0.0157, 0.0164, -0.009, 0.0107, 1.1593),
    (True, 1): (0.0068, 0.0085, 0.0342, 0.0219, -0.0281, -1.1778),
}
"""By whether joints are steered, and the axis: what a blow takes, by least squares over 200 of
them. Terms: 1, the speed v, v squared, x v, x squared v, and the gap; m and s. A blow from rest
is so regular that 9 in 10 of them are within 7%."""
GENTLY = 0.75
"""Of the way across the table so much is aimed at: small blows come out too strong."""
SHORT = 0.012
"""What a puck that the hand's own steering strikes falls short of what was asked, in metres."""
CALM = 0.03
"""The hand strikes from rest: below this speed, in m/s."""
AWAY, CLOSE_BY = 0.07, 0.09
"""How far behind a puck the hand comes down, and from where it creeps up to it, in metres."""


def push(simulator: Any, body: str, goal: NDArray[np.float64]) -> list[float]:
    """One action that pushes a body towards a goal."""
    thing, hand = simulator.state.place(body), simulator.state.hand()
    speed = simulator.state.speed(body)[:2]
    # Where it comes to rest if nobody pushes on.
    way = goal[:2] - thing[:2] - speed * np.hypot(*speed) / (2 * STOPS)
    left = float(np.hypot(*way))
    if left < THERE:
        return hold_still(simulator)
    ahead = way / left
    behind = hand[:2] - thing[:2]
    along = float(behind @ ahead)
    beside = behind - along * ahead
    if hand[2] < LOW + 0.03 and along < 0 and np.hypot(*beside) < LANE:
        # Slower towards the end: a thing that is pushed slides on.
        step = min(0.013, 0.003 + 0.12 * left)
        at = hand[:2] + ahead * step - beside
        return steer(simulator, np.array([*at, LOW]))
    return _go_behind(simulator, thing, hand, ahead, BEHIND)


def _go_behind(
    simulator: Any,
    thing: NDArray[np.float64],
    hand: NDArray[np.float64],
    ahead: NDArray[np.float64],
    behind: float,
) -> list[float]:
    """Over the thing, and down behind it."""
    spot = thing[:2] - behind * ahead
    clear = hand[2] < LOW + 0.03 and (hand - thing)[:2] @ ahead < -CLEAR
    if np.hypot(*(hand[:2] - spot)) < LANE or clear:
        return steer(simulator, np.array([*spot, LOW]), speed=0.5)
    if hand[2] < HIGH - 0.03:
        return steer(simulator, np.array([*hand[:2], HIGH]))
    return steer(simulator, np.array([*spot, HIGH]))


def slide(simulator: Any, body: str, goal: NDArray[np.float64]) -> list[float]:
    """One action that gives a puck the speed with which it comes to rest at a goal.

    The fingers are flat, so that they strike along x or along y: first to where the goal is
    across, and then towards it.
    """
    thing, hand = simulator.state.place(body), simulator.state.hand()
    speed = simulator.state.speed(body)[:2]
    rest = thing[:2] + speed * _coast(float(np.hypot(*speed)))
    off = goal[:2] - rest
    across = abs(off[1]) > ASIDE
    axis = 1 if across else 0
    ahead = np.zeros(2)
    ahead[axis] = np.sign(goal[axis] - thing[axis])
    there = np.hypot(*off) < AT_REST and not across
    # Done, or on its way, or past it: it is to come to rest first.
    if there or (off @ ahead < 0 < speed @ ahead) or np.hypot(*speed) > SLOW:
        return steer(simulator, np.array([*hand[:2], HIGH]), speed=0.5)
    behind = hand[:2] - thing[:2]
    along = float(behind @ ahead)
    beside = behind - along * ahead
    if not -CLOSE_BY < along < 0 or np.hypot(*beside) > LANE or hand[2] > HIGH / 2:
        return _go_behind(simulator, thing, hand, ahead, AWAY)
    if hand[2] > LOW + NEARLY:
        return steer(simulator, np.array([*hand[:2], LOW]), speed=0.5)
    gap = -along - TOUCH[axis]
    calm = np.hypot(*simulator.env.robot.get_ee_velocity()[:2]) < CALM
    if gap < NEARLY and calm and np.hypot(*beside) < 2 * NEARLY:
        left = abs(float(goal[axis] - thing[axis]))
        if across:
            left *= GENTLY
        elif not simulator.task.joints:
            left += SHORT
        way = _blow(simulator.task.joints, axis, float(thing[0]), _needed(left), gap)
        return strike(simulator, ahead * way)
    at = hand[:2] + ahead * np.clip(gap - NEARLY / 2, 0, 0.01) - beside
    return steer(simulator, np.array([*at, LOW]), speed=0.5)


def _coast(speed: float) -> float:
    """How far a puck slides on by itself, in seconds of its present speed."""
    if speed < 1e-6:  # noqa: PLR2004 - at rest
        return 0.0
    # The integral of v / (BRAKE + DRAG v) from 0 to the present speed.
    return float((speed - BRAKE / DRAG * np.log1p(DRAG * speed / BRAKE)) / DRAG / speed)


def _needed(left: float) -> float:
    """The speed with which a puck slides so far, in m/s: the inverse of `_coast`, nearly."""
    speed = np.sqrt(2 * BRAKE * left)
    return float(np.sqrt(2 * (BRAKE + DRAG * speed * 2 / 3) * left))


def _blow(joints: bool, axis: int, x: float, speed: float, gap: float) -> float:
    """How far to ask the hand to go, in metres, so that a puck takes a speed from it."""
    terms = np.array([1.0, speed, speed**2, x * speed, x**2 * speed, gap])
    return max(0.0, float(terms @ np.array(BLOWS[joints, axis])))
