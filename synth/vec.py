"""The reward program for stable-baselines3's vectorised environments.

One batched call judges all environments of a step. It needs the ``train`` extra, and
environments wrapped in `synth.wrappers.FrameInfo`, because a vectorised environment has
already reset when it returns and its last picture can only come along in the info.
`synth.make_vec` makes such environments. Other wrappers for vectorised environments may stand
below and above.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.errors import EnvironmentFault, UsageError
from synth.extras import install
from synth.shaping import GoalFrom, Mode, Shaper, Shaping
from synth.side_by_side import SideBySide
from synth.wrappers import FRAME_KEY, GRANTED_KEY, MISSION_KEY

try:
    from stable_baselines3.common.vec_env import (
        DummyVecEnv,
        SubprocVecEnv,
        VecEnv,
        VecEnvWrapper,
    )
except ImportError as error:
    raise UsageError(
        f"stable-baselines3 is not installed; `{install('train')}` brings it."
    ) from error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import gymnasium as gym
    from numpy.typing import NDArray

    from synth.plan import Stages
    from synth.reward import RewardFunction

__all__ = ["CreditVecWrapper", "RewardVecWrapper", "VecEnv", "VecEnvWrapper", "vectorised"]


class CreditVecWrapper(VecEnvWrapper, ABC):
    """Pay credit in place of the rewards of a `VecEnv`, whoever says which sub-tasks hold.

    Args:
        venv: What a subclass reads is in the infos of its resets and steps.
        stages: The plan's stages.
        shaping: How credit becomes reward.
    """

    def __init__(self, venv: VecEnv, stages: Stages, shaping: Shaping) -> None:
        super().__init__(venv)
        self.stages = stages
        self._names = tuple(name for stage in stages for name in stage)
        self._shapers = [Shaper(stages, shaping) for _ in range(venv.num_envs)]
        self._ended = np.zeros((venv.num_envs, len(self._names)), np.bool_)
        self._source = _innermost(venv)

    @abstractmethod
    def _hold_at_first(self, fresh: Sequence[int]) -> NDArray[np.bool_]:
        """``bool[len(fresh), K]``: what holds where the episodes of some environments begin.

        Args:
            fresh: Their numbers; what they told is in the `reset_infos` of `_source`.
        """

    @abstractmethod
    def _hold_now(self, infos: list[dict[str, Any]]) -> NDArray[np.bool_]:
        """``bool[N, K]``: what holds after a step.

        Args:
            infos: Of the step; what is no other's business is taken out of them.
        """

    def reset(self) -> Any:
        """Reset all; what holds at once is credited."""
        observations = self.venv.reset()
        self._begin(range(self.num_envs))
        return observations

    def step_wait(self) -> tuple[Any, NDArray[np.float32], NDArray[np.bool_], list[dict[str, Any]]]:
        """Step all, and answer with rewards for what holds then."""
        observations, env_rewards, dones, infos = self.venv.step_wait()
        holds = self._hold_now(infos)
        rewards = np.zeros(len(infos), dtype=np.float32)
        for i, (shaper, info) in enumerate(zip(self._shapers, infos, strict=True)):
            gained = float(env_rewards[i])
            step = shaper.step(
                holds[i],
                env_reward=gained,
                terminated=bool(dones[i]) and not info.get("TimeLimit.truncated", False),
                granted=bool(info.pop(GRANTED_KEY, False)),
            )
            rewards[i] = step.reward
            info["synth"] = step.info(self._names, gained)
            self._ended[i] = shaper.credited
        self._begin(np.flatnonzero(dones).tolist())
        return observations, rewards, dones, infos

    @property
    def credited(self) -> NDArray[np.bool_]:
        """``bool[N, K]``: whether each sub-task has been credited in the episodes under way."""
        return np.array([shaper.credited for shaper in self._shapers], np.bool_)

    @property
    def credited_by_the_step(self) -> NDArray[np.bool_]:
        """``bool[N, K]``: the same after the last step, before episodes that ended began anew."""
        return self._ended.copy()

    def _begin(self, fresh: Sequence[int]) -> None:
        if not fresh:
            return
        for i, holds in zip(fresh, self._hold_at_first(fresh), strict=True):
            self._shapers[i].reset(holds)


class RewardVecWrapper(CreditVecWrapper):
    """Replace the rewards of a `VecEnv` by a reward program's.

    One batched call judges what changed at a step, or one for each size of picture.

    Args:
        venv: Its environments are wrapped in `synth.wrappers.FrameInfo`.
        reward: From `synth.load`.
        mode: As for `synth.RewardWrapper`, and so are the rest.
        scale: What the whole plan is worth.
        gamma: The learner's discount.
        env_weight: Weight of the environment's own reward.
        goal_from: Who says that the goal holds; by default as the reward's provenance has it.

    Raises:
        EnvironmentFault: While stepping: the infos bring no picture, or pictures of a size
            that the reward was not proven on.
        ProgramFault: While stepping: the program failed on a frame.

    Warns:
        UnprovenPictures: The first pictures show colours that no recorded one shows.
    """

    def __init__(
        self,
        venv: VecEnv,
        reward: RewardFunction,
        *,
        mode: Mode = "credit",
        scale: float = 1.0,
        gamma: float = 0.99,
        env_weight: float | None = None,
        goal_from: GoalFrom | None = None,
    ) -> None:
        told = goal_from or reward.goal_from
        super().__init__(venv, reward.stages, Shaping(mode, scale, gamma, env_weight, told))
        self.reward_program = reward
        self._shown = SideBySide(reward, venv.num_envs)

    def _hold_at_first(self, fresh: Sequence[int]) -> NDArray[np.bool_]:
        told = [self._source.reset_infos[i] for i in fresh]
        missions = [_mission(info) for info in told] if self.reward_program.takes_mission else None
        holds = self._shown.begin(fresh, [_frame(info) for info in told], missions)
        for i, info in zip(fresh, told, strict=True):
            self.reset_infos[i] = {key: value for key, value in info.items() if key != FRAME_KEY}
        return holds

    def _hold_now(self, infos: list[dict[str, Any]]) -> NDArray[np.bool_]:
        holds = self._shown.now((i, _frame(info)) for i, info in enumerate(infos))
        for info in infos:
            del info[FRAME_KEY]
        return holds


def vectorised(ones: Sequence[Callable[[], gym.Env[Any, Any]]], *, parallel: bool) -> VecEnv:
    """Environments side by side.

    Args:
        ones: Each makes one; can be pickled where `parallel`.
        parallel: Whether each gets a process of its own.

    Raises:
        EnvironmentFault: A process ended before it answered.
    """
    if not parallel:
        return DummyVecEnv(list(ones))
    try:
        return SubprocVecEnv(list(ones))
    except (ConnectionError, EOFError) as error:
        raise EnvironmentFault(
            "a process that was to hold an environment ended before it answered; its own message "
            "stands above. Each of them reads the script again, which therefore keeps what it "
            'does under `if __name__ == "__main__":`.'
        ) from error


def _innermost(venv: VecEnv) -> VecEnv:
    """The environment that resets: wrappers in between keep no infos of its resets."""
    while isinstance(venv, VecEnvWrapper):
        venv = venv.venv
    return venv


def _mission(info: dict[str, Any]) -> str:
    if MISSION_KEY not in info:
        raise EnvironmentFault(
            "the reward needs the mission of each episode, and a vectorised environment told none; "
            "wrap each environment in `synth.wrappers.MissionInfo` before `FrameInfo`."
        )
    return str(info[MISSION_KEY])


def _frame(info: dict[str, Any]) -> NDArray[np.uint8]:
    if FRAME_KEY not in info:
        raise EnvironmentFault(
            "a vectorised environment brought no picture; wrap each environment in "
            "`synth.wrappers.FrameInfo` before vectorising it."
        )
    frame: NDArray[np.uint8] = info[FRAME_KEY]
    return frame
