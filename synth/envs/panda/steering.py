"""From where the hand should go to an action, whatever steers the arm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CLOSE", "OPEN", "hold_still", "steer", "strike"]

OPEN, CLOSE = 1.0, -1.0

_HAND_STEP, _JOINT_STEP = 0.05, 0.05
"""What an action of 1 moves: metres of the hand, or radians of a joint."""
_DOWNWARDS = np.array([1.0, 0.0, 0.0, 0.0])
"""The hand's orientation, as the package keeps it."""


def steer(
    simulator: Any, point: NDArray[np.float64], grip: float = CLOSE, speed: float = 1.0
) -> list[float]:
    """The action that brings the hand nearest to a point.

    Args:
        simulator: A Panda simulator.
        point: ``float64[3]``, in metres.
        grip: `OPEN` or `CLOSE`; left out where the fingers cannot be opened.
        speed: Share of the fastest.
    """
    hand = simulator.state.hand()
    if simulator.task.joints:
        wanted = _turns(simulator, hand + _within(point - hand, _HAND_STEP * speed))
        move = _within(wanted, _JOINT_STEP * speed) / _JOINT_STEP
    else:
        move = _within(point - hand, _HAND_STEP * speed) / _HAND_STEP
    return _action(simulator, move, grip)


def strike(simulator: Any, way: NDArray[np.float64]) -> list[float]:
    """The action that moves the hand over the table as fast as may be needed.

    Args:
        simulator: A Panda simulator.
        way: ``float64[2]``, in metres.
    """
    level = np.array([*way, 0.0])
    if not simulator.task.joints:
        return _action(simulator, _within(level, _HAND_STEP) / _HAND_STEP, CLOSE)
    # The hand may tilt for a step or two: the wrist is what makes it fast.
    turns = np.linalg.pinv(_jacobian(simulator)) @ level
    return _action(simulator, _within(turns, _JOINT_STEP) / _JOINT_STEP, CLOSE)


def hold_still(simulator: Any, grip: float = CLOSE) -> list[float]:
    """The action that moves nothing but the fingers."""
    parts = simulator.env.action_space.shape[0] - simulator.task.kind.fingers
    return _action(simulator, np.zeros(parts), grip)


def _action(simulator: Any, move: NDArray[np.float64], grip: float) -> list[float]:
    parts = [*move.tolist(), grip] if simulator.task.kind.fingers else move.tolist()
    # As the environment stores them, so that a file gives back the same action.
    return [float(np.float32(part)) for part in parts]


def _within(move: NDArray[np.float64], most: float) -> NDArray[np.float64]:
    """A move in the same direction, of which no part is larger than `most`."""
    largest = float(np.abs(move).max())
    return move if largest <= most else move * (most / largest)


def _turns(simulator: Any, point: NDArray[np.float64]) -> NDArray[np.float64]:
    """``float64[7]``: how far each joint is from where the hand would be at a point."""
    robot = simulator.env.robot
    point = np.array([*point[:2], max(float(point[2]), 0.0)])
    wanted = robot.inverse_kinematics(link=robot.ee_link, position=point, orientation=_DOWNWARDS)[
        :7
    ]
    now = np.array([robot.get_joint_angle(joint=joint) for joint in range(7)])
    turns: NDArray[np.float64] = wanted - now
    return turns


def _jacobian(simulator: Any) -> NDArray[np.float64]:
    """``float64[3, 7]``: how the hand moves as the joints turn."""
    robot, sim = simulator.env.robot, simulator.env.sim
    now = [robot.get_joint_angle(joint=int(joint)) for joint in robot.joint_indices]
    still = [0.0] * len(now)
    linear, _ = sim.physics_client.calculateJacobian(
        sim._bodies_idx["panda"],  # noqa: SLF001 - the package has no other way
        robot.ee_link,
        [0.0, 0.0, 0.0],
        now,
        still,
        still,
    )
    return np.array(linear, dtype=np.float64)[:, :7]
