"""``sb3:FILE.zip``: a model saved by stable-baselines3 or sb3-contrib as an expert.

Its algorithm is told from the file, by the settings that only that algorithm has. What it sees
is decided by `synth.experts.observing`. Loading a model runs code that the file brings: name
only files that you would run.
"""

from __future__ import annotations

import importlib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.errors import EnvironmentFault, SpecError
from synth.experts.observing import ModelEyes
from synth.extras import install
from synth.foreign import UnreadableText, read_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.envs.base import Policy
    from synth.spec import Spec

__all__ = ["algorithm_of", "trained"]


@dataclass(frozen=True, slots=True)
class _Sign:
    """By what a saved model's algorithm is told.

    Attributes:
        name: The algorithm's class.
        package: Where it is.
        setting: A setting that it has, and none of those after it in `_SIGNS`.
        policies: The module of its policies, where settings tell nothing.
    """

    name: str
    package: str
    setting: str
    policies: str = ""


_OWN, _MORE = "stable_baselines3", "sb3_contrib"
_SIGNS = (
    _Sign("RecurrentPPO", _MORE, "clip_range", "sb3_contrib.common.recurrent"),
    _Sign("MaskablePPO", _MORE, "clip_range", "sb3_contrib.common.maskable"),
    _Sign("PPO", _OWN, "clip_range"),
    _Sign("TRPO", _MORE, "cg_max_steps"),
    _Sign("A2C", _OWN, "gae_lambda"),
    _Sign("ARS", _MORE, "n_delta"),
    _Sign("QRDQN", _MORE, "n_quantiles"),
    _Sign("DQN", _OWN, "exploration_fraction"),
    _Sign("TQC", _MORE, "top_quantiles_to_drop_per_net"),
    _Sign("CrossQ", _MORE, "target_entropy", "sb3_contrib.crossq"),
    _Sign("SAC", _OWN, "target_entropy"),
    # DDPG is TD3 with one critic, and acts as it does.
    _Sign("TD3", _OWN, "target_policy_noise"),
)


def algorithm_of(file: Path) -> tuple[str, str]:
    """The package and the class of the algorithm that saved a model.

    Raises:
        ValueError: The file is no such model; the message says what it is.
        OSError: It cannot be read.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            settings = read_json(archive.read("data"))
    except (zipfile.BadZipFile, KeyError, UnreadableText) as error:
        raise ValueError(f"{file} is no model that stable-baselines3 saved ({error})") from error
    policies = str((settings.get("policy_class") or {}).get("__module__", ""))
    for sign in _SIGNS:
        if sign.setting in settings and policies.startswith(sign.policies):
            return sign.package, sign.name
    raise ValueError(f"{file} was saved by an algorithm that synth does not know")


def trained(spec: Spec) -> Policy:
    """The expert of a saved model, which takes the action that it finds best.

    Raises:
        SpecError: The file is missing or is no such model, or does not load here.
        EnvironmentFault: A package is missing; the message says what to install.
    """
    model, algorithm = _loaded(spec)
    observe = ModelEyes(spec, model.observation_space)

    def act(simulator: Any, /) -> Iterator[Any]:
        eyes = observe.of(simulator)
        memory, begins = None, np.ones(1, dtype=np.bool_)
        while True:
            # Only a masked policy may be told which actions there are.
            masks = (
                {"action_masks": simulator.env.action_masks()}
                if algorithm == "MaskablePPO" and hasattr(simulator.env, "action_masks")
                else {}
            )
            action, memory = model.predict(
                eyes.see(), state=memory, episode_start=begins, deterministic=True, **masks
            )
            begins = np.zeros(1, dtype=np.bool_)
            yield eyes.deed(action)

    return act


def _loaded(spec: Spec) -> tuple[Any, str]:
    file = Path(spec.expert.policy.partition(":")[2])
    try:
        package, name = algorithm_of(file)
    except FileNotFoundError as error:
        raise _wrong(spec, f"there is no file {file}.", "Save a model there.") from error
    except (OSError, ValueError) as error:
        raise _wrong(spec, f"{error}.", "Name what `model.save` wrote.") from error
    try:
        algorithm = getattr(importlib.import_module(package), name)
    except ModuleNotFoundError as error:
        raise EnvironmentFault(
            f"specs/{spec.name}.toml: expert.policy: {file} was saved by {name} and needs the "
            f"package {error.name!r}, which is not installed. Run `{install('sb3')}`."
        ) from error
    try:
        return algorithm.load(file, device="cpu"), name
    except Exception as error:
        # Loading unpickles whatever was saved, so it may raise anything.
        raise _wrong(
            spec,
            f"{file} was saved by {name} and does not load: {type(error).__name__}: {error}.",
            "Save it again with the packages that are installed here.",
        ) from error


def _wrong(spec: Spec, problem: str, remedy: str) -> SpecError:
    return SpecError(problem, file=f"specs/{spec.name}.toml", key="expert.policy", remedy=remedy)
