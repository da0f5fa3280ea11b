"""What is so in a world: places, grips, predicates and the margin. Truth, never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synth.envs.panda.tasks import PandaTask, PandaThing

__all__ = ["PandaState"]

_NEAR, _MOVED, _LIFTED, _HAND_NEAR = 0.06, 0.01, 0.015, 0.1
_FINGERS = (9, 10)


class PandaState:
    """Reads a world.

    Args:
        world: The package's environment, after its reset.
        task: What it is about.

    Attributes:
        margin: The threshold less the distance that the task measures, in metres.
    """

    def __init__(self, world: Any, task: PandaTask) -> None:
        self.world, self.task = world, task
        self._first = {thing.body: self.place(thing.body) for thing in task.kind.things}
        self.margin = 0.0
        self.take()

    def take(self) -> None:
        """Measure the margin anew, as the package measures success."""
        # The package compares rounded places with exact goals; so does the margin.
        achieved = self.world.task.get_achieved_goal().astype(np.float32)
        distance = np.linalg.norm(achieved - self.world.task.get_goal(), axis=-1)
        self.margin = float(self.task.threshold - distance)

    def place(self, body: str) -> NDArray[np.float64]:
        """``float64[3]``: where a body is, in metres."""
        return np.array(self.world.sim.get_base_position(body), dtype=np.float64)

    def speed(self, body: str) -> NDArray[np.float64]:
        """``float64[3]``, in metres a second."""
        return np.array(self.world.sim.get_base_velocity(body), dtype=np.float64)

    def hand(self) -> NDArray[np.float64]:
        """``float64[3]``: the point between the fingertips."""
        return np.array(self.world.robot.get_ee_position(), dtype=np.float64)

    def goals(self) -> tuple[NDArray[np.float64], ...]:
        """Where each thing belongs; where the hand does, if there are none."""
        whole = np.array(self.world.task.get_goal(), dtype=np.float64)
        return tuple(whole[at : at + 3] for at in range(0, len(whole), 3))

    def width(self) -> float:
        """How far the fingers are open, in metres."""
        return float(self.world.robot.get_fingers_width())

    def held(self, body: str) -> bool:
        """Whether both fingers touch a body."""
        sim = self.world.sim
        arm, other = sim._bodies_idx["panda"], sim._bodies_idx[body]  # noqa: SLF001 - the package has no other way
        return all(sim.physics_client.getContactPoints(arm, other, link) for link in _FINGERS)

    def truth(self) -> dict[str, bool]:
        """Predicates of the present moment."""
        hand, goals, things = self.hand(), self.goals(), self.task.kind.things
        if not things:
            return {"hand_near_target": bool(np.linalg.norm(hand - goals[0]) < _HAND_NEAR)}
        told: dict[str, bool] = {}
        for thing, goal in zip(things, goals, strict=True):
            told.update(self._of(thing, goal, hand))
        return told

    def _of(
        self, thing: PandaThing, goal: NDArray[np.float64], hand: NDArray[np.float64]
    ) -> dict[str, bool]:
        place, word = self.place(thing.body), thing.word.replace(" ", "_")
        told = {
            f"hand_at_{word}": bool(np.linalg.norm(hand - place) < _NEAR),
            f"{word}_moved": bool(np.linalg.norm(place - self._first[thing.body]) > _MOVED),
        }
        if self.task.kind.fingers:
            told[f"{word}_held"] = self.held(thing.body)
            told[f"{word}_lifted"] = bool(place[2] > thing.half + _LIFTED)
        if len(self.task.kind.things) > 1:
            near = self.task.threshold / len(self.task.kind.things)
            told[f"{word}_placed"] = bool(np.linalg.norm(place - goal) < near)
        return told
