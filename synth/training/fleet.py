"""Many runs at once: every task, arm and seed in a process of its own, as many as there are cores.

A run that fails is told with what it was, and the others go on. Interrupted, each is gone on with
from its last checkpoint by the same call.
"""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.errors import SynthError
from synth.training.trainer import train

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.managers import DictProxy

    from synth.training.results import TrainingResult
    from synth.training.trainer import TrainingRun

__all__ = ["Progress", "train_all"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one run is.

    Attributes:
        steps: Steps made.
        success: Share of successes in the last 100 episodes.
    """

    steps: int
    success: float


def train_all(
    runs: Sequence[TrainingRun],
    jobs: int,
    on_progress: Callable[[dict[int, Progress]], None] | None = None,
) -> Iterator[tuple[TrainingRun, TrainingResult | SynthError]]:
    """Train all, as they end.

    Args:
        runs: Each with a folder of its own.
        jobs: How many at once; 1 trains in this process.
        on_progress: Called about once a second with the progress of the runs that have begun, by
            their index in `runs`.

    Yields:
        A run, with its result or with what went wrong.
    """
    if jobs == 1:
        far: dict[int, Progress] = {}
        for k, run in enumerate(runs):

            def tell(steps: int, success: float, k: int = k) -> None:
                far[k] = Progress(steps, success)
                if on_progress is not None:
                    on_progress(far)

            yield run, _one(run, tell)
        return
    # Started afresh: a fork would carry over the threads of torch and of the sandbox.
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager:
        board: DictProxy[int, tuple[int, float]] = manager.dict()
        with ProcessPoolExecutor(jobs, mp_context=context) as pool:
            waiting = {
                pool.submit(_in_its_process, run, k, board): run for k, run in enumerate(runs)
            }
            while waiting:
                try:
                    for future in as_completed(list(waiting), timeout=1.0):
                        yield waiting.pop(future), future.result()
                except TimeoutError:
                    pass  # none has ended within the second: time to tell how far they are
                if on_progress is not None:
                    on_progress({k: Progress(*told) for k, told in dict(board).items()})


def _one(
    run: TrainingRun, tell: Callable[[int, float], None] | None
) -> TrainingResult | SynthError:
    try:
        return train(run, tell)
    except SynthError as error:
        return error


def _in_its_process(
    run: TrainingRun, k: int, board: DictProxy[int, tuple[int, float]]
) -> TrainingResult | SynthError:
    def tell(steps: int, success: float) -> None:
        board[k] = (steps, success)

    return _one(run, tell)
