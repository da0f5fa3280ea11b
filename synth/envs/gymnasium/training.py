"""Any environment to train in: made and drawn by the code that the simulator uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np

from synth.envs.gymnasium.making import Maker, without_window
from synth.envs.gymnasium.pictures import Pictures
from synth.envs.gymnasium.success import StepOutcome, parse_condition

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synth.envs.trainable import StepResult
    from synth.spec import Spec

__all__ = ["ConditionGranted", "DrawnPicture", "MadeAnew", "training_environment"]


class DrawnPicture:
    """The environment's own render, cropped and resized as the spec says.

    Args:
        spec: Whose ``[render]`` it follows.
    """

    def __init__(self, spec: Spec) -> None:
        self._pictures = Pictures.of(spec)

    def __call__(self, env: Any, /) -> NDArray[np.uint8]:
        """``uint8[H, W, 3]`` of an environment after a reset."""
        with without_window():
            return self._pictures.make(env.render())


class ConditionGranted:
    """Whether the spec's condition of success holds after a step.

    Args:
        spec: Whose ``[success]`` it follows.
    """

    def __init__(self, spec: Spec) -> None:
        self._condition = parse_condition(spec)

    def __call__(self, env: Any, step: StepResult, /) -> bool:
        """After one step of the environment, wrapped or not."""
        observation, reward, terminated, truncated, info = step
        outcome = StepOutcome(observation, float(reward), terminated, truncated, info)
        return self._condition.holds(env.unwrapped, outcome)


class MadeAnew(gymnasium.Wrapper[Any, Any, Any, Any]):
    """An environment whose options follow from the seed: each episode is one of its own.

    Args:
        maker: Makes it.
        seed: Of the first one.
    """

    def __init__(self, maker: Maker, seed: int) -> None:
        super().__init__(maker.make(seed))
        self._maker = maker
        self._seeds = np.random.default_rng(seed)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Make the environment of a seed, by default one drawn at random, and reset it."""
        if seed is None:
            seed = int(self._seeds.integers(2**31))
        else:
            self._seeds = np.random.default_rng(seed)
        # The old one goes first: closing a pygame environment shuts down all of pygame.
        self.env.close()
        self.env = self._maker.make(seed)
        return self.env.reset(seed=seed, options=options)


def training_environment(spec: Spec) -> gymnasium.Env[Any, Any]:
    """The environment of a spec, under Gymnasium's step limit."""
    maker = Maker(spec)
    if maker.seeded:
        return MadeAnew(maker, spec.seed)
    env: gymnasium.Env[Any, Any] = maker.make(spec.seed)
    return env
