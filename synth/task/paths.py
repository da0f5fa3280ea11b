"""Where a checkout keeps things, seen from the working directory."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["GENERATED", "RUNS", "SPECS", "run_folder", "task_folder"]

SPECS = Path("specs")
GENERATED = Path("generated")
RUNS = Path("runs")


def task_folder(task: str) -> Path:
    """``generated/TASK``."""
    return GENERATED / task


def run_folder(task: str, model: str) -> Path:
    """``runs/TASK/MODEL``, with the model's name made safe for a folder.

    Providers that name a path (``exchange:FOLDER``, ``replay:JOURNAL``) keep its last part.
    """
    provider, _, rest = model.partition(":")
    tail = Path(rest).name if provider in {"exchange", "replay"} else rest
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{provider}-{tail}" if tail else provider)
    return RUNS / task / name.strip("-.")
