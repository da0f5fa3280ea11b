"""Processes of this machine, each with a pool of its own, so that one's death is one's alone.

`ProcessPoolExecutor` ends all its processes when one of them dies. Here the others go on, and
a process that was lost is replaced when there is work for it.
"""

from __future__ import annotations

import os
import queue
import signal
import threading
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

__all__ = ["LocalProcesses", "LostProcess"]

P = ParamSpec("P")
R = TypeVar("R")


class LostProcess(BrokenExecutor):
    """The process that was at it ended before its time; nothing is known of what it did."""


class LocalProcesses(Executor):
    """As many processes as are wanted, started when first needed.

    Each ends when this process does, however that ends. Ctrl-C reaches them once, while they are
    at work, through this process and not from the terminal.

    Args:
        processes: How many, at least one.
    """

    def __init__(self, processes: int) -> None:
        self._places = [_Place() for _ in range(processes)]
        self._waiting: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._ended = False

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Have it done by the first process that is free.

        Raises:
            RuntimeError: After `shutdown`.
        """
        if self._ended:
            raise RuntimeError("no work can be given after shutdown")
        future: Future[R] = Future()
        self._waiting.put(_Task(future, fn, args, kwargs))
        if len(self._threads) < len(self._places):
            place = self._places[len(self._threads)]
            thread = threading.Thread(target=self._serve, args=(place,), daemon=True)
            self._threads.append(thread)
            thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes; those at work finish first."""
        self._ended = True
        if cancel_futures:
            while True:
                try:
                    task = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if task is not None:
                    task.future.cancel()
        for _ in self._threads:
            self._waiting.put(None)
        if wait:
            for thread in self._threads:
                thread.join()
            for place in self._places:
                place.close()

    def interrupt(self) -> None:
        """Interrupt those at work, as Ctrl-C would."""
        for place in self._places:
            place.interrupt()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the processes; on Ctrl-C those at work are interrupted too."""
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            self.interrupt()
        self.shutdown(wait=True, cancel_futures=kind is not None)

    def _serve(self, place: _Place) -> None:
        while (task := self._waiting.get()) is not None:
            if task.future.set_running_or_notify_cancel():
                place.do(task)


class _Task:
    """Something to do, and where its result goes."""

    def __init__(
        self,
        future: Future[Any],
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        self.future, self.fn, self.args, self.kwargs = future, fn, args, kwargs


class _Place:
    """Room for one process: a pool of one, made anew after a loss."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._busy = threading.Lock()

    def do(self, task: _Task) -> None:
        """Do a task, and settle its future whatever comes."""
        if self._pool is None:
            # Not forked: this process may have threads, those of torch or of a progress bar.
            self._pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=_begin)
        try:
            with self._busy:
                result = self._pool.submit(_work, task.fn, *task.args, **task.kwargs).result()
        except BrokenProcessPool as error:
            self.close()
            lost = LostProcess("a process ended before its time")
            lost.__cause__ = error
            task.future.set_exception(lost)
        except BaseException as error:  # noqa: BLE001 - a KeyboardInterrupt of the process's own too
            task.future.set_exception(error)
        else:
            task.future.set_result(result)

    def interrupt(self) -> None:
        """Interrupt the process, where it is at work."""
        if self._pool is None or not self._busy.locked():
            return
        for pid in tuple(getattr(self._pool, "_processes", None) or ()):
            os.kill(pid, signal.SIGINT)

    def close(self) -> None:
        """End the process."""
        if self._pool is not None:
            self._pool.shutdown(wait=True)
        self._pool = None


def _begin() -> None:
    os.setsid()  # Ctrl-C in the terminal is handed on by the parent, once
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A pool's processes wait for work for ever where their parent was killed."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(fn: Callable[..., R], /, *args: Any, **kwargs: Any) -> R:
    """Work that can be interrupted; between two pieces nothing can."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return fn(*args, **kwargs)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
