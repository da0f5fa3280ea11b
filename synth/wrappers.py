"""Gymnasium wrappers: a reward program as an environment's reward.

The wrapper looks at pictures only: `env.render()` of an environment made with
``render_mode="rgb_array"``, or whatever `frame` returns. Render as the task's spec does
(for MiniGrid: its tile size and highlight), since a reward is proven for those pictures.
Observations, termination and spaces pass through untouched. For stable-baselines3's
vectorised environments see `synth.vec`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, SupportsFloat

import gymnasium as gym
import numpy as np

from synth.errors import EnvironmentFault
from synth.shaping import Mode, Shaper, Shaping

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from synth.reward import Reward

__all__ = ["FRAME_KEY", "FrameInfo", "RewardWrapper", "rendered_frame"]

FRAME_KEY = "synth_frame"


def rendered_frame(env: gym.Env[Any, Any]) -> NDArray[np.uint8]:
    """The environment's picture.

    Returns:
        ``uint8[H, W, 3]``.

    Raises:
        EnvironmentFault: The environment does not render RGB arrays.
    """
    frame = env.render()
    if not (
        isinstance(frame, np.ndarray)
        and frame.dtype == np.uint8
        and frame.ndim == 3  # noqa: PLR2004 - height, width, channels
        and frame.shape[2] == 3  # noqa: PLR2004 - red, green, blue
    ):
        got = f"{frame.dtype}{frame.shape}" if isinstance(frame, np.ndarray) else type(frame)
        raise EnvironmentFault(
            f"render() gave {got} where uint8[H, W, 3] is needed; make the environment with "
            'render_mode="rgb_array", or pass `frame=`.'
        )
    return frame


class RewardWrapper(gym.Wrapper[Any, Any, Any, Any], gym.utils.RecordConstructorArgs):
    """Replace an environment's reward by a reward program's.

    ``info["synth"]`` holds, after every step: ``credited`` (names credited at this step),
    ``complete`` (the goal has held), ``skipped`` (names passed over by then), ``share`` (of
    the plan credited so far) and ``env_reward``.

    Args:
        env: Renders RGB arrays.
        reward: From `synth.load`.
        mode: ``credit`` pays each sub-task once; ``potential`` adds potential-based shaping
            to the environment's reward. See `synth.shaping`.
        scale: What the whole plan is worth.
        gamma: The learner's discount; used by ``potential``.
        env_weight: Weight of the environment's own reward; by default 0 for ``credit``, 1
            for ``potential``.
        use_progress: Ask the program for progress too, and put it into the potential.
        frame: Called with the environment for ``uint8[H, W, 3]``; by default `rendered_frame`.

    Raises:
        EnvironmentFault: While stepping: there is no picture.
        ProgramFault: While stepping: the program failed on a frame.
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        reward: Reward,
        *,
        mode: Mode = "credit",
        scale: float = 1.0,
        gamma: float = 0.99,
        env_weight: float | None = None,
        use_progress: bool = False,
        frame: Callable[[gym.Env[Any, Any]], NDArray[np.uint8]] | None = None,
    ) -> None:
        gym.utils.RecordConstructorArgs.__init__(
            self,
            reward=reward,
            mode=mode,
            scale=scale,
            gamma=gamma,
            env_weight=env_weight,
            use_progress=use_progress,
            frame=frame,
        )
        gym.Wrapper.__init__(self, env)
        self.reward_program = reward
        self._shaper = Shaper(reward.stages, Shaping(mode, scale, gamma, env_weight))
        self._use_progress = use_progress
        self._frame = frame or rendered_frame
        self._initial: NDArray[np.uint8] | None = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Reset, and take the first picture as the episode's initial frame."""
        observation, info = self.env.reset(seed=seed, options=options)
        self._initial = np.ascontiguousarray(self._frame(self.env)).copy()
        holds, progress = self._look(self._initial)
        self._shaper.reset(holds, progress)
        return observation, info

    def step(self, action: Any) -> tuple[Any, SupportsFloat, bool, bool, dict[str, Any]]:
        """Step, look at the picture, and answer with the program's reward."""
        observation, env_reward, terminated, truncated, info = self.env.step(action)
        holds, progress = self._look(self._frame(self.env))
        step = self._shaper.step(
            holds, progress, env_reward=float(env_reward), terminated=terminated
        )
        told = step.info(self.reward_program.subtasks, float(env_reward))
        info = {**info, "synth": told}
        return observation, step.reward, terminated, truncated, info

    def _look(
        self, frame: NDArray[np.uint8]
    ) -> tuple[NDArray[np.bool_], NDArray[np.float32] | None]:
        if self._initial is None:
            raise gym.error.ResetNeeded("call reset() before step()")
        holds = self.reward_program.check(frame, self._initial)
        if not self._use_progress:
            return holds, None
        return holds, self.reward_program.progress(frame, self._initial)


class FrameInfo(gym.Wrapper[Any, Any, Any, Any], gym.utils.RecordConstructorArgs):
    """Put each step's picture into ``info["synth_frame"]``.

    Vectorised environments reset themselves at the end of an episode, after which the last
    picture is gone; `synth.vec.RewardVecWrapper` therefore reads it from here.

    Args:
        env: Renders RGB arrays.
        frame: As for `RewardWrapper`.
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        frame: Callable[[gym.Env[Any, Any]], NDArray[np.uint8]] | None = None,
    ) -> None:
        gym.utils.RecordConstructorArgs.__init__(self, frame=frame)
        gym.Wrapper.__init__(self, env)
        self._frame = frame or rendered_frame

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Reset; the initial picture is in the info."""
        observation, info = self.env.reset(seed=seed, options=options)
        return observation, {**info, FRAME_KEY: self._frame(self.env)}

    def step(self, action: Any) -> tuple[Any, SupportsFloat, bool, bool, dict[str, Any]]:
        """Step; the picture after it is in the info."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        return (
            observation,
            reward,
            terminated,
            truncated,
            {**info, FRAME_KEY: self._frame(self.env)},
        )
