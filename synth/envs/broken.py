"""What is said of the user's own code that raises an error, or gives what is no action."""

from __future__ import annotations

import inspect
import os
import sysconfig
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import synth
from synth.errors import ExpertBroke, IllegalAction

if TYPE_CHECKING:
    from synth.spec import Spec

__all__ = ["broken", "raised_at"]


def broken(spec: Spec, policy: Any, seed: int, error: Exception) -> ExpertBroke:
    """The error for it, with its place in the user's own code.

    Args:
        spec: Whose ``expert.policy`` it is.
        policy: The expert itself.
        seed: Of the episode.
        error: What came of it.
    """
    place = raised_at(error) or _begins_at(policy)
    at = f", at {place}" if place else ""
    who = f"specs/{spec.name}.toml: expert.policy: {spec.expert.policy}"
    if isinstance(error, IllegalAction):
        return ExpertBroke(f"{who} gives what is no action, with seed {seed}{at}: {error}")
    return ExpertBroke(
        f"{who} broke in {spec.env} with seed {seed}{at}: {type(error).__name__}: {error}."
    )


def raised_at(error: Exception) -> str:
    """The innermost line of an error that is neither synth's nor a package's."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [one for one in frames if _is_users(one.filename)]
    return _place(own[-1].filename, own[-1].lineno) if own else ""


def _begins_at(policy: Any) -> str:
    """Where a function of the user's begins."""
    code = getattr(inspect.unwrap(policy), "__code__", None)
    if code is None or not _is_users(code.co_filename):
        return ""
    return _place(code.co_filename, code.co_firstlineno)


def _is_users(file: str) -> bool:
    installed = sysconfig.get_paths()
    foreign = [str(Path(synth.__file__).parent), *map(installed.get, ("stdlib", "purelib"))]
    return not file.startswith("<") and not any(
        Path(file).is_relative_to(folder) for folder in foreign if folder
    )


def _place(file: str, line: int | None) -> str:
    path = Path(file)
    here = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return f"{os.fspath(here)}, line {line}"
