"""A Dask cluster as a crew.

Scheduler and workers are Dask's own: ``dask scheduler`` and ``dask worker ADDRESS --nthreads 1``.
Workers share the client's working folder, since specs, episodes, runs and journals are files in
it; that they do, and that its locks hold between them, is tried before anything is done.
"""

from __future__ import annotations

import fcntl
import importlib
import logging
import os
import platform
import sys
import uuid
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from synth import __version__
from synth.errors import UsageError, WorkersLost
from synth.extras import install
from synth.scheduling.crew import AHEAD, Crew
from synth.scheduling.fan_out import TRIES
from synth.scheduling.shared import Shared, in_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from contextlib import AbstractContextManager

__all__ = ["cluster"]

A = TypeVar("A")
R = TypeVar("R")
V = TypeVar("V")

SECONDS = 10
"""In which a scheduler must answer, and a worker come."""


@contextmanager
def cluster(address: str) -> Iterator[Crew]:
    """Work with the workers of a scheduler.

    Args:
        address: ``tcp://HOST:PORT``.

    Raises:
        UsageError: `distributed` is missing, no scheduler answers, it has no workers, or one of
            them does not serve.
    """
    distributed = _dask()
    # What becomes of the work is said by synth; Dask would say the same again, with a traceback. It
    # has given some of its loggers a level of their own.
    for name in [n for n in logging.root.manager.loggerDict if n.startswith("distributed")]:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = distributed.Client(address, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise UsageError(
            f"--scheduler {address}: no Dask scheduler answers there ({error}). Start one with "
            "`dask scheduler`, and workers with `dask worker ADDRESS --nthreads 1`."
        ) from error
    with client:
        _require_workers(client, address)
        executor = client.get_executor(pure=False)
        try:
            yield _Cluster(client, executor, address)
        finally:
            # Not waited for: work in a worker cannot be interrupted, and what it keeps is found.
            executor.shutdown(wait=False)


class _Cluster(Crew):
    """The workers of one scheduler, as many as there are at the moment."""

    fewer = "fewer workers on a machine need less."

    def __init__(self, client: Any, executor: Any, address: str) -> None:
        super().__init__(executor, 1)
        self.losses = (CancelledError, _dask().KilledWorker)
        self._client, self._address = client, address

    def room(self) -> int:
        """As many as suit the workers that there are now; where all have gone, more may come."""
        return AHEAD * max(1, len(_workers(self._client)))

    def submit(self, do: Callable[[A], R], piece: A) -> Future[R]:
        """Have a piece done, in this working folder.

        Raises:
            WorkersLost: The scheduler is gone.
        """
        if self._client.status != "running":
            raise self._gone()
        return super().submit(_InFolder(do, Path.cwd()), piece)

    def share(self, value: V) -> AbstractContextManager[Shared[V]]:
        """By a file in the folder that all of them see."""
        return in_file(value, Path.cwd())

    def lost_by(self, error: BaseException) -> int:
        """One, or all that a piece may lose: Dask has tried that often already.

        Raises:
            WorkersLost: The scheduler is gone; without it every piece is cancelled.
        """
        if self._client.status != "running":
            raise self._gone() from error
        return 1 if isinstance(error, CancelledError) else TRIES

    def _gone(self) -> WorkersLost:
        return WorkersLost(
            f"--scheduler {self._address}: the scheduler is gone. What was finished is kept: start "
            "it again, and run the same command to go on."
        )


@dataclass(frozen=True, slots=True)
class _InFolder(Generic[A, R]):
    """Work done in the client's folder, wherever the worker was started."""

    do: Callable[[A], R]
    folder: Path

    def __call__(self, piece: A) -> R:
        os.chdir(self.folder)
        if str(self.folder) not in sys.path:
            sys.path.append(str(self.folder))  # a spec may name an expert of the user's project
        return self.do(piece)


@dataclass(frozen=True, slots=True)
class _About:
    """A worker, as it tells of itself."""

    synth: str
    python: str
    shares: bool
    locked: bool


def _dask() -> Any:
    """The package `distributed`.

    Raises:
        UsageError: It is missing.
    """
    try:
        return importlib.import_module("distributed")
    except ModuleNotFoundError as error:
        raise UsageError(
            f"--scheduler needs {error.name}, which is not installed; `{install('cluster')}`."
        ) from error


def _workers(client: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.scheduler_info(n_workers=-1)["workers"]
    return found


def _require_workers(client: Any, address: str) -> None:
    """Refuse workers that would not do what this process does.

    Raises:
        UsageError: There are none, or one of them does not serve; which, and why.
    """
    try:
        client.wait_for_workers(1, timeout=SECONDS)
    except TimeoutError:
        raise UsageError(
            f"--scheduler {address}: it has no workers; start some with "
            f"`dask worker {address} --nthreads 1`."
        ) from None
    for worker, told in _workers(client).items():
        if told["nthreads"] != 1:
            # Judging parses programs, which CPython cannot do in two threads at once.
            raise UsageError(
                f"worker {worker} has {told['nthreads']} threads; start workers with "
                "--nthreads 1, and --nworkers N for more of them."
            )
    token = Path.cwd() / f".synth-{uuid.uuid4().hex[:12]}"
    with token.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            answers: dict[str, _About] = client.run(_about, token)
        finally:
            token.unlink()
    mine = _About(__version__, platform.python_version(), shares=True, locked=True)
    for worker, its in answers.items():
        if (its.synth, its.python) != (mine.synth, mine.python):
            raise UsageError(
                f"worker {worker} runs synth {its.synth} on Python {its.python}, and this is synth "
                f"{mine.synth} on Python {mine.python}; verdicts need the same of both."
            )
        if its != mine:
            lacks = "does not see" if not its.shares else "does not heed the locks of files in"
            raise UsageError(
                f"worker {worker} {lacks} {Path.cwd()}; synth's workers share the folder of specs, "
                "generated and runs with whoever starts them, under the same path."
            )


def _about(token: Path) -> _About:
    """What a worker tells of itself; it runs there."""
    shares = locked = False
    if token.exists():
        shares = True
        with token.open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                locked = True
    return _About(__version__, platform.python_version(), shares, locked)
