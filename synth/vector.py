"""The reward program for gymnasium's own vector environments.

One batched call judges all environments of a step, whichever way they reset themselves: at the
next step, at the same one, or by the caller. The environments are wrapped in
`synth.wrappers.FrameInfo`, since a picture that a reset has replaced can only come along in the
info.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode

from synth.errors import EnvironmentFault
from synth.reward import load
from synth.shaping import GoalFrom, Mode, Shaper, Shaping
from synth.side_by_side import SideBySide
from synth.wrappers import FRAME_KEY, GRANTED_KEY, MISSION_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from synth.reward import RewardFunction

__all__ = ["RewardVectorWrapper"]


class RewardVectorWrapper(gym.vector.VectorWrapper):
    """Replace the rewards of a `gymnasium.vector.VectorEnv` by a reward program's.

    ``infos["synth"]`` is an array of N dictionaries, as `synth.RewardWrapper` gives them; of a step
    that was a reset it is ``None``. For example::

        one = lambda: FrameInfo(
            gym.make("MiniGrid-DoorKey-6x6-v0", render_mode="rgb_array",
                     tile_size=16, highlight=False)
        )
        envs = synth.RewardVectorWrapper(gym.vector.SyncVectorEnv([one] * 8), "generated/doorkey")

    Args:
        env: Its environments are wrapped in `synth.wrappers.FrameInfo`.
        reward: From `synth.load`, or the path of what it loads.
        mode: As for `synth.RewardWrapper`, and so are the rest.
        scale: What the whole plan is worth.
        gamma: The learner's discount.
        env_weight: Weight of the environment's own reward.
        goal_from: Who says that the goal holds; by default as the reward's provenance has it.

    Raises:
        EnvironmentFault: While stepping: the infos bring no picture or no mission, or pictures of
            a size that the reward was not proven on.
        ProgramFault: While stepping: the program failed on a frame.

    Warns:
        UnprovenPictures: The first pictures show colours that no recorded one shows.
    """

    def __init__(
        self,
        env: gym.vector.VectorEnv[Any, Any, Any],
        reward: RewardFunction | str | Path,
        *,
        mode: Mode = "credit",
        scale: float = 1.0,
        gamma: float = 0.99,
        env_weight: float | None = None,
        goal_from: GoalFrom | None = None,
    ) -> None:
        super().__init__(env)
        paid: Any = reward
        self.reward_program: RewardFunction = paid if hasattr(paid, "verdicts") else load(paid)
        told = goal_from or self.reward_program.goal_from
        shaping = Shaping(mode, scale, gamma, env_weight, told)
        self._shapers = [Shaper(self.reward_program.stages, shaping) for _ in range(env.num_envs)]
        self._shown = SideBySide(self.reward_program, env.num_envs)
        # Where nothing is said, gymnasium's own default.
        self._resets = env.metadata.get("autoreset_mode", AutoresetMode.NEXT_STEP)
        self._ended = np.zeros(env.num_envs, np.bool_)

    def reset(
        self, *, seed: Any = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Reset all, or those of ``options["reset_mask"]``; what holds at once is credited."""
        # Read first: the environment takes it out of the options.
        mask = np.ones(self.num_envs, np.bool_)
        if options is not None and "reset_mask" in options:
            mask = np.array(options["reset_mask"], np.bool_)
        observations, infos = self.env.reset(seed=seed, options=options)
        self._begin(np.flatnonzero(mask).tolist(), infos)
        self._ended[mask] = False
        return observations, _without_ours(infos)

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Step all, and answer with rewards for what holds then."""
        observations, env_rewards, terminated, truncated, infos = self.env.step(actions)
        done = np.logical_or(terminated, truncated)
        resets = self._ended if self._resets == AutoresetMode.NEXT_STEP else self._ended & False
        stepped = np.flatnonzero(~resets).tolist()
        same = self._resets == AutoresetMode.SAME_STEP
        last = {i: infos["final_info"] if same and done[i] else infos for i in stepped}
        holds = self._shown.now([(i, _frame(last[i], i)) for i in stepped])
        rewards = np.zeros(self.num_envs, np.float64)
        told = np.full(self.num_envs, None, dtype=object)
        for i in stepped:
            gained = float(env_rewards[i])
            step = self._shapers[i].step(
                holds[i],
                env_reward=gained,
                terminated=bool(terminated[i]),
                granted=bool(_of(last[i], GRANTED_KEY, i)),
            )
            rewards[i], told[i] = step.reward, step.info(self.reward_program.subtasks, gained)
        fresh = done if same else resets
        self._begin(np.flatnonzero(fresh).tolist(), infos)
        self._ended = np.zeros_like(done) if same else done.copy()
        infos = {**_without_ours(infos), "synth": told, "_synth": ~resets}
        return observations, rewards, terminated, truncated, infos

    @property
    def credited(self) -> NDArray[np.bool_]:
        """``bool[N, K]``: whether each sub-task has been credited in the episodes under way."""
        return np.array([shaper.credited for shaper in self._shapers], np.bool_)

    def _begin(self, fresh: Sequence[int], infos: Mapping[str, Any]) -> None:
        if not fresh:
            return
        missions = None
        if self.reward_program.takes_mission:
            missions = [_mission(infos, i) for i in fresh]
        holds = self._shown.begin(fresh, [_frame(infos, i) for i in fresh], missions)
        for i, row in zip(fresh, holds, strict=True):
            self._shapers[i].reset(row)


def _of(infos: Mapping[str, Any], key: str, i: int) -> Any:
    """What one environment told under a key, or ``None``."""
    told = infos.get(f"_{key}")
    return infos[key][i] if told is not None and told[i] else None


def _frame(infos: Mapping[str, Any], i: int) -> NDArray[np.uint8]:
    frame = _of(infos, FRAME_KEY, i)
    if frame is None:
        raise EnvironmentFault(
            "a vector environment brought no picture; wrap each environment in "
            "`synth.wrappers.FrameInfo` before vectorising it."
        )
    return np.array(frame, np.uint8)


def _mission(infos: Mapping[str, Any], i: int) -> str:
    words = _of(infos, MISSION_KEY, i)
    if words is None:
        raise EnvironmentFault(
            "the reward needs the mission of each episode, and a vector environment told none; "
            "wrap each environment in `synth.wrappers.MissionInfo` before `FrameInfo`."
        )
    return str(words)


def _without_ours(infos: Mapping[str, Any]) -> dict[str, Any]:
    """The infos as they are without us: no pictures travel on."""
    ours = {key for name in (FRAME_KEY, GRANTED_KEY) for key in (name, f"_{name}")}
    kept = {key: value for key, value in infos.items() if key not in ours}
    if "final_info" in kept:
        kept["final_info"] = {k: v for k, v in kept["final_info"].items() if k not in ours}
    return kept
