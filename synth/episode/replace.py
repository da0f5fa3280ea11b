"""Files and folders that are replaced in one step, whatever they hold."""

from __future__ import annotations

import ctypes
import os
import shutil
import tempfile
from pathlib import Path

__all__ = ["recover_folder", "replace_file", "swap_folder"]

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
"""Of ``renameat2(2)``: paths are relative to the working directory; both names change places."""


def replace_file(path: Path, content: bytes) -> None:
    """Replace a file in one step: a reader, or a crash, finds the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:  # also on Ctrl-C: no half-written file stays
        Path(name).unlink(missing_ok=True)
        raise


def swap_folder(fresh: Path, folder: Path) -> None:
    """Put a folder in the place of another in one step; the old one is removed.

    A reader, or a crash, finds the old folder or the new one. Where the file system cannot
    exchange two names the old one is moved aside first; a crash between the two moves leaves no
    folder, and `recover_folder` puts the old one back.

    Args:
        fresh: On the same file system.
        folder: What is replaced, possibly nothing.
    """
    if not folder.exists():
        fresh.replace(folder)
        _settle(folder.parent)
        return
    if _exchange(fresh, folder):
        old = fresh
    else:
        old = _aside(folder)
        folder.replace(old)
        try:
            fresh.replace(folder)
        except BaseException:  # also on Ctrl-C: the old folder comes back
            old.replace(folder)
            raise
    _settle(folder.parent)
    shutil.rmtree(old)


def recover_folder(folder: Path) -> None:
    """Put back what a crash in `swap_folder` left aside, where nothing is in its place."""
    old = _aside(folder)
    if old.exists() and not folder.exists():
        old.replace(folder)
    else:
        shutil.rmtree(old, ignore_errors=True)


def _aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}-old")


def _exchange(one: Path, other: Path) -> bool:
    """Let two names change places in one step; whether this system can."""
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:  # not Linux, or a C library from before 2018
        return False
    names = (os.fsencode(one), os.fsencode(other))
    failed = renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE)
    # Some file systems (overlays, networks) have no such thing; they say so and change nothing.
    return not failed


def _settle(folder: Path) -> None:
    """Let the names of a folder be on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
