"""Who does the work: an executor, how many it serves at once, and how to tell that it is gone."""

from __future__ import annotations

import os
from concurrent.futures import BrokenExecutor, CancelledError
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from synth.errors import UsageError
from synth.scheduling.here import Here
from synth.scheduling.processes import LocalProcesses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor, Future

__all__ = ["Crew", "hire"]

A = TypeVar("A")
R = TypeVar("R")

AHEAD = 2
"""Pieces handed over for each worker."""


class Crew:
    """An executor as `synth.scheduling.fan_out` needs it.

    Args:
        executor: Any.
        workers: How many pieces it does at once.

    Attributes:
        fewer: What to do where workers run out of memory, in words.
        losses: What a future raises where its worker was lost.
    """

    fewer = "fewer of them (--jobs) need less memory."
    losses: tuple[type[BaseException], ...] = (BrokenExecutor, CancelledError)

    def __init__(self, executor: Executor, workers: int) -> None:
        self._executor, self._workers = executor, workers

    def room(self) -> int:
        """How many pieces may be handed over, as things stand.

        One at work and one waiting for each worker: enough to keep all busy, and little to wait
        for when time is up.
        """
        return AHEAD * self._workers

    def submit(self, do: Callable[[A], R], piece: A) -> Future[R]:
        """Have a piece done."""
        return self._executor.submit(do, piece)

    def lost_by(self, error: BaseException) -> int:  # noqa: ARG002 - here every loss is of one
        """How many workers a loss stands for.

        Args:
            error: One of `losses`.

        Raises:
            WorkersLost: There is nobody left.
        """
        return 1


class _Alone(Crew):
    """This very process: nothing is handed over ahead, since nothing goes on meanwhile."""

    def room(self) -> int:
        """One piece, which is done when it has been handed over."""
        return 1


@contextmanager
def hire(
    scheduler: str | None = None, jobs: int | None = None, *, most: int | None = None
) -> Iterator[Crew]:
    """A crew for as long as the block lasts.

    Args:
        scheduler: Address of a Dask scheduler, ``tcp://HOST:PORT``; none for this machine.
        jobs: Processes of this machine; as many as there are cores by default. One does
            everything in this very process.
        most: How many pieces there are, where that is known: no more processes are started.

    Raises:
        UsageError: The scheduler is not there, its workers do not serve, or `distributed` is
            missing.
    """
    if scheduler is not None:
        if jobs is not None:
            raise UsageError("--jobs is for this machine; with --scheduler its workers are taken.")
        from synth.scheduling.cluster import cluster  # noqa: PLC0415 - an extra

        with cluster(scheduler) as crew:
            yield crew
        return
    wanted = jobs or os.cpu_count() or 1
    workers = max(1, wanted if most is None else min(wanted, most))
    if workers == 1:
        yield _Alone(Here(), 1)
        return
    with LocalProcesses(workers) as executor:
        yield Crew(executor, workers)
