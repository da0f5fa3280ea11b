"""Environments to train in: a task's own environment, paid by its committed reward.

``synth.make("generated/doorkey")`` makes the environment as the reward was proven for it: id,
options, step limit and picture are those of the folder's ``task.toml``. Only the reward is
replaced; what the learner sees stays the environment's own observation unless it is asked for
otherwise. Where the family has a faster way to draw the same pictures, it is used.

`make_vec` does the same for stable-baselines3, with one sandbox call a step for all
environments. It does not train.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import gymnasium as gym
import numpy as np

from synth.envs import Trainable, family_of
from synth.envs.registry import require_simulator
from synth.envs.words import mission_reader
from synth.errors import EnvironmentFault, UsageError
from synth.proven import read_proven
from synth.reward import load, meant_folder
from synth.task import read_task
from synth.wrappers import FrameInfo, MissionInfo, RewardWrapper

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from synth.envs.trainable import Granted, Picture
    from synth.reward import RewardFunction
    from synth.shaping import GoalFrom, Mode
    from synth.spec import Spec
    from synth.vec import RewardVecWrapper

    Wrap = Callable[[gym.Env[Any, Any]], gym.Env[Any, Any]]

__all__ = ["make", "make_vec"]

Observation = Literal["own", "picture"]
VecKind = Literal["dummy", "subproc"]


def make(
    task: str | Path,
    *,
    mode: Mode = "credit",
    scale: float = 1.0,
    gamma: float = 0.99,
    env_weight: float | None = None,
    use_progress: bool = False,
    goal_from: GoalFrom | None = None,
    max_steps: int | None = None,
    observation: Observation = "own",
    wrap: Wrap | None = None,
    reward: RewardFunction | None = None,
    unsafe: bool = False,
) -> gym.Env[Any, Any]:
    """A task's environment with its reward program as its reward.

    Example::

        env = synth.make("generated/doorkey")
        observation, info = env.reset(seed=0)
        observation, reward, terminated, truncated, info = env.step(env.action_space.sample())
        info["synth"]["credited"]   # names of the sub-tasks credited at this step

    Args:
        task: A task folder with a committed reward.
        mode: As for `synth.RewardWrapper`, and so are the next five.
        scale: What the whole plan is worth.
        gamma: The learner's discount.
        env_weight: Weight of the environment's own reward.
        use_progress: Put the program's progress into the potential.
        goal_from: Who says that the goal holds, ``reward`` or ``environment``; by default as
            the task's provenance has it.
        max_steps: Steps after which an episode is cut; by default as the task says.
        observation: ``own`` leaves the environment's observation as it is; ``picture`` is the
            picture that the reward looks at, ``uint8[H, W, 3]``.
        wrap: Called with the environment, below the reward: where wrappers go that change
            observations or actions.
        reward: Another reward than the committed one, for the same plan.
        unsafe: See `synth.Reward`.

    Raises:
        UsageError: There is no such task, or it has no reward.
        SpecError: Its ``task.toml`` says something it may not.
        EnvironmentFault: The environment cannot be made here.
        SandboxUnavailable: This machine cannot confine the program.
    """
    paid, spec = _opened(task, reward, max_steps, unsafe=unsafe)
    env, picture, granted = _environment(spec, Path(task), observation, wrap)
    return RewardWrapper(
        env,
        paid,
        mode=mode,
        scale=scale,
        gamma=gamma,
        env_weight=env_weight,
        use_progress=use_progress,
        frame=picture,
        goal_from=goal_from,
        granted=granted,
    )


def make_vec(
    task: str | Path,
    n: int,
    *,
    kind: VecKind = "dummy",
    mode: Mode = "credit",
    scale: float = 1.0,
    gamma: float = 0.99,
    env_weight: float | None = None,
    goal_from: GoalFrom | None = None,
    max_steps: int | None = None,
    observation: Observation = "own",
    wrap: Wrap | None = None,
    reward: RewardFunction | None = None,
    unsafe: bool = False,
) -> RewardVecWrapper:
    """The same for stable-baselines3: ``n`` environments, judged in one call a step.

    Progress (`make`) takes a call for each environment, and is not to be had here.
    stable-baselines3 holds no text: where the environment's observation is a dictionary,
    parts that are text (MiniGrid's mission) are left out of it.

    Args:
        task: A task folder with a committed reward.
        n: How many environments.
        kind: ``dummy`` steps them one after another, ``subproc`` each in a process; a script
            then keeps what it does under ``if __name__ == "__main__":``.
        mode: As for `make`, and so are the rest.
        scale: What the whole plan is worth.
        gamma: The learner's discount.
        env_weight: Weight of the environment's own reward.
        goal_from: Who says that the goal holds, ``reward`` or ``environment``; by default as
            the task's provenance has it.
        max_steps: As for `make`.
        observation: ``own`` or ``picture``.
        wrap: Called in the environment's process.
        reward: Another reward than the committed one, for the same plan.
        unsafe: See `synth.Reward`.

    Raises:
        UsageError: As for `make`; also where stable-baselines3 is missing, ``n`` is no number
            of environments, or the observation is text.
        SpecError: As for `make`.
        EnvironmentFault: As for `make`; or a process of ``subproc`` ended before it answered.
        SandboxUnavailable: As for `make`.
    """
    from synth.vec import RewardVecWrapper, vectorised  # noqa: PLC0415 - an extra

    if n < 1:
        raise UsageError(f"n is {n}; give 1 or more.")
    if kind not in ("dummy", "subproc"):
        raise UsageError(f"kind is {kind!r}; it must be 'dummy' or 'subproc'.")
    paid, spec = _opened(task, reward, max_steps, unsafe=unsafe)
    one = partial(_one_of_many, spec, Path(task), observation, wrap)
    return RewardVecWrapper(
        vectorised([one] * n, parallel=kind == "subproc"),
        paid,
        mode=mode,
        scale=scale,
        gamma=gamma,
        env_weight=env_weight,
        goal_from=goal_from,
    )


class PictureObservation(gym.Wrapper[Any, Any, Any, Any], gym.utils.RecordConstructorArgs):
    """The picture as the observation, drawn once for the learner and for the reward.

    Args:
        env: Any environment.
        frame: Called with the environment for ``uint8[H, W, 3]``.
        size: Height and width of the pictures.
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        frame: Picture,
        size: tuple[int, int],
    ) -> None:
        gym.utils.RecordConstructorArgs.__init__(
            self, _disable_deepcopy=True, frame=frame, size=size
        )
        gym.Wrapper.__init__(self, env)
        self._draw = frame
        self.observation_space = gym.spaces.Box(0, 255, (*size, 3), np.uint8)
        self.synth_picture = np.zeros((*size, 3), np.uint8)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.uint8], dict[str, Any]]:
        """Reset; the first picture."""
        _, info = self.env.reset(seed=seed, options=options)
        return self._observe(), info

    def step(self, action: Any) -> tuple[NDArray[np.uint8], Any, bool, bool, dict[str, Any]]:
        """Step; the picture after it."""
        _, reward, terminated, truncated, info = self.env.step(action)
        return self._observe(), reward, terminated, truncated, info

    def _observe(self) -> NDArray[np.uint8]:
        # The learner gets a copy of its own: it may write into its observation.
        self.synth_picture = self._draw(self.env)
        return self.synth_picture.copy()


