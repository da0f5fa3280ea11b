"""Who does the work: an executor, how many it serves at once, and how to tell that it is gone."""

from __future__ import annotations

import os
from concurrent.futures import BrokenExecutor, CancelledError
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, TypeVar

from synth.errors import UsageError
from synth.scheduling.here import Here
from synth.scheduling.processes import LocalProcesses
from synth.scheduling.shared import Shared, in_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor, Future
    from contextlib import AbstractContextManager

__all__ = ["Crew", "hire"]

A = TypeVar("A")
R = TypeVar("R")
V = TypeVar("V")

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
        is_here: Whether it is this very process, so that what it does need not travel.
    """

    is_here = False
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

    def share(self, value: V) -> AbstractContextManager[Shared[V]]:
        """Give all workers something large; it is theirs while the block lasts.

        Args:
            value: Sent to each process once. It must not change meanwhile.
        """
        return in_file(value, None)

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

    is_here = True

    def room(self) -> int:
        """One piece, which is done when it has been handed over."""
        return 1

    def share(self, value: V) -> AbstractContextManager[Shared[V]]:
        """Nothing has to be sent."""
        return nullcontext(Shared(value))


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
