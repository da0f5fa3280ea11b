"""Gymnasium wrappers: a reward program as an environment's reward.

The wrapper looks at pictures only: `env.render()` of an environment made with
``render_mode="rgb_array"``, or whatever `frame` returns. They must be drawn as the task's spec
says, since a reward is proven for those pictures; `synth.make` sees to that, and the first
picture of each wrapper is compared with the recorded ones. Observations, termination and
spaces pass through untouched. For stable-baselines3's vectorised environments see `synth.vec`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, SupportsFloat

import gymnasium as gym
import numpy as np

from synth.errors import EnvironmentFault
from synth.reward import load
from synth.shaping import GoalFrom, Mode, Shaper, Shaping

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from synth.envs.trainable import Granted, StepResult
    from synth.envs.words import MissionReader
    from synth.reward import RewardFunction

__all__ = [
    "FRAME_KEY",
    "GRANTED_KEY",
    "MISSION_KEY",
    "FrameInfo",
    "MissionInfo",
    "RewardWrapper",
    "rendered_frame",
    "success_of_the_environment",
    "told_mission",
]

FRAME_KEY = "synth_frame"
GRANTED_KEY = "synth_granted"
MISSION_KEY = "synth_mission"


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


def success_of_the_environment(_env: gym.Env[Any, Any], step: StepResult, /) -> bool:
    """What usually stands for success: ``info["is_success"]``, else a rewarded end."""
    _, reward, terminated, _, info = step
    if "is_success" in info:
        return bool(info["is_success"])
    return terminated and float(reward) > 0


def told_mission(env: gym.Env[Any, Any], observation: Any, info: Mapping[str, Any]) -> str | None:
    """The words of an episode after its reset, where environments usually have them.

    ``info["synth_mission"]``, else ``observation["mission"]``, else the environment's attribute
    ``mission``; ``None`` where none of them is text.
    """
    of_observation = observation.get("mission") if isinstance(observation, Mapping) else None
    places = (info.get(MISSION_KEY), of_observation, getattr(env.unwrapped, "mission", None))
    return next((str(words) for words in places if isinstance(words, str)), None)


class RewardWrapper(gym.Wrapper[Any, Any, Any, Any], gym.utils.RecordConstructorArgs):
    """Replace an environment's reward by a reward program's.

    ``info["synth"]`` holds, after every step: ``credited`` (names credited at this step),
    ``complete`` (the goal has held), ``claimed_at`` (the frame at which the program first saw
    the goal, whoever pays for it, or -1), ``skipped`` (names passed over by then), ``share`` (of
    the plan credited so far) and ``env_reward``.

    Args:
        env: Renders RGB arrays.
        reward: From `synth.load`, or the path of what it loads.
        mode: ``credit`` pays each sub-task once; ``potential`` adds potential-based shaping
            to the environment's reward. See `synth.shaping`.
        scale: What the whole plan is worth.
        gamma: The learner's discount; used by ``potential``.
        env_weight: Weight of the environment's own reward; by default 0 for ``credit``, 1
            for ``potential``.
        use_progress: Ask the program for progress too, and put it into the potential.
        frame: Called with the environment for ``uint8[H, W, 3]``; by default `rendered_frame`.
            Used as it is, never copied.
        goal_from: ``environment`` pays the goal where the environment grants success, instead
            of where the ``reward`` program sees it. By default what the reward's provenance
            says (`Reward.goal_from`): ``environment`` where success cannot be told from pictures.
        granted: What counts as the environment's success; by default
            `success_of_the_environment`.
        mission: Called after each reset with the unwrapped environment, its observation and
            info, for the words of the episode; by default `told_mission`. Only asked where the
            reward `takes_mission`.

    Raises:
        UsageError: There is no such ``mode`` or ``goal_from``, or ``gamma`` is not in (0, 1].
        EnvironmentFault: At a reset: there is no picture, or not one of the size that the reward
            was proven on; or no mission where one is needed. While stepping: there is no picture.
        ProgramFault: At a reset or while stepping: the program failed on a frame.

    Warns:
        UnprovenPictures: The first picture shows colours that no recorded one shows.
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        reward: RewardFunction | str | Path,
        *,
        mode: Mode = "credit",
        scale: float = 1.0,
        gamma: float = 0.99,
        env_weight: float | None = None,
        use_progress: bool = False,
        frame: Callable[[gym.Env[Any, Any]], NDArray[np.uint8]] | None = None,
        goal_from: GoalFrom | None = None,
        granted: Granted | None = None,
        mission: MissionReader | None = None,
    ) -> None:
        if isinstance(reward, (str, Path)):
            reward = load(reward)
        # Recorded by path where there is one, so that `env.spec.to_json()` works; uncopied,
        # because cameras and clients behind `frame` cannot be copied.
        gym.utils.RecordConstructorArgs.__init__(
            self,
            _disable_deepcopy=True,
            reward=reward if reward.folder is None else str(reward.folder),
            mode=mode,
            scale=scale,
            gamma=gamma,
            env_weight=env_weight,
            use_progress=use_progress,
            frame=frame,
            goal_from=goal_from,
            granted=granted,
            mission=mission,
        )
        gym.Wrapper.__init__(self, env)
        self.reward_program = reward
        self._read_mission = mission
        self._mission: str | None = None
        told = goal_from or reward.goal_from
        self._shaper = Shaper(reward.stages, Shaping(mode, scale, gamma, env_weight, told))
        self._use_progress = use_progress
        self._frame = frame or rendered_frame
        self._granted = granted or success_of_the_environment
        self._initial: NDArray[np.uint8] | None = None
        self._last: NDArray[np.uint8] | None = None
        self._answer: tuple[NDArray[np.bool_], NDArray[np.float32] | None] | None = None
        self._compared = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Reset, and take the first picture as the episode's initial frame."""
        observation, info = self.env.reset(seed=seed, options=options)
        first = np.array(self._frame(self.env), order="C")
        first.flags.writeable = False  # whoever is shown it again need not compare it again
        if not self._compared and (proven := self.reward_program.proven) is not None:
            proven.compare(first)
            self._compared = True
        self._initial, self._last, self._answer = first, None, None
        if self.reward_program.takes_mission:
            self._mission = _required_mission(self.env, observation, info, self._read_mission)
        self._shaper.reset(*self._look(first))
        return observation, info

    def step(self, action: Any) -> tuple[Any, SupportsFloat, bool, bool, dict[str, Any]]:
        """Step, look at the picture, and answer with the program's reward."""
        if self._initial is None:
            raise gym.error.ResetNeeded("call reset() before step()")
        outcome = self.env.step(action)
        observation, env_reward, terminated, truncated, info = outcome
        gained = float(env_reward)
        holds, progress = self._look(self._frame(self.env))
        step = self._shaper.step(
            holds,
            progress,
            env_reward=gained,
            terminated=terminated,
            granted=self._granted(self.env, outcome),
        )
        info = {**info, "synth": step.info(self.reward_program.subtasks, gained)}
        return observation, step.reward, terminated, truncated, info

    @property
    def credited(self) -> tuple[bool, ...]:
        """Whether each sub-task has been credited in this episode, in plan order."""
        return self._shaper.credited

    def _look(
        self, frame: NDArray[np.uint8]
    ) -> tuple[NDArray[np.bool_], NDArray[np.float32] | None]:
        assert self._initial is not None  # noqa: S101 - both callers have seen to it
        # Programs have no memory: a picture that did not change keeps its verdict.
        if self._answer is not None and np.array_equal(frame, self._last):  # type: ignore[arg-type]
            return self._answer
        holds = self.reward_program.check(frame, self._initial, self._mission)
        progress = (
            self.reward_program.progress(frame, self._initial, self._mission)
            if self._use_progress
            else None
        )
        # A copy, as an environment may draw its next picture into the same array.
        self._last, self._answer = np.array(frame), (holds, progress)
        return self._answer


