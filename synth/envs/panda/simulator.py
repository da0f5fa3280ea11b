"""One Panda environment, drawn from its cameras, with truth and margins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs.base import UNDRAWN, PlainSimulator, TimeStep
from synth.envs.gymnasium.actions import from_json, nudged, random_action
from synth.envs.panda.camera import Camera
from synth.envs.panda.making import FreshPanda
from synth.envs.panda.state import PandaState
from synth.envs.panda.tasks import task_of
from synth.envs.panda.views import Views
from synth.errors import IllegalAction

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synth.envs.panda.tasks import PandaTask
    from synth.spec import Spec

__all__ = ["PandaSimulator"]


class PandaSimulator(PlainSimulator):
    """One Panda environment.

    Args:
        spec: Whose ``env``, ``render`` and ``options`` it follows.

    Attributes:
        spec: As given.
        task: What the spec asks for.
        views: Where the cameras stand.
        state: Of the present moment; experts read it.

    Raises:
        SpecError: The spec asks for what the family cannot do.
    """

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.task: PandaTask = task_of(spec)
        self.views = Views.of(spec, self.task.kind)
        self._camera = Camera(self.views)
        self._env = FreshPanda(self.task)
        self._parts = len(self.random_action(np.random.default_rng(0)))
        self._bodies = tuple(thing.body for thing in self.task.kind.things)
        self.state = PandaState(self._env.world, self.task)

    @property
    def env(self) -> Any:
        """The package's own environment of this episode; experts may read its state."""
        return self._env.world

    def reset(self, seed: int, *, draw: bool = True) -> TimeStep:
        """Begin the episode of that seed; see `synth.envs.base.Simulator.reset`."""
        self._env.reset(seed=seed)
        self.state = PandaState(self._env.world, self.task)
        return self._time_step(0.0, draw=draw)

    def step(self, action: Any, *, draw: bool = True) -> TimeStep:
        """Apply one action; see `synth.envs.base.Simulator.step`."""
        space = self._env.action_space
        try:
            native = from_json(space, action)
        except (TypeError, ValueError, OverflowError) as error:
            raise IllegalAction(
                f"{self.spec.env} has no action {action!r}; an action is a list of "
                f"{self._parts} numbers from -1 to 1.",
                action=action,
            ) from error
        _, reward, _, _, _ = self._env.step(native)
        # The package says terminated at every success, and goes on: no real end.
        return self._time_step(reward, draw=draw)

    def random_action(self, rng: np.random.Generator) -> Any:
        """Any action, drawn uniformly."""
        return random_action(self._env.action_space, rng)

    def actions(self) -> tuple[Any, ...] | None:
        """None: there is no end of them."""
        return None

    def nudged(self, action: Any, rng: np.random.Generator, size: float) -> Any:
        """An action near another; see `synth.envs.base.Nudged.nudged`."""
        return nudged(self._env.action_space, action, rng, size)

    def picture(self) -> NDArray[np.uint8]:
        """The present moment; see `synth.envs.base.Pictured.picture`."""
        return self._camera.picture(self._env.world)

    def resolution(self) -> float | None:
        """What a pixel shows across, in metres."""
        return self.views.pixel

    def close(self) -> None:
        """End the simulation."""
        self._env.close()

    def _time_step(self, reward: float, *, draw: bool) -> TimeStep:
        state = self.state
        state.take()
        frame, seen = self._camera.look(self.env, self._bodies) if draw else (UNDRAWN, None)
        return TimeStep(
            frame=frame,
            reward=reward,
            success=state.margin > 0,
            done=False,
            truth=state.truth(),
            margin=state.margin,
            seen=seen,
        )
