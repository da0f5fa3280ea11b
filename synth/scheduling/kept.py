"""What must not be done twice, by two workers at once or again after a kill.

A worker that was given up for lost may be at work still, as may one whose client was killed. So
work that leaves files is done under a lock, and whoever comes second waits. The lock is the
system's (``flock``), and goes with the process that holds it, however that ends.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from synth.episode.replace import replace_file
from synth.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["alone", "kept_result", "read_kept"]

M = TypeVar("M", bound=BaseModel)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Be the only one who holds a file locked; wait until that can be.

    Args:
        path: The lock's file, made where it is missing. It stays, and holds nothing.

    Raises:
        UsageError: It cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}).") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)  # and with it the lock


def kept_result(
    path: Path, kind: type[M], make: Callable[[], M], fits: Callable[[M], bool] = lambda _: True
) -> M:
    """A result from its file, or else made now and kept there.

    Args:
        path: The result's file. Beside it lies a lock while it is made, and afterwards.
        kind: What the file holds, as JSON.
        make: Makes it; it is called by one worker at a time, of all that share the folder.
        fits: Whether a kept one is an answer to what is asked now; by default it is.

    Raises:
        UsageError: The file is damaged, or cannot be written.
    """
    with alone(path.with_name(f".{path.name}.lock")):
        known = read_kept(path, kind)
        if known is not None and fits(known):
            return known
        made = make()
        replace_file(path, made.model_dump_json(indent=2).encode() + b"\n")
        return made


def read_kept(path: Path, kind: type[M]) -> M | None:
    """A kept result, or ``None`` where there is none yet.

    Raises:
        UsageError: The file is damaged.
    """
    try:
        return kind.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise UsageError(
            f"{path}: not a {kind.__name__} ({type(error).__name__}); remove it, it is made anew."
        ) from error
