"""The key of an audit's search: from the commit that is audited, where there is one.

Half of the search's layouts come from it (`synth.search.layouts`), so that no program made
before the commit can hold a table of them, and everybody who audits the commit searches alike.
"""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["key_of_commit"]

DIGITS = 12
"""Of the commit's name: enough to tell it, and short enough to be typed."""

PATIENCE = 10.0
"""Seconds that git may take."""


def key_of_commit(folder: Path) -> str | None:
    """The commit that a folder is at.

    Args:
        folder: ``generated/TASK``.

    Returns:
        The first digits of its name; ``None`` where there is no git, no repository or no
        commit, or where the folder holds something else than the commit.
    """
    if _git(folder, "status", "--porcelain", "--", ".") != "":
        return None
    name = _git(folder, "rev-parse", "HEAD")
    return name[:DIGITS] if name else None


def _git(folder: Path, *words: str) -> str | None:
    """What git answers, or ``None`` where it does not."""
    program = shutil.which("git")
    if program is None:
        return None
    try:
        come = subprocess.run(
            [program, "-C", str(folder), *words],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return come.stdout.strip() if come.returncode == 0 else None
