"""Experts by name: ``module:function``, a saved model, or demonstrations of others.

::

    my_tasks.experts:walk            a function from the simulator to actions
    sb3:models/ppo.zip               a model of stable-baselines3 or sb3-contrib
    play:runs/doorkey/play           what a person played with `synth play`
    episodes:other/episodes          episodes in synth's own format, of the same environment
    minari:minigrid/BabyAI/Open-v0   a Minari dataset that holds the seeds of its episodes

The function is called with the simulator after a reset and yields actions. This module
finds it; whether it succeeds shows when it is rolled out (`synth.record`). Folders and files are
looked for from where synth was started.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING

from synth.envs.keys import wrong_key
from synth.envs.named import find_function
from synth.episode import read_store
from synth.errors import UsageError
from synth.experts.demonstrations import Demonstrated, Recording
from synth.experts.patience import patient
from synth.experts.played import successes

if TYPE_CHECKING:
    from synth.envs.base import Policy
    from synth.spec import Spec

__all__ = ["demonstrated", "find_policy"]

_KEY = "expert.policy"
_DEMONSTRATIONS = ("play", "episodes", "minari")


def find_policy(spec: Spec) -> Policy:
    """The expert that ``expert.policy`` names, given up where it hangs (`patient`).

    Raises:
        SpecError: What it names is missing, damaged, or not what it should be.
        EnvironmentFault: A package is missing that the expert needs.
    """
    source, _, rest = spec.expert.policy.partition(":")
    if source in _DEMONSTRATIONS:
        return _demonstrated(spec, source, rest)
    if source == "sb3":
        from synth.experts.trained import trained  # noqa: PLC0415 - brings a learner's packages

        return patient(trained(spec), spec.expert.policy)
    return patient(_function(spec, source, rest), spec.expert.policy)


def demonstrated(spec: Spec) -> Demonstrated | None:
    """The expert where it is one that was recorded; ``None`` where it can act anywhere.

    Raises:
        SpecError: As for `find_policy`.
        EnvironmentFault: As for `find_policy`.
    """
    source, _, rest = spec.expert.policy.partition(":")
    return _demonstrated(spec, source, rest) if source in _DEMONSTRATIONS else None


def _demonstrated(spec: Spec, source: str, rest: str) -> Demonstrated:
    try:
        if source == "play":
            return Demonstrated(spec, successes(Path(rest), spec.env))
        if source == "episodes":
            return Demonstrated(spec, _recorded(Path(rest), spec.env))
        from synth.experts.minari import demonstrations  # noqa: PLC0415 - brings Minari

        return Demonstrated(spec, demonstrations(rest))
    except UsageError as error:
        raise wrong_key(spec, _KEY, str(error), "") from error


def _recorded(folder: Path, env: str) -> tuple[Recording, ...]:
    """The experts of recorded episodes, the visible ones first."""
    store = read_store(folder)
    if store.env != env:
        raise UsageError(f"the episodes in {folder} are of {store.env}, not of {env}.")
    experts = store.select(kind="expert")
    return tuple(Recording(e.seed, e.actions) for e in experts if e.success.any())


def _function(spec: Spec, module_name: str, function_name: str) -> Policy:
    remedy = (
        "An expert is a function from a simulator to an iterator of actions, named as "
        "`module:function`."
    )
    policy: Policy = find_function(spec, _KEY, f"{module_name}:{function_name}", remedy)
    try:
        inspect.signature(policy).bind(None)
    except TypeError as error:
        problem = f"{module_name}:{function_name} cannot be called: {error}."
        remedy = "An expert is called with the simulator alone: `def expert(simulator)`."
        raise wrong_key(spec, _KEY, problem, remedy) from error
    except ValueError:
        pass  # written in C, say: what it takes shows when it is called
    return policy
