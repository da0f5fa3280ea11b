"""Several mutants judged at once, each in one of a few processes.

Threads would not do: CPython 3.11 cannot parse in two threads at once (its AST constructor
then fails with a recursion depth mismatch), and judging parses. The processes are synth's
own; the mutants run in sandboxes of theirs, as everywhere.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from typing import TYPE_CHECKING, Self, TypeVar

from synth.errors import SandboxUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

    from synth.mutation.judge import MutantJudge
    from synth.mutation.mutants import Mutant

__all__ = ["Workers"]

T = TypeVar("T")

_judge: MutantJudge | None = None
"""A worker process's own, set once as it starts."""


class Workers:
    """Asks a judge of many mutants; a context manager.

    Args:
        judge: It is sent to each process once.
        jobs: How many processes; with one, everything happens in this one.
    """

    def __init__(self, judge: MutantJudge, jobs: int) -> None:
        self._judge, self._jobs = judge, jobs
        self._pool: ProcessPoolExecutor | None = None

    def ask(
        self,
        question: Callable[[MutantJudge, str], T],
        mutants: Sequence[Mutant],
        is_late: Callable[[], bool],
    ) -> Iterator[tuple[Mutant, T]]:
        """Yield each mutant with its answer as it comes, in any order.

        Args:
            question: A method of `MutantJudge`.
            mutants: Begun in their order.
            is_late: Once it says so none is begun any more; what was begun is finished.

        Raises:
            SandboxUnavailable: A process ended before its time, as when memory runs out.
            SynthError: What the judge raises.
        """
        if self._jobs == 1:
            for mutant in mutants:
                if is_late():
                    return
                yield mutant, question(self._judge, mutant.source)
            return
        try:
            yield from self._ask_processes(question, mutants, is_late)
        except BrokenProcessPool as error:
            raise SandboxUnavailable(
                f"a process that judges mutants ended before its time ({error}); "
                "fewer of them (--jobs) need less memory."
            ) from error

    def _ask_processes(
        self,
        question: Callable[[MutantJudge, str], T],
        mutants: Sequence[Mutant],
        is_late: Callable[[], bool],
    ) -> Iterator[tuple[Mutant, T]]:
        waiting = deque(mutants)
        begun: dict[Future[T], Mutant] = {}
        while True:
            # One at work and one waiting for each process: enough to keep all busy, and little to
            # wait for when time is up.
            while waiting and len(begun) < 2 * self._jobs and not is_late():
                mutant = waiting.popleft()
                begun[self._processes().submit(_answer, question, mutant.source)] = mutant
            if not begun:
                return
            for future in wait(begun, return_when=FIRST_COMPLETED).done:
                yield begun.pop(future), future.result()

    def _processes(self) -> ProcessPoolExecutor:
        """The pool, started when first needed."""
        if self._pool is None:
            # Not forked: this process may have threads, a progress bar's among them.
            self._pool = ProcessPoolExecutor(
                self._jobs, get_context("spawn"), initializer=_begin, initargs=(self._judge,)
            )
        return self._pool

    def __enter__(self) -> Self:
        """The workers, none of them started yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes; those at work finish what they have begun."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)


def _begin(judge: MutantJudge) -> None:
    global _judge  # noqa: PLW0603 - a pool's initialiser has no other place for what it sets
    _judge = judge
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it on Ctrl-C
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A pool's processes wait for work for ever where their parent was killed."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _answer(question: Callable[[MutantJudge, str], T], source: str) -> T:
    if _judge is None:
        raise RuntimeError("the worker was not begun")
    return question(_judge, source)
