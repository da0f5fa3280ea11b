"""Credit in the observation: what a reward remembers, shown to the one who learns from it.

Credit depends on the episode's past, so a policy that does not see it faces a reward that looks
like chance: "the door is open" is worth one thing before that has been paid and another
afterwards. A learner that sees what has been credited faces an ordinary Markov decision process
again, the product of the environment and the plan (reward machines: Toro Icarte et al., 2022).
It can be had wherever the reward itself can, since the checkers exist at run time.

How credit is added, for K sub-tasks, each 1.0 once it has been credited:

=====================  =====================================================================
observation space      becomes
=====================  =====================================================================
`Box`, one axis,       `Box` with K more numbers at the end
of floats
`Box`, other           `Dict` with ``observation`` (as it was) and ``credit``
`Discrete`             `Box`: the observation as one-hot, and K more numbers
`Dict`                 the same with one more key, ``credit``
=====================  =====================================================================

Example::

    env = synth.CreditObservation(synth.make("generated/doorkey"))
    venv = synth.CreditVecObservation(synth.make_vec("generated/doorkey", 16))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, SupportsFloat

import gymnasium as gym
import numpy as np

from synth.errors import UsageError
from synth.wrappers import RewardWrapper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["CREDIT_KEY", "CreditObservation", "CreditSpace", "reward_below"]

CREDIT_KEY = "credit"


class CreditSpace:
    """How observations of one space are joined with credit.

    Args:
        space: Of the observations as they are.
        subtasks: How many sub-tasks the plan has.
        key: What the numbers are called in a `Dict`, and what they are.

    Raises:
        UsageError: The space is of another kind than the table of this module, or is a `Dict`
            that has a part of that name.
    """

    def __init__(self, space: gym.Space[Any], subtasks: int, key: str = CREDIT_KEY) -> None:
        self._key = key
        credit = gym.spaces.Box(0.0, 1.0, (subtasks,), np.float32)
        self._one_hot = 0
        self._keyed = False
        self._whole = False
        self.space: gym.Space[Any]
        if isinstance(space, gym.spaces.Dict):
            if key in space.spaces:
                raise UsageError(
                    f"the observation has a {key!r} of its own; rename it before ours is added."
                )
            self._keyed = True
            self.space = gym.spaces.Dict({**space.spaces, key: credit})
        elif isinstance(space, gym.spaces.Discrete):
            self._one_hot, self._first = int(space.n), int(space.start)
            self.space = gym.spaces.Box(0.0, 1.0, (self._one_hot + subtasks,), np.float32)
        elif isinstance(space, gym.spaces.Box):
            if len(space.shape) == 1 and np.issubdtype(space.dtype, np.floating):
                low = np.concatenate([space.low, np.zeros(subtasks)])
                high = np.concatenate([space.high, np.ones(subtasks)])
                self.space = gym.spaces.Box(
                    low.astype(space.dtype),
                    high.astype(space.dtype),
                    dtype=space.dtype.type,
                )
            else:
                self._whole = True
                self.space = gym.spaces.Dict({"observation": space, key: credit})
        else:
            raise UsageError(
                f"{key} cannot be added to observations of {space}; flatten them first "
                "(gymnasium.wrappers.FlattenObservation), or make a Dict of them."
            )

    def join(self, observation: Any, credited: Sequence[bool] | NDArray[np.bool_]) -> Any:
        """One observation with credit, or a batch of them.

        Args:
            observation: Of the space as it was; a batch has one more axis in front.
            credited: ``bool[K]``, or ``bool[N, K]`` for a batch.

        Returns:
            The same in `space`.
        """
        credit = np.asarray(credited, np.float32)
        if self._keyed:
            return {**observation, self._key: credit}
        if self._whole:
            return {"observation": observation, self._key: credit}
        if self._one_hot:
            numbers = np.asarray(observation, np.int64) - self._first
            observation = np.eye(self._one_hot, dtype=np.float32)[numbers]
        return np.concatenate([observation, credit.astype(observation.dtype)], axis=-1)


class CreditObservation(
    gym.Wrapper[Any, Any, Any, Any],
    gym.utils.RecordConstructorArgs,
):
    """Add what has been credited to the observations of a `RewardWrapper`.

    Args:
        env: A `RewardWrapper`, or wrappers above one.

    Raises:
        UsageError: There is no `RewardWrapper` below, or the observations are of a kind that
            credit cannot be added to.
    """

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        gym.utils.RecordConstructorArgs.__init__(self)
        gym.Wrapper.__init__(self, env)
        self._paid = reward_below(env, "CreditObservation")
        self._joined = CreditSpace(env.observation_space, len(self._paid.credited))
        self.observation_space = self._joined.space

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Reset; what holds at once is credited from the first observation on."""
        observation, info = self.env.reset(seed=seed, options=options)
        return self._joined.join(observation, self._paid.credited), info

    def step(self, action: Any) -> tuple[Any, SupportsFloat, bool, bool, dict[str, Any]]:
        """Step; credit after it is in the observation."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        seen = self._joined.join(observation, self._paid.credited)
        return seen, reward, terminated, truncated, info


def reward_below(env: gym.Env[Any, Any], asking: str) -> RewardWrapper:
    """The reward in a stack of wrappers.

    Args:
        env: The topmost.
        asking: Name of the wrapper that needs it.

    Raises:
        UsageError: There is none.
    """
    below: Any = env
    while isinstance(below, gym.Wrapper):
        if isinstance(below, RewardWrapper):
            return below
        below = below.env
    raise UsageError(
        f"there is no credit to see: {asking} goes above a synth.RewardWrapper, such as "
        "synth.make gives."
    )
