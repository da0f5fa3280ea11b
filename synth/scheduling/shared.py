"""Something large that every piece of work needs, sent to each process once."""

from __future__ import annotations

import os
import pickle
import tempfile
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Shared", "in_file"]

V = TypeVar("V")


class Shared(Generic[V]):
    """A value that travels as the name of a file.

    Args:
        value: Kept in this process.
        path: Where others find it; none where there are no others.
    """

    def __init__(self, value: V, path: Path | None = None) -> None:
        self._value, self._path = value, path

    @property
    def value(self) -> V:
        """What is shared."""
        return self._value

    def __reduce__(self) -> tuple[Callable[[Path], Shared[Any]], tuple[Path | None]]:
        return _loaded, (self._path,)


@contextmanager
def in_file(value: V, folder: Path | None) -> Iterator[Shared[V]]:
    """Share a value by a file that only this user may read, for as long as the block lasts.

    Args:
        value: Anything that can be pickled.
        folder: Seen by all who need it; the system's own for temporary files by default.
    """
    handle, name = tempfile.mkstemp(prefix=".synth-shared-", suffix=".pickle", dir=folder)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            pickle.dump(value, file, protocol=pickle.HIGHEST_PROTOCOL)
        yield Shared(value, path)
    finally:
        path.unlink(missing_ok=True)


@lru_cache(maxsize=1)  # a worker is at one kind of work at a time
def _loaded(path: Path) -> Shared[Any]:
    return Shared(pickle.loads(path.read_bytes()), path)  # noqa: S301 - written above, by this user
