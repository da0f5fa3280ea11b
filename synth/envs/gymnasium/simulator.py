"""One Gymnasium environment as a `Simulator`.

It has no backdrop and no truth, since nothing general is known of its state. Its actions can
be listed where they are few, and nudged where they are numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium

from synth.envs.base import UNDRAWN, PlainSimulator, TimeStep
from synth.envs.gymnasium.actions import every_action, from_json, has_numbers, nudged, random_action
from synth.envs.gymnasium.making import Maker, missing, without_window
from synth.envs.gymnasium.margins import find_margin
from synth.envs.gymnasium.pictures import Pictures
from synth.envs.gymnasium.success import Came, Condition, StepOutcome, parse_condition
from synth.envs.words import mission_reader
from synth.errors import EnvironmentFault, IllegalAction, SynthError

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from synth.spec import Spec

__all__ = ["GymnasiumSimulator", "NumericSimulator", "simulator_of"]

_ONLY_DRAW = (
    "gymnasium.envs.classic_control.",
    "gymnasium.envs.toy_text.cliffwalking",
    "gymnasium.envs.toy_text.frozen_lake",
)
"""Modules whose environments stay what they are when they are drawn."""


class GymnasiumSimulator(PlainSimulator):
    """Any environment that draws RGB arrays.

    Args:
        spec: Whose ``env``, ``max_steps``, ``render``, ``options`` and ``success`` it follows.
        condition: What counts as success; read from the spec unless given.

    Attributes:
        outcome: What the last reset or step returned; experts may read its observation.
        seed: Of the present episode.

    Raises:
        SpecError: The spec names what does not exist.
        EnvironmentFault: The environment cannot be made, or draws no RGB pictures.
    """

    def __init__(self, spec: Spec, condition: Condition | None = None) -> None:
        self.spec = spec
        self.outcome: StepOutcome | None = None
        self.seed = spec.seed
        self._came = Came()
        self._condition = condition or parse_condition(spec)
        self._pictures = Pictures.of(spec)
        self._maker = Maker(spec)
        self._shape: tuple[int, ...] | None = None
        self._margin = find_margin(spec)
        self._read_mission = mission_reader(spec)
        self._mission: str | None = None
        self._wrapped = self._maker.make(spec.seed)
        # Taxi turns its cab while it is drawn, so a step that was not drawn would change the
        # pictures after it. Only where that is known not to happen is drawing left out.
        self._only_draws = type(self.env).__module__.startswith(_ONLY_DRAW)

    @property
    def env(self) -> Any:
        """The environment itself, unwrapped; experts may read its state."""
        return self._wrapped.unwrapped

    def reset(self, seed: int, *, draw: bool = True) -> TimeStep:
        """Begin the episode of that seed; see `synth.envs.base.Simulator.reset`."""
        self.seed = seed
        if self._maker.seeded:
            # The old one goes first: closing a pygame environment shuts down all of pygame.
            self._wrapped.close()
            self._wrapped = self._maker.make(seed)
        with without_window():
            observation, info = self._run(lambda: self._wrapped.reset(seed=seed), f"seed {seed}")
            self.outcome = StepOutcome(
                observation, reward=None, terminated=False, truncated=False, info=info
            )
            self._came = Came()
            self._came.see(self.outcome)
            if self._read_mission is not None:
                self._mission = self._read_mission(self.env, observation, info)
            return self._time_step(0.0, done=False, draw=draw)

    def step(self, action: Any, *, draw: bool = True) -> TimeStep:
        """Apply one action; see `synth.envs.base.Simulator.step`."""
        if self.outcome is None:
            raise EnvironmentFault(f"{self.spec.env} was stepped before it was reset.")
        space = self._wrapped.action_space
        try:
            native = from_json(space, action)
        except (TypeError, ValueError, OverflowError) as error:
            raise IllegalAction(
                f"{self.spec.env} has no action {action!r}; its actions are {space}.",
                action=action,
            ) from error
        # The first picture of all may be this step's.
        with without_window():
            observation, reward, terminated, truncated, info = self._run(
                lambda: self._wrapped.step(native), f"action {action!r}"
            )
            self.outcome = StepOutcome(
                observation, float(reward), bool(terminated), bool(truncated), info
            )
            self._came.see(self.outcome)
            return self._time_step(float(reward), done=bool(terminated or truncated), draw=draw)

    def random_action(self, rng: np.random.Generator) -> Any:
        """Any action of the space, drawn uniformly."""
        return random_action(self._wrapped.action_space, rng)

    def actions(self) -> tuple[Any, ...] | None:
        """All actions where they are few; see `synth.envs.base.Enumerable.actions`."""
        return every_action(self._wrapped.action_space)

    def observation(self) -> Any:
        """What the last reset or step told; see `synth.envs.observed.Observed.observation`."""
        if self.outcome is None:
            raise EnvironmentFault(f"{self.spec.env} was not reset.")
        return self.outcome.observation

    def unmet(self) -> str:
        """Why there was no success; see `synth.envs.finding.Conditioned`."""
        return f"success.when: {self._came.instead_of(self._condition.text)}"

    def resolution(self) -> float | None:
        """``success.pixel`` of the spec; see `synth.envs.base.Simulator.resolution`."""
        return self.spec.success.pixel

    def mission(self) -> str:
        """The words that the reset gave; see `synth.envs.base.Missioned.mission`."""
        if self._mission is None:
            raise EnvironmentFault(
                f"{self.spec.env} was not reset."
                if self.spec.mission is not None
                else f"specs/{self.spec.name}.toml: there is no [mission] table to say where "
                f"{self.spec.env} tells its mission."
            )
        return self._mission

    def close(self) -> None:
        """Close the environment."""
        self._wrapped.close()

    def _time_step(self, reward: float, *, done: bool, draw: bool) -> TimeStep:
        if self.outcome is None:
            raise EnvironmentFault(f"{self.spec.env} was not reset.")
        if not draw and not self._only_draws:
            self._run(self._wrapped.render, "a picture")
        return TimeStep(
            frame=self._draw() if draw else UNDRAWN,
            reward=reward,
            success=self._condition.holds(self.env, self.outcome),
            done=done,
            truth={},
            margin=None if self._margin is None else self._margin(self.env),
        )

    def _draw(self) -> Any:
        frame = self._pictures.make(self._run(self._wrapped.render, "a picture"))
        if self._shape is None:
            self._shape = frame.shape
        if frame.shape != self._shape:
            raise EnvironmentFault(
                f"{self.spec.env} changes the size of its pictures, from "
                f"{self._shape[1]}x{self._shape[0]} to {frame.shape[1]}x{frame.shape[0]}. Give "
                "`width` and `height` in [render]; all pictures are then resized to them."
            )
        return frame

    def _run(self, call: Callable[[], Any], what: str) -> Any:
        """Call the environment, and name it in whatever goes wrong there."""
        try:
            return call()
        except SynthError:
            raise
        except (ImportError, gymnasium.error.DependencyNotInstalled) as error:
            raise missing(self.spec, error) from error
        except Exception as error:
            # Any environment, the user's own included: whatever it raises is its own failure.
            raise EnvironmentFault(
                f"{self.spec.env} breaks with {what}: {type(error).__name__}: {error}."
            ) from error


class NumericSimulator(GymnasiumSimulator):
    """One whose actions are numbers, at least in part, and so can be changed a little."""

    def nudged(self, action: Any, rng: np.random.Generator, size: float) -> Any:
        """An action near another; see `synth.envs.base.Nudged.nudged`."""
        return nudged(self._wrapped.action_space, action, rng, size)


def simulator_of(spec: Spec, condition: Condition | None = None) -> GymnasiumSimulator:
    """The simulator of a spec, with `nudged` only where there is something to nudge."""
    simulator = GymnasiumSimulator(spec, condition)
    if not has_numbers(simulator._wrapped.action_space):  # noqa: SLF001 - its own module
        return simulator
    simulator.close()
    return NumericSimulator(spec, condition)
