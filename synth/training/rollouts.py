"""Fresh episodes of a trained agent: what the program claims in them, and what is true.

Each begins with a seed that nothing was trained or recorded on, and its actions are kept, so that
it can be played again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.options.following import OPTION_INFO
from synth.training.seeded import SEED_KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from stable_baselines3.common.base_class import BaseAlgorithm
    from stable_baselines3.common.vec_env import VecEnv

__all__ = ["AgentEpisode", "roll_agent"]


@dataclass(frozen=True, slots=True)
class AgentEpisode:
    """One episode of an agent.

    Attributes:
        seed: What the environment was reset with.
        actions: As JSON values.
        claimed: The frame at which the program first saw the goal, or -1.
        true: The frame at which the environment first granted success, or -1.
    """

    seed: int
    actions: tuple[Any, ...]
    claimed: int
    true: int


def roll_agent(
    venv: VecEnv,
    model: BaseAlgorithm,
    count: int,
    *,
    deterministic: bool,
    on_episode: Callable[[int], None] | None = None,
) -> tuple[AgentEpisode, ...]:
    """Let an agent play so many episodes.

    Args:
        venv: From `synth.training.environments`, with at least `count` seeds.
        model: The agent.
        count: How many episodes.
        deterministic: Whether it takes its likeliest action, or draws one.
        on_episode: Told how many have ended.

    Returns:
        The episodes by seed. All that were begun with a seed are played to their end: to take
        those that end first would favour short ones.
    """
    observations: Any = venv.reset()
    acts: list[list[Any]] = [[] for _ in range(venv.num_envs)]
    true = [-1] * venv.num_envs
    come: list[AgentEpisode] = []
    while len(come) < count:
        chosen, _ = model.predict(observations, deterministic=deterministic)
        observations, _, dones, infos = venv.step(chosen)
        for i, info in enumerate(infos):
            acts[i].append(np.asarray(chosen[i]).tolist())
            if info["is_success"] and true[i] < 0:
                true[i] = len(acts[i])
            # Where each option ends to the learner, the environment's episode may go on.
            if not info.get(OPTION_INFO, {}).get("episode_ended", dones[i]):
                continue
            if SEED_KEY in info:
                claimed = int(info["synth"]["claimed_at"])
                come.append(AgentEpisode(info[SEED_KEY], tuple(acts[i]), claimed, true[i]))
                if on_episode is not None:
                    on_episode(len(come))
            acts[i], true[i] = [], -1
    return tuple(sorted(come, key=lambda episode: episode.seed))
