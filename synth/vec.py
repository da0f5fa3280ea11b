"""The reward program for stable-baselines3's vectorised environments.

One batched call judges all environments of a step. It needs the ``train`` extra, and
environments wrapped in `synth.wrappers.FrameInfo`, because a vectorised environment has
already reset when it returns and its last picture can only come along in the info.
`synth.make_vec` makes such environments. Other wrappers for vectorised environments may stand
below and above.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synth.errors import EnvironmentFault, ProgramFault, UsageError
from synth.sandbox import Cell
from synth.shaping import GoalFrom, Mode, Shaper, Shaping
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
        'stable-baselines3 is not installed; `pip install "synth[train]"` brings it.'
    ) from error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import gymnasium as gym
    from numpy.typing import NDArray

    from synth.reward import Reward

__all__ = ["RewardVecWrapper", "vectorised"]


class RewardVecWrapper(VecEnvWrapper):
    """Replace the rewards of a `VecEnv` by a reward program's.

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
        reward: Reward,
        *,
        mode: Mode = "credit",
        scale: float = 1.0,
        gamma: float = 0.99,
        env_weight: float | None = None,
        goal_from: GoalFrom | None = None,
    ) -> None:
        super().__init__(venv)
        self.reward_program = reward
        shaping = Shaping(mode, scale, gamma, env_weight, goal_from or reward.goal_from)
        self._shapers = [Shaper(reward.stages, shaping) for _ in range(venv.num_envs)]
        self._source = _innermost(venv)
        # Of each environment: the episode's words, first picture, last one, and its verdicts.
        self._missions: list[str] = [""] * venv.num_envs
        self._initials: list[NDArray[np.uint8]] = []
        self._last: list[NDArray[np.uint8]] = []
        self._holds = np.zeros((venv.num_envs, len(reward.subtasks)), dtype=np.bool_)
        self._ended = np.zeros_like(self._holds)
        self._compared = False

    def reset(self) -> Any:
        """Reset all; their first pictures become the initial frames."""
        observations = self.venv.reset()
        self._initials, self._last = [], []
        first = [_frame(info) for info in self._source.reset_infos]
        if not self._compared and (proven := self.reward_program.proven) is not None:
            for picture in first:
                proven.compare(picture)
            self._compared = True
        self._initials, self._last = list(first), list(first)
        self._begin(range(self.num_envs))
        return observations

    def step_wait(self) -> tuple[Any, NDArray[np.float32], NDArray[np.bool_], list[dict[str, Any]]]:
        """Step all, judge what changed in one batch, and answer with the program's rewards."""
        observations, env_rewards, dones, infos = self.venv.step_wait()
        self._look([_frame(info) for info in infos])
        rewards = np.zeros(len(infos), dtype=np.float32)
        names = self.reward_program.subtasks
        for i, (shaper, info) in enumerate(zip(self._shapers, infos, strict=True)):
            del info[FRAME_KEY]
            step = shaper.step(
                self._holds[i],
                env_reward=float(env_rewards[i]),
                terminated=bool(dones[i]) and not info.get("TimeLimit.truncated", False),
                granted=bool(info.pop(GRANTED_KEY, False)),
            )
            rewards[i] = step.reward
            info["synth"] = step.info(names, float(env_rewards[i]))
            self._ended[i] = shaper.credited
        fresh = np.flatnonzero(dones).tolist()
        for i in fresh:
            self._initials[i] = self._last[i] = _frame(self._source.reset_infos[i])
        self._begin(fresh)
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
        """Judge the first pictures of episodes that begin."""
        if not fresh:
            return
        if self.reward_program.takes_mission:
            for i in fresh:
                self._missions[i] = _mission(self._source.reset_infos[i])
        self._judge(fresh)
        for i in fresh:
            self._shapers[i].reset(self._holds[i])
            self.reset_infos[i] = {
                key: value for key, value in self._source.reset_infos[i].items() if key != FRAME_KEY
            }

    def _look(self, frames: Sequence[NDArray[np.uint8]]) -> None:
        """Judge the pictures that changed; programs have no memory, so others need it not."""
        changed = [i for i, frame in enumerate(frames) if not np.array_equal(frame, self._last[i])]
        for i in changed:
            self._last[i] = frames[i]
        if changed:
            self._judge(changed)

    def _judge(self, which: Sequence[int]) -> None:
        """Ask the program about the last pictures of some environments, in one batch."""
        pictures = [picture for i in which for picture in (self._last[i], self._initials[i])]
        sizes = {picture.shape for picture in pictures}
        if len(sizes) > 1:
            raise EnvironmentFault(
                f"the environments draw pictures of different sizes, {sorted(sizes)}; one batch "
                "needs all of one size."
            )
        pairs = np.arange(len(pictures)).reshape(-1, 2)
        told = [self._missions[i] for i in which] if self.reward_program.takes_mission else None
        verdicts = self.reward_program.verdicts(np.stack(pictures), pairs, told)
        if verdicts.errors:
            error = verdicts.errors[0]
            raise ProgramFault(f"environment {which[error.pair]}: {error}")
        self._holds[list(which)] = verdicts.cells == Cell.TRUE


def vectorised(ones: Sequence[Callable[[], gym.Env[Any, Any]]], *, parallel: bool) -> VecEnv:
    """Environments side by side.

    Args:
        ones: Each makes one; can be pickled where `parallel`.
        parallel: Whether each gets a process of its own.
    """
    return SubprocVecEnv(list(ones)) if parallel else DummyVecEnv(list(ones))


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
