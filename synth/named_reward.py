"""A reward by the name that users give it: a path, ``clip:...`` or ``vlm:...``.

Alternatives to programs are one module each with an ``open_alternative(argument, folder)``, named
in one line here and imported only when asked for: they need models, which programs do not.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, cast

from synth.errors import UsageError
from synth.reward import RewardFunction, load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["ALTERNATIVES", "is_alternative", "open_reward"]

ALTERNATIVES = {"clip": "synth.alternatives.clip_reward", "vlm": "synth.alternatives.vlm_reward"}
"""By what stands before the colon."""


def is_alternative(text: str) -> bool:
    """Whether a name is an alternative's, and no path."""
    scheme, colon, _ = text.partition(":")
    return bool(colon) and scheme in ALTERNATIVES


def open_reward(text: str | Path, folder: Path) -> RewardFunction:
    """Open a reward for a task.

    Args:
        text: A task folder or program, as for `synth.load`, or an alternative's name.
        folder: ``generated/TASK``: an alternative takes its plan.

    Raises:
        UsageError: There is no such reward, or its name says something it may not.
        ProgramSyntaxError: As for `synth.load`.
        LintError: As for `synth.load`.
        SandboxUnavailable: As for `synth.load`.
        ModelError: Its model cannot be reached.
    """
    if not is_alternative(str(text)):
        return load(text)
    scheme, _, argument = str(text).partition(":")
    if not argument:
        raise UsageError(f"{scheme}: name the model, as in `{scheme}:NAME`.")
    module = importlib.import_module(ALTERNATIVES[scheme])
    opener = cast("Callable[[str, Path], RewardFunction]", module.open_alternative)
    return opener(argument, folder)
