"""Reward functions that are programs: written by vision-language models, proven by tests.

The public names load on first use, so that ``import synth`` (and starting pytest, which
imports the plugin) costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synth.making import make, make_vec
    from synth.models.scripted import ScriptedModel
    from synth.options.env import OptionEnv
    from synth.options.vec import OptionVecWrapper
    from synth.program.lint import lint
    from synth.reward import Reward, load
    from synth.sandbox import Sandbox
    from synth.seen import CreditObservation
    from synth.seen_vec import CreditVecObservation
    from synth.vec import RewardVecWrapper
    from synth.vector import RewardVectorWrapper
    from synth.wrappers import RewardWrapper

__version__ = "0.1.0"

__all__ = [
    "CreditObservation",
    "CreditVecObservation",
    "OptionEnv",
    "OptionVecWrapper",
    "Reward",
    "RewardVecWrapper",
    "RewardVectorWrapper",
    "RewardWrapper",
    "Sandbox",
    "ScriptedModel",
    "__version__",
    "lint",
    "load",
    "make",
    "make_vec",
]

_HOMES = {
    "CreditObservation": "synth.seen",
    "CreditVecObservation": "synth.seen_vec",
    "OptionEnv": "synth.options.env",
    "OptionVecWrapper": "synth.options.vec",
    "Reward": "synth.reward",
    "RewardVecWrapper": "synth.vec",
    "RewardVectorWrapper": "synth.vector",
    "RewardWrapper": "synth.wrappers",
    "Sandbox": "synth.sandbox",
    "ScriptedModel": "synth.models.scripted",
    "lint": "synth.program.lint",
    "load": "synth.reward",
    "make": "synth.making",
    "make_vec": "synth.making",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'synth' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
