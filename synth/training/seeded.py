"""Episodes of known seeds, one after another, in environments that reset themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium as gym

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SEED_KEY", "SeededEpisodes"]

SEED_KEY = "synth_seed"


class SeededEpisodes(gym.Wrapper[Any, Any, Any, Any]):
    """Begin each episode with the next seed, whatever the reset is asked for.

    The seed is in ``info["synth_seed"]`` of every step; it is missing where no seed was left, and
    such an episode counts for nothing.

    Args:
        env: Any environment.
        seeds: May be shared with others of the same process. As each seed's episode is played
            to its end, it makes no difference which environment has it.
    """

    def __init__(self, env: gym.Env[Any, Any], seeds: Iterator[int]) -> None:
        super().__init__(env)
        self._seeds = seeds
        self._told: dict[str, int] = {}

    def reset(
        self,
        *,
        seed: int | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Any, dict[str, Any]]:
        """Reset with the next seed; with the one given where none is left."""
        own = next(self._seeds, None)
        self._told = {} if own is None else {SEED_KEY: own}
        return self.env.reset(seed=seed if own is None else own, options=options)

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Step; the episode's seed is in the info."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        return observation, reward, terminated, truncated, {**info, **self._told}