def _required_mission(
    env: gym.Env[Any, Any], observation: Any, info: Mapping[str, Any], read: MissionReader | None
) -> str:
    words = (
        told_mission(env, observation, info)
        if read is None
        else read(env.unwrapped, observation, info)
    )
    if words is None:
        raise EnvironmentFault(
            "the reward needs the mission of each episode, and the environment tells none: its "
            "observation has no text `mission`, and it has no such attribute. Pass `mission=`, a "
            "function from environment, observation and info to the words."
        )
    return words


class MissionInfo(gym.Wrapper[Any, Any, Any, Any], gym.utils.RecordConstructorArgs):
    """Put the words of an episode into ``info["synth_mission"]`` of its reset.

    So they are known above wrappers that change observations.

    Args:
        env: Any environment.
        mission: As for `RewardWrapper`.
    """

    def __init__(self, env: gym.Env[Any, Any], mission: MissionReader) -> None:
        gym.utils.RecordConstructorArgs.__init__(self, _disable_deepcopy=True, mission=mission)
        gym.Wrapper.__init__(self, env)
        self._read_mission = mission

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Reset; the words are in the info."""
        observation, info = self.env.reset(seed=seed, options=options)
        words = self._read_mission(self.env.unwrapped, observation, info)
        return observation, {**info, MISSION_KEY: words}


class FrameInfo(gym.Wrapper[Any, Any, Any, Any], gym.utils.RecordConstructorArgs):
    """Put each step's picture into ``info["synth_frame"]``.

    Vectorised environments reset themselves at the end of an episode, after which the last
    picture is gone; `synth.vec.RewardVecWrapper` therefore reads it from here, and whether
    the environment granted success from ``info["synth_granted"]``. The words of the episode are
    in ``info["synth_mission"]`` of its reset, where `told_mission` finds any.

    Args:
        env: Renders RGB arrays.
        frame: As for `RewardWrapper`.
        granted: As for `RewardWrapper`.
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        frame: Callable[[gym.Env[Any, Any]], NDArray[np.uint8]] | None = None,
        granted: Granted | None = None,
    ) -> None:
        gym.utils.RecordConstructorArgs.__init__(
            self, _disable_deepcopy=True, frame=frame, granted=granted
        )
        gym.Wrapper.__init__(self, env)
        self._frame = frame or rendered_frame
        self._granted = granted or success_of_the_environment

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Reset; the initial picture is in the info."""
        observation, info = self.env.reset(seed=seed, options=options)
        words = told_mission(self.env, observation, info)
        told = {} if words is None else {MISSION_KEY: words}
        return observation, {**info, **told, FRAME_KEY: np.array(self._frame(self.env))}

    def step(self, action: Any) -> tuple[Any, SupportsFloat, bool, bool, dict[str, Any]]:
        """Step; the picture after it is in the info."""
        outcome = self.env.step(action)
        observation, reward, terminated, truncated, info = outcome
        told = {
            **info,
            FRAME_KEY: np.array(self._frame(self.env)),
            GRANTED_KEY: self._granted(self.env, outcome),
        }
        return observation, reward, terminated, truncated, told
