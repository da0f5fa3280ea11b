"""Where a figure goes: looked at before any work is done for it."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads annotations when it runs

from synth.errors import UsageError

__all__ = ["drawable"]

KINDS = (".png", ".svg")


def drawable(file: Path | None) -> Path | None:
    """A file that a figure can be drawn into; what `--figure` is read by.

    Raises:
        UsageError: It would be of another kind, or lies in no folder.
    """
    if file is not None and file.suffix.lower() not in KINDS:
        raise UsageError(f"--figure {file}: a figure ends in {' or '.join(KINDS)}.")
    if file is not None and not file.parent.is_dir():
        raise UsageError(f"--figure {file}: there is no folder {file.parent}; make it first.")
    return file
