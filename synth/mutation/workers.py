"""Several mutants judged at once, each by whoever of a crew is free.

Threads would not do: CPython 3.11 cannot parse in two threads at once (its AST constructor
then fails with a recursion depth mismatch), and judging parses. The processes are synth's
own; the mutants run in sandboxes of theirs, as everywhere.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from synth.scheduling import fan_out, hire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

    from synth.mutation.judge import MutantJudge
    from synth.mutation.mutants import Mutant
    from synth.scheduling import Shared

__all__ = ["Workers"]

T = TypeVar("T")


class Workers:
    """Asks a judge of many mutants; a context manager.

    Args:
        judge: It is sent to each process once.
        jobs: How many processes of this machine; with one, everything happens in this one.
        scheduler: Address of a Dask scheduler whose workers take their place.
    """

    def __init__(self, judge: MutantJudge, jobs: int | None, scheduler: str | None = None) -> None:
        self._judge, self._jobs, self._scheduler = judge, jobs, scheduler
        self._stack = ExitStack()

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
            WorkersLost: One mutant took several processes with it, as when memory runs out.
            SynthError: What the judge raises.
        """
        asked = _Question(question, self._shared)
        by_source = [mutant.source for mutant in mutants]
        for done in fan_out(self._crew, asked, by_source, is_late=is_late):
            yield mutants[done.number], done.result()

    def __enter__(self) -> Self:
        """The workers; a process is started when it is needed."""
        self._crew = self._stack.enter_context(hire(self._scheduler, self._jobs))
        self._shared = self._stack.enter_context(self._crew.share(self._judge))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the processes; those at work finish what they have begun."""
        self._stack.__exit__(kind, error, trace)


@dataclass(frozen=True, slots=True)
class _Question(Generic[T]):
    """A question to the judge, as it travels."""

    question: Callable[[MutantJudge, str], T]
    judge: Shared[MutantJudge]

    def __call__(self, source: str) -> T:
        return self.question(self.judge.value, source)
