"""Files and folders that are replaced in one step, whatever they hold.

What a killed process leaves lies beside its place, under a name with the process's number. Whoever
replaces the same thing next sweeps that away, where the process is gone.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["rebuilt_folder", "recover_folder", "replace_file", "swap_folder"]

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
"""Of ``renameat2(2)``: paths are relative to the working directory; both names change places."""


def replace_file(path: Path, content: bytes) -> None:
    """Replace a file in one step: a reader, or a crash, finds the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path, r"\w+\.tmp")
    prefix = f".{path.name}-{os.getpid()}-"
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=prefix, suffix=".tmp")
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


@contextmanager
def rebuilt_folder(folder: Path, *, from_old: bool = False) -> Iterator[Path]:
    """Make a folder anew beside its place, and let it take that in one step.

    Args:
        folder: What is replaced, possibly nothing.
        from_old: Whether the new one begins as a copy of the old one. Its files are shared with
            the old one until they are replaced: use `replace_file`, and never write into one.

    Yields:
        The new folder, which need not exist yet where it is no copy.
    """
    folder = folder.resolve()  # what a link leads to is replaced, never the link
    recover_folder(folder)
    fresh = folder.with_name(f".{folder.name}-{os.getpid()}-new")
    try:
        if from_old:
            shutil.copytree(folder, fresh, copy_function=_link)
        yield fresh
        swap_folder(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def recover_folder(folder: Path) -> None:
    """Put back what a crash left aside, where nothing is in its place; sweep away the rest."""
    old = _aside(folder)
    if old.exists() and not folder.exists():
        old.replace(folder)
    else:
        shutil.rmtree(old, ignore_errors=True)
    _sweep(folder, "new")


def _sweep(path: Path, ends: str) -> None:
    """Remove what processes that are gone left beside a path."""
    left = re.compile(rf"\.{re.escape(path.name)}-(\d+)-{ends}")
    for beside in path.parent.iterdir() if path.parent.is_dir() else ():
        match = left.fullmatch(beside.name)
        if match is None or _lives(int(match[1])):
            continue
        if beside.is_dir():
            shutil.rmtree(beside, ignore_errors=True)
        else:
            beside.unlink(missing_ok=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _link(source: str, target: str) -> None:
    """A second name for a file: nothing here writes into one, each is replaced whole."""
    try:
        os.link(source, target)
    except OSError:  # a file system without links
        shutil.copy2(source, target)


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
