"""Where a checkout keeps things, seen from the working directory."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from synth.errors import UsageError

__all__ = [
    "GENERATED",
    "RUNS",
    "SPECS",
    "file_in_the_way",
    "require_room",
    "run_folder",
    "task_folder",
]

SPECS = Path("specs")
GENERATED = Path("generated")
RUNS = Path("runs")

DIGITS = 6
"""Of the digest that keeps names apart which look alike as folders."""


def file_in_the_way(folder: Path) -> Path | None:
    """What is no folder and stands where one must be, for a folder to be made."""
    return next(
        (path for path in (folder, *folder.parents) if path.exists() and not path.is_dir()), None
    )


def require_room(*folders: Path) -> None:
    """Check that folders can be made, before there is anything to put into them.

    Raises:
        UsageError: A file stands in the place of one, or of one above it.
    """
    for folder in folders:
        if (file := file_in_the_way(folder)) is not None:
            raise UsageError(
                f"{file} is no folder, and synth keeps one there. Move it away, or start synth "
                "elsewhere."
            )


def task_folder(task: str) -> Path:
    """``generated/TASK``."""
    return GENERATED / task


def run_folder(task: str, model: str) -> Path:
    """``runs/TASK/MODEL``, with the model's name made safe for a folder.

    Providers that name a path (``exchange:FOLDER``, ``replay:JOURNAL``) keep its last part. What
    is lost of a name stands at the end as a few digits: two models never share a folder, or the
    one's answers would be taken for the other's.
    """
    provider, _, rest = model.partition(":")
    tail = Path(rest).name if provider in {"exchange", "replay"} else rest
    whole = f"{provider}-{tail}" if tail else provider
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", whole).strip("-.")
    if name != (f"{provider}-{rest}" if rest else provider):
        name += f"-{hashlib.sha256(model.encode()).hexdigest()[:DIGITS]}"
    return RUNS / task / name
