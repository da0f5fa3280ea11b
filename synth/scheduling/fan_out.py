"""Many pieces of work over one executor, their results as they come.

A piece whose worker was lost is done again, by whichever comes first; one that takes its worker
with it every time is given up after a few tries. Little is handed over ahead, so that there is
little to wait for when time is up or the user interrupts.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from synth.errors import SynthError, WorkersLost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    from synth.scheduling.crew import Crew

__all__ = ["TRIES", "Done", "fan_out"]

A = TypeVar("A")
R = TypeVar("R")

TRIES = 3
"""Workers that one piece may lose."""

TICK = 1.0
"""Seconds between two looks at how far all is."""


@dataclass(frozen=True, slots=True)
class Done(Generic[A, R]):
    """A piece that has come to its end.

    Attributes:
        piece: As it was given.
        number: Its place among those given.
        value: What came of it; ``None`` where there is an error.
        error: What went wrong, where that is one of synth's own errors.
    """

    piece: A
    number: int
    value: R | None = None
    error: SynthError | None = None

    def result(self) -> R:
        """What came of it.

        Raises:
            SynthError: What went wrong.
        """
        if self.error is not None:
            raise self.error
        return self.value  # type: ignore[return-value]  # without an error this is what `do` gave


def fan_out(
    crew: Crew,
    do: Callable[[A], R],
    pieces: Iterable[A],
    *,
    is_late: Callable[[], bool] = lambda: False,
    on_tick: Callable[[], None] | None = None,
) -> Iterator[Done[A, R]]:
    """Do all pieces; yield each as it ends.

    Args:
        crew: Who does them.
        do: What is done with a piece. It, its pieces and its results travel between processes, so
            it is a function of a module. It may be begun again where a worker was lost: what must
            not be done twice it keeps by `synth.scheduling.kept_result`.
        pieces: Begun in their order.
        is_late: Once it says so no more are begun; what was begun is finished.
        on_tick: Called about once a second, and after each piece.

    Yields:
        Each piece with its result, or with the error that `do` raised.

    Raises:
        Exception: What `do` raised, where it is none of synth's own errors: a bug.
        WorkersLost: There is nobody left to do the rest.
    """
    waiting = deque(enumerate(pieces))
    lost: dict[int, int] = {}
    begun: dict[Future[R], tuple[int, A]] = {}
    try:
        while True:
            while waiting and len(begun) < crew.room() and not is_late():
                number, piece = waiting.popleft()
                begun[crew.submit(do, piece)] = (number, piece)
            if not begun:
                return
            ended = wait(begun, timeout=TICK, return_when=FIRST_COMPLETED).done
            for future in ended:
                number, piece = begun.pop(future)
                try:
                    done = Done(piece, number, future.result())
                except SynthError as error:
                    done = Done(piece, number, error=error)
                except crew.losses as error:
                    lost[number] = lost.get(number, 0) + crew.lost_by(error)
                    if lost[number] < TRIES:
                        waiting.appendleft((number, piece))
                        continue
                    done = Done(piece, number, error=_given_up(crew, error))
                yield done
            if on_tick is not None:
                on_tick()
    finally:
        for future in begun:
            future.cancel()


def _given_up(crew: Crew, error: BaseException) -> WorkersLost:
    problem = WorkersLost(
        f"one piece of work lost {TRIES} workers, each of which ended before its time ({error}); "
        f"where memory ran out, {crew.fewer}"
    )
    problem.__cause__ = error
    return problem
