"""``minari:ID``: the episodes of a local Minari dataset, to be played again by their seeds."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from synth.errors import EnvironmentFault, UsageError
from synth.experts.demonstrations import Recording
from synth.extras import install

__all__ = ["dataset", "demonstrations", "json_action", "step_of"]


def dataset(name: str) -> Any:
    """A Minari dataset on this machine; nothing is downloaded.

    Raises:
        EnvironmentFault: Minari is not installed, or not all of it.
        UsageError: There is no such dataset here, or it is damaged.
    """
    try:
        minari = importlib.import_module("minari")
        return minari.load_dataset(name)
    except ImportError as error:
        raise EnvironmentFault(
            f"minari:{name} needs a package that is not installed ({error}). "
            f"Run `{install('minari')}`."
        ) from error
    except (FileNotFoundError, ValueError, KeyError, OSError) as error:
        raise UsageError(
            f"there is no Minari dataset {name!r} here ({error}); `minari download {name}` may "
            "fetch it, and `minari list local` names those that are here."
        ) from error


def demonstrations(name: str) -> tuple[Recording, ...]:
    """The episodes of a dataset that ended, in its order, as seeds and actions.

    Raises:
        EnvironmentFault: As `dataset`.
        UsageError: As `dataset`, or the dataset does not tell the seeds of its episodes.
    """
    data = dataset(name)
    ids = list(range(data.total_episodes))
    told = data.storage.get_episode_metadata(ids)
    seeds = [one.get("seed") for one in told]
    if not ids or any(seed is None for seed in seeds):
        raise UsageError(
            f"the Minari dataset {name} does not tell the seeds of its episodes, so that they "
            f"cannot be played again; `synth import NAME minari:{name}` takes their pictures."
        )
    space = data.spec.action_space
    return tuple(
        Recording(
            int(seed),
            tuple(json_action(step_of(space, e.actions, t)) for t in range(len(e))),
        )
        for seed, e in zip(seeds, data.iterate_episodes(), strict=True)
    )


def step_of(space: Any, columns: Any, t: int) -> Any:
    """One moment of what Minari keeps column by column, in nested spaces too."""
    if isinstance(columns, dict):
        return {key: step_of(space[key], part, t) for key, part in columns.items()}
    if isinstance(columns, tuple):
        return tuple(step_of(space[k], part, t) for k, part in enumerate(columns))
    return columns[t]


def json_action(action: Any) -> Any:
    """An action of a dataset as a JSON value."""
    if isinstance(action, np.ndarray | np.generic):
        return action.tolist()
    return [json_action(part) for part in action] if isinstance(action, tuple) else action
