"""`synth export TASK --minari ID`: recorded episodes as a Minari dataset on this machine.

Observations are the recorded pictures, without loss. Infos tell, for every frame, whether it is
a success and whether that is judged, and the mission where there is one. Actions and seeds are
the environment's own, so that the dataset can be played again. All episodes go, held-out ones
included; truth does not.
"""

from __future__ import annotations

import importlib
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces

from synth.envs.gymnasium.actions import from_json
from synth.errors import EnvironmentFault, UsageError
from synth.extras import install

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.episode import Episode, EpisodeStore

__all__ = ["export_minari", "require_minari"]


def export_minari(store: EpisodeStore, name: str, task: str, actions: Any = None) -> int:
    """Write a dataset; gives how many episodes it has.

    Args:
        store: The episodes.
        name: The dataset's id, ``namespace/name-v0``.
        task: The task's name, for the description.
        actions: The environment's action space; without it actions must be numbers.

    Raises:
        EnvironmentFault: Minari, or the package in which it keeps data, is not installed.
        UsageError: There is such a dataset already, or the name is none.
    """
    minari = require_minari(name)
    buffers = importlib.import_module("minari.data_collector.episode_buffer")
    space = actions if actions is not None else _space_of(store.episodes)
    shape = store.frames.shape[1:]
    made = [
        buffers.EpisodeBuffer(
            id=number,
            seed=int(episode.seed),
            observations=list(store.frames_of(episode)),
            actions=_columns(space, [from_json(space, a) for a in episode.actions]),
            rewards=[float(r) for r in episode.rewards],
            terminations=_ends(episode, success=True),
            truncations=_ends(episode, success=False),
            infos=_infos(episode),
        )
        for number, episode in enumerate(store.episodes)
    ]
    try:
        with warnings.catch_warnings():
            # It warns of each optional remark that is not made: author, licence, address.
            warnings.simplefilter("ignore", UserWarning)
            minari.create_dataset_from_buffers(
                name,
                made,
                observation_space=spaces.Box(0, 255, shape, np.uint8),
                action_space=space,
                algorithm_name="synth record",
                description=f"Episodes of {task} ({store.env}), as pictures, recorded by synth.",
                jpeg_encoding=False,
            )
    except ValueError as error:
        raise UsageError(f"{name} cannot be made a Minari dataset: {error}.") from error
    return len(made)


def require_minari(name: str) -> Any:
    """Minari, where a dataset of that name could be made, before there is anything to put into it.

    Raises:
        EnvironmentFault: Minari, or the package in which it keeps data, is not installed.
        UsageError: There is such a dataset already.
    """
    try:
        minari = importlib.import_module("minari")
        importlib.import_module("minari.data_collector.episode_buffer")
        importlib.import_module("h5py")
    except ImportError as error:
        raise EnvironmentFault(
            f"a package that writes Minari datasets is not installed ({error}). "
            f"Run `{install('minari')}`."
        ) from error
    if name in minari.list_local_datasets():
        raise UsageError(
            f"there is a Minari dataset {name} here already; choose another name, or "
            f"`minari delete {name}`."
        )
    return minari


def _ends(episode: Episode, *, success: bool) -> list[bool]:
    """Whether the episode ends after each step, in success or without."""
    last = len(episode) - 1
    ended = bool(episode.success[-1])
    return [t == last and ended == success for t in range(len(episode))]


def _infos(episode: Episode) -> dict[str, Any]:
    told: dict[str, Any] = {
        "success": episode.success.astype(np.bool_),
        "judged": episode.judged.astype(np.bool_),
    }
    if episode.mission is not None:
        told["mission"] = np.array([episode.mission.encode()] * (len(episode) + 1))
    return told


def _columns(space: Any, values: Sequence[Any]) -> Any:
    """Actions column by column, as Minari keeps those of a `Tuple`."""
    if isinstance(space, spaces.Tuple):
        return tuple(
            _columns(part, [value[k] for value in values]) for k, part in enumerate(space.spaces)
        )
    return np.asarray(values, dtype=space.dtype)


def _space_of(episodes: Sequence[Episode]) -> Any:
    """A space that holds the recorded actions, where nobody knows the environment's own."""
    played = [np.asarray(a) for e in episodes for a in e.actions]
    if not played or played[0].dtype.kind not in "if":
        raise UsageError("these episodes have no actions, and a Minari dataset needs them.")
    if played[0].dtype.kind == "i" and played[0].ndim == 0:
        return spaces.Discrete(int(max(played)) + 1)
    return spaces.Box(-np.inf, np.inf, played[0].shape, np.float32)
