"""An environment whose episodes are options, for gymnasium."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np

from synth.options.following import OPTION_INFO, Following
from synth.options.manager import PlanOrder
from synth.options.option import Initiation, options_of
from synth.seen import CreditSpace, reward_below

if TYPE_CHECKING:
    from synth.options.manager import Manager

__all__ = ["OPTION_KEY", "OptionEnv"]

OPTION_KEY = "option"


class OptionEnv(gym.Wrapper[Any, Any, Any, Any], gym.utils.RecordConstructorArgs):
    """Follow one option after another; each is an episode of its own to the learner.

    Observations tell the option, one-hot, joined as `synth.CreditObservation` joins credit (key
    ``option`` where they are a `Dict`). After an option has ended, `reset` begins the next one in
    the same episode of the environment; it begins a new episode where that has ended too, in the
    midst of an option, and where a seed is given. ``info["synth_option"]`` holds ``name``, and
    after a step ``achieved``, ``ended`` and ``episode_ended``.

    Example::

        env = synth.OptionEnv(synth.make("generated/multi-room", wrap=OneHotView))
        PPO("MlpPolicy", env).learn(100_000)

    Args:
        env: A `synth.RewardWrapper`, or wrappers above one. What it pays is not handed on: the
            learner gets the intrinsic reward, the manager the environment's own.
        manager: Chooses the options; by default `synth.options.PlanOrder`. One object may serve
            many environments of one process.
        limit: Steps after which an option is cut.
        gamma: Discount of the manager's reward.
        initiation: See `synth.options.options_of`.

    Raises:
        UsageError: There is no `RewardWrapper` below, a number is out of its range, or the
            observations are of a kind that an option cannot be added to.
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        manager: Manager | None = None,
        *,
        limit: int = 60,
        gamma: float = 0.99,
        initiation: Initiation = "staged",
    ) -> None:
        gym.utils.RecordConstructorArgs.__init__(
            self,
            _disable_deepcopy=True,
            manager=manager,
            limit=limit,
            gamma=gamma,
            initiation=initiation,
        )
        gym.Wrapper.__init__(self, env)
        self._paid = reward_below(env, "OptionEnv")
        self.options = options_of(self._paid.reward_program.stages, initiation)
        self.manager: Manager = PlanOrder() if manager is None else manager
        self._following = Following(self.options, self.manager, limit=limit, gamma=gamma)
        self._joined = CreditSpace(env.observation_space, len(self.options), OPTION_KEY)
        self.observation_space = self._joined.space
        self._rng = np.random.default_rng()
        self._last: Any = None
        self._goes_on = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begin the next option; where the episode has ended, a new one first."""
        info: dict[str, Any] = {}
        if seed is not None:
            self._rng = np.random.default_rng(seed)
        if not self._goes_on or seed is not None or options is not None:
            self._last, info = self.env.reset(seed=seed, options=options)
        self._goes_on = False
        self._following.choose(self._paid.credited, self._rng)
        return self._observed(), {**info, OPTION_INFO: {"name": self._following.name}}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Step; paid where the option's checker credits it, which ends it."""
        self._last, _, terminated, truncated, info = self.env.step(action)
        step = self._following.step(
            self._paid.credited,
            env_reward=float(info["synth"]["env_reward"]),
            terminated=terminated,
            truncated=truncated,
        )
        self._goes_on = step.ended and not step.episode_ended
        info = {**info, OPTION_INFO: step.info()}
        return self._observed(), step.reward, step.terminated, step.truncated, info

    def _observed(self) -> Any:
        return self._joined.join(
            self._last, np.eye(len(self.options), dtype=np.bool_)[self._following.option]
        )
