"""Episodes of a local Minari dataset, with pictures.

Where observations are pictures, or one of their parts is, those are taken. Elsewhere the
environment that the dataset was made in is made again and its actions are played, from the seeds
that it tells; each observation must come out as it was recorded, or the pictures would be of
something else.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces

from synth.envs.gymnasium.success import StepOutcome, parse_condition
from synth.errors import EnvironmentFault, UsageError
from synth.experts.minari import dataset, json_action, step_of
from synth.sources.clip import Clip
from synth.spec import RECORDED, validate_spec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

__all__ = ["minari_clips"]

KEYS = ("success", "is_success")
"""Of infos; taken for success where nobody says what it is."""
_LEAST = 16
_CHANNELS = 3


def minari_clips(name: str, when: str, *, ask: bool = True) -> tuple[tuple[Clip, ...], str]:
    """All episodes of a dataset.

    Args:
        name: Its id.
        when: What counts as success, as in ``[success] when``; ``""`` takes what infos say.
        ask: Whether success must be found at all.

    Returns:
        The episodes, and the condition of success; ``""`` where `ask` is false.

    Raises:
        UsageError: There is no such dataset, it has no pictures and cannot be played again, or
            nothing tells what is success.
        EnvironmentFault: A package is missing, or the environment plays otherwise here.
    """
    data = dataset(name)
    episodes = list(data.iterate_episodes())
    if not episodes:
        raise UsageError(f"the Minari dataset {name} has no episodes.")
    if ask and not when:
        told = next((key for key in KEYS if key in (episodes[0].infos or {})), None)
        if told is None:
            raise UsageError(
                f"the Minari dataset {name} tells no info `success`. Say what counts as success, "
                'as in --success "terminated and reward > 0", or --success last.'
            )
        when = f"info.{told}"
    holds = _condition(when) if ask else None
    seeds = [one.get("seed") for one in data.storage.get_episode_metadata(range(len(episodes)))]
    space = data.spec.observation_space
    picture = _pictured(space)
    clips = []
    for number, episode in enumerate(episodes):
        frames = (
            partial(iter, picture(episode.observations))
            if picture is not None
            else partial(_played, name, data, episode, seeds[number])
        )
        success = None if holds is None else _bits(episode, data, holds)
        clips.append(
            Clip(
                f"{number:04d}",
                frames,
                success=success,
                judged=_info(episode, "judged"),
                actions=tuple(
                    json_action(step_of(data.spec.action_space, episode.actions, t))
                    for t in range(len(episode))
                ),
                rewards=np.asarray(episode.rewards, dtype=np.float64),
                mission=_mission(space, episode),
            )
        )
    return tuple(clips), when


def _pictured(space: Any) -> Callable[[Any], NDArray[np.uint8]] | None:
    """What takes the pictures out of observations; the largest where there are several."""
    if _is_picture(space):
        return np.asarray
    if isinstance(space, spaces.Dict):
        inside = {key: part for key, part in space.spaces.items() if _is_picture(part)}
        if inside:
            key = max(inside, key=lambda one: int(np.prod(inside[one].shape or ())))
            return lambda observations: np.asarray(observations[key])
    return None


def _is_picture(space: Any) -> bool:
    return (
        isinstance(space, spaces.Box)
        and space.dtype == np.uint8
        and len(space.shape) == _CHANNELS
        and space.shape[2] == _CHANNELS
        and min(space.shape[:2]) >= _LEAST
    )


def _played(name: str, data: Any, episode: Any, seed: int | None) -> Iterator[NDArray[np.uint8]]:
    """The pictures of an episode whose observations are none, by playing it again."""
    if seed is None:
        raise UsageError(
            f"the Minari dataset {name} holds no pictures and does not tell the seeds of its "
            "episodes, so that they cannot be drawn."
        )
    try:
        env = data.recover_environment(render_mode="rgb_array")
    except Exception as error:
        # Making an environment of another's spec may raise anything.
        raise EnvironmentFault(
            f"the environment of the Minari dataset {name} cannot be made here: "
            f"{type(error).__name__}: {error}."
        ) from error
    space, actions = data.spec.observation_space, data.spec.action_space
    try:
        seen, _ = env.reset(seed=int(seed))
        for t in range(len(episode) + 1):
            if t:
                seen, *_ = env.step(step_of(actions, episode.actions, t - 1))
            if not _alike(step_of(space, episode.observations, t), seen):
                raise EnvironmentFault(
                    f"episode {episode.id} of the Minari dataset {name} comes out otherwise here "
                    f"from frame {t} on, so that its pictures cannot be drawn. Install the "
                    "versions that it was made with."
                )
            frame = np.asarray(env.render())
            if frame.dtype != np.uint8 or frame.ndim != _CHANNELS:
                raise EnvironmentFault(f"the environment of {name} draws no RGB pictures.")
            yield frame
    finally:
        env.close()


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_alike(one[k], other[k]) for k in one)
    if isinstance(one, tuple):
        return all(_alike(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, str | bytes):
        return bool(one == other)
    return np.allclose(np.asarray(one, np.float64), np.asarray(other, np.float64), atol=1e-5)


def _condition(when: str) -> Callable[[StepOutcome], bool]:
    content = {
        "env": RECORDED,
        "success": {"when": when},
        "expert": {"policy": "episodes:none"},
    }
    condition = parse_condition(validate_spec(content, name="import", file="--success"))
    return lambda outcome: condition.holds(None, outcome)


def _bits(episode: Any, data: Any, holds: Callable[[StepOutcome], bool]) -> NDArray[np.bool_]:
    space, count = data.spec.observation_space, len(episode)
    infos = {key: np.asarray(values) for key, values in (episode.infos or {}).items()
             if not isinstance(values, dict)}  # fmt: skip
    found = []
    for t in range(count + 1):
        # Some datasets tell the info of the reset as well, and some do not.
        info = {
            key: values[t - (count + 1 - len(values))]
            for key, values in infos.items()
            if t >= count + 1 - len(values)
        }
        found.append(
            holds(
                StepOutcome(
                    step_of(space, episode.observations, t),
                    reward=float(episode.rewards[t - 1]) if t else None,
                    terminated=bool(t and episode.terminations[t - 1]),
                    truncated=bool(t and episode.truncations[t - 1]),
                    info=info,
                )
            )
        )
    return np.array(found, np.bool_)


def _info(episode: Any, key: str) -> NDArray[np.bool_] | None:
    """An info of every frame, where the dataset has it."""
    values = (episode.infos or {}).get(key)
    if values is None or len(values) != len(episode) + 1:
        return None
    return np.asarray(values, np.bool_)


def _mission(space: Any, episode: Any) -> str | None:
    """The words of an episode, where they are observed or told."""
    if isinstance(space, spaces.Dict) and isinstance(space.spaces.get("mission"), spaces.Text):
        return str(episode.observations["mission"][0])
    told = (episode.infos or {}).get("mission")
    if told is None or not len(told):
        return None
    return told[0].decode() if isinstance(told[0], bytes) else str(told[0])