class WithoutText(gym.ObservationWrapper[Any, Any, Any], gym.utils.RecordConstructorArgs):
    """Leave out the parts of a dictionary observation that are text.

    Args:
        env: Its observations are dictionaries.
    """

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        gym.utils.RecordConstructorArgs.__init__(self)
        gym.ObservationWrapper.__init__(self, env)
        space = env.observation_space
        assert isinstance(space, gym.spaces.Dict)  # noqa: S101 - the caller has seen to it
        self.observation_space = gym.spaces.Dict(
            {key: part for key, part in space.items() if not _is_text(part)}
        )

    def observation(self, observation: Any) -> dict[str, Any]:
        """The same without text."""
        assert isinstance(self.observation_space, gym.spaces.Dict)  # noqa: S101 - set above
        return {key: observation[key] for key in self.observation_space}


def _is_text(space: gym.Space[Any]) -> bool:
    """Whether a space has no shape of numbers: `Text`, and MiniGrid's missions."""
    return space.shape is None and not isinstance(space, (gym.spaces.Dict, gym.spaces.Tuple))


def _opened(
    task: str | Path, reward: RewardFunction | None, max_steps: int | None, *, unsafe: bool
) -> tuple[RewardFunction, Spec]:
    folder = Path(task)
    if not folder.exists() and (near := meant_folder(folder)) is not None:
        raise UsageError(f"{folder}: there is no such folder. Did you mean {near}?")
    spec = read_task(folder / "task.toml").spec
    if max_steps is not None:
        if max_steps < 1:
            raise UsageError(f"max_steps is {max_steps}; an episode needs at least one step.")
        spec = spec.model_copy(update={"max_steps": max_steps})
    return reward or load(folder, unsafe=unsafe), spec


def _environment(
    spec: Spec, folder: Path, observation: Observation, wrap: Wrap | None
) -> tuple[gym.Env[Any, Any], Picture, Granted]:
    """The environment as the learner sees it, how it is drawn, and what is success in it."""
    if observation not in ("own", "picture"):
        raise UsageError(f"observation is {observation!r}; it must be 'own' or 'picture'.")
    require_simulator(spec)
    family = family_of(spec)
    if not isinstance(family, Trainable):
        raise EnvironmentFault(
            f"{spec.env} cannot be trained in through synth.make: its family, {family.name}, gives "
            "no environment. Make it yourself and wrap it in synth.RewardWrapper."
        )
    env, picture = family.environment(spec), family.picture(spec)
    if (read := mission_reader(spec)) is not None:
        env = MissionInfo(env, read)
    if observation == "picture":
        proven = read_proven(folder)
        if proven is None:
            raise UsageError(
                f'{folder}: there are no episodes, so the size of observation="picture" is not '
                "known; record them, or restore the folder."
            )
        env, picture = PictureObservation(env, picture, proven.sizes[0]), _observed
    return (env if wrap is None else wrap(env)), picture, family.granted(spec)


def _observed(env: gym.Env[Any, Any], /) -> NDArray[np.uint8]:
    """The picture that a `PictureObservation` below has drawn."""
    picture: NDArray[np.uint8] = env.get_wrapper_attr("synth_picture")
    return picture


def _one_of_many(
    spec: Spec, folder: Path, observation: Observation, wrap: Wrap | None
) -> gym.Env[Any, Any]:
    """One environment of a vectorised one; called in its own process where there is one."""
    env, picture, granted = _environment(spec, folder, observation, wrap)
    if isinstance(env.observation_space, gym.spaces.Dict):
        env = WithoutText(env)
    elif _is_text(env.observation_space):
        env.close()
        raise UsageError(
            f"{spec.env} is observed as text, which stable-baselines3 cannot hold; give "
            '`observation="picture"`, or a `wrap` that makes numbers of it.'
        )
    return FrameInfo(env, picture, granted)
