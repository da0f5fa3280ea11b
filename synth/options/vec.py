"""Environments whose episodes are options, for stable-baselines3.

As `synth.OptionEnv`, over environments that are judged in one call a step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synth.options.env import OPTION_KEY
from synth.options.following import OPTION_INFO, Following
from synth.options.manager import PlanOrder
from synth.options.option import Initiation, options_of
from synth.seen import CreditSpace
from synth.seen_vec import crediting_below
from synth.vec import VecEnv, VecEnvWrapper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from synth.options.manager import Manager

__all__ = ["OptionVecWrapper"]


class OptionVecWrapper(VecEnvWrapper):
    """Follow one option after another in each environment; to the learner each is an episode.

    The last observation of an option still tells that option; the one with which the next begins
    tells the next. Where an option was cut, ``TimeLimit.truncated`` is in its info.

    Args:
        venv: A `synth.RewardVecWrapper`, or wrappers above one.
        manager: Chooses the options of all; by default `synth.options.PlanOrder`.
        limit: Steps after which an option is cut.
        gamma: Discount of the manager's reward.
        initiation: See `synth.options.options_of`.

    Raises:
        UsageError: As for `synth.OptionEnv`.
    """

    def __init__(
        self,
        venv: VecEnv,
        manager: Manager | None = None,
        *,
        limit: int = 60,
        gamma: float = 0.99,
        initiation: Initiation = "staged",
    ) -> None:
        self._crediting = crediting_below(venv, "OptionVecWrapper")
        self.options = options_of(self._crediting.stages, initiation)
        self.manager: Manager = PlanOrder() if manager is None else manager
        self._following = [
            Following(self.options, self.manager, limit=limit, gamma=gamma)
            for _ in range(venv.num_envs)
        ]
        self._joined = CreditSpace(venv.observation_space, len(self.options), OPTION_KEY)
        self._rng = np.random.default_rng()
        super().__init__(venv, observation_space=self._joined.space)

    def seed(self, seed: int | None = None) -> Sequence[int | None]:
        """Seed the environments, and the manager's choices."""
        self._rng = np.random.default_rng(seed)
        return self.venv.seed(seed)

    def reset(self) -> Any:
        """Reset all; an option begins in each."""
        observations = self.venv.reset()
        for one, credited in zip(self._following, self._crediting.credited, strict=True):
            one.choose(credited.tolist(), self._rng)
        return self._joined.join(observations, self._followed())

    def step_wait(self) -> tuple[Any, NDArray[np.float32], NDArray[np.bool_], list[dict[str, Any]]]:
        """Step all; where an option ended, the next begins at once."""
        observations, _, dones, infos = self.venv.step_wait()
        after, fresh = self._crediting.credited_by_the_step, self._crediting.credited
        followed = self._followed()
        rewards = np.zeros(self.num_envs, np.float32)
        ended = np.zeros(self.num_envs, np.bool_)
        for i, (one, info) in enumerate(zip(self._following, infos, strict=True)):
            cut = bool(info.get("TimeLimit.truncated", False))
            step = one.step(
                after[i].tolist(),
                env_reward=info["synth"]["env_reward"],
                terminated=bool(dones[i]) and not cut,
                truncated=bool(dones[i]) and cut,
            )
            rewards[i], ended[i] = step.reward, step.ended
            info[OPTION_INFO] = step.info()
            if not step.ended:
                continue
            last = info["terminal_observation"] if dones[i] else _row(observations, i)
            info["terminal_observation"] = self._joined.join(last, followed[i])
            info["TimeLimit.truncated"] = step.truncated
            one.choose(fresh[i].tolist(), self._rng)
        return self._joined.join(observations, self._followed()), rewards, ended, infos

    def _followed(self) -> NDArray[np.bool_]:
        """``bool[N, K]``: the option of each environment, one-hot."""
        options = [one.option for one in self._following]
        return np.eye(len(self.options), dtype=np.bool_)[options]


def _row(observations: Any, i: int) -> Any:
    """The observation of one environment in a batch."""
    if isinstance(observations, dict):
        return {key: part[i].copy() for key, part in observations.items()}
    return observations[i].copy()
