"""The reward program for stable-baselines3's vectorised environments.

One batched call judges all environments of a step. It needs the ``train`` extra, and
environments wrapped in `synth.wrappers.FrameInfo`, because a vectorised environment has
already reset when it returns and its last picture can only come along in the info. It does
not train; any algorithm of stable-baselines3 does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synth.errors import EnvironmentFault, ProgramFault, UsageError
from synth.sandbox import Cell
from synth.shaping import Mode, Shaper, Shaping
from synth.wrappers import FRAME_KEY

try:
    from stable_baselines3.common.vec_env import VecEnv, VecEnvWrapper
except ImportError as error:
    raise UsageError(
        'stable-baselines3 is not installed; `pip install "synth[train]"` brings it.'
    ) from error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from synth.reward import Reward

__all__ = ["RewardVecWrapper"]


class RewardVecWrapper(VecEnvWrapper):
    """Replace the rewards of a `VecEnv` by a reward program's.

    Args:
        venv: Its environments are wrapped in `synth.wrappers.FrameInfo`.
        reward: From `synth.load`.
        mode: As for `synth.RewardWrapper`, and so are the rest.
        scale: What the whole plan is worth.
        gamma: The learner's discount.
        env_weight: Weight of the environment's own reward.

    Raises:
        EnvironmentFault: While stepping: the infos bring no picture.
        ProgramFault: While stepping: the program failed on a frame.
    """

    def __init__(
        self,
        venv: VecEnv,
        reward: Reward,
        *,
        mode: Mode = "credit",
        scale: float = 1.0,
        gamma: float = 0.99,
        env_weight: float | None = None,
    ) -> None:
        super().__init__(venv)
        self.reward_program = reward
        shaping = Shaping(mode, scale, gamma, env_weight)
        self._shapers = [Shaper(reward.stages, shaping) for _ in range(venv.num_envs)]
        self._initials: list[NDArray[np.uint8]] = []

    def reset(self) -> Any:
        """Reset all; their first pictures become the initial frames."""
        observations = self.venv.reset()
        self._initials = [_frame(info) for info in self.venv.reset_infos]
        for shaper, holds in zip(self._shapers, self._judge(self._initials), strict=True):
            shaper.reset(holds)
        return observations

    def step_wait(self) -> tuple[Any, NDArray[np.float32], NDArray[np.bool_], list[dict[str, Any]]]:
        """Step all, judge all pictures in one batch, and answer with the program's rewards."""
        observations, env_rewards, dones, infos = self.venv.step_wait()
        verdicts = self._judge([_frame(info) for info in infos])
        rewards = np.zeros(len(infos), dtype=np.float32)
        names = self.reward_program.subtasks
        for i, (shaper, info) in enumerate(zip(self._shapers, infos, strict=True)):
            ended = bool(dones[i]) and not info.get("TimeLimit.truncated", False)
            step = shaper.step(verdicts[i], env_reward=float(env_rewards[i]), terminated=ended)
            rewards[i] = step.reward
            del info[FRAME_KEY]
            info["synth"] = step.info(names, float(env_rewards[i]))
        fresh = [i for i in range(len(infos)) if dones[i]]
        for i in fresh:
            self._initials[i] = _frame(self.venv.reset_infos[i])
        if fresh:
            again = self._judge(self._initials)
            for i in fresh:
                self._shapers[i].reset(again[i])
        return observations, rewards, dones, infos

    def _judge(self, frames: Sequence[NDArray[np.uint8]]) -> NDArray[np.bool_]:
        n = len(frames)
        stack = np.stack([*frames, *self._initials])
        pairs = np.stack([np.arange(n), np.arange(n, 2 * n)], axis=1)
        verdicts = self.reward_program.verdicts(stack, pairs)
        if verdicts.errors:
            raise ProgramFault(f"environment {verdicts.errors[0].pair}: {verdicts.errors[0]}")
        holds: NDArray[np.bool_] = verdicts.cells == Cell.TRUE
        return holds


def _frame(info: dict[str, Any]) -> NDArray[np.uint8]:
    if FRAME_KEY not in info:
        raise EnvironmentFault(
            "a vectorised environment brought no picture; wrap each environment in "
            "`synth.wrappers.FrameInfo` before vectorising it."
        )
    frame: NDArray[np.uint8] = info[FRAME_KEY]
    return frame
