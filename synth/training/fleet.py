"""Many runs at once: every task, arm and seed in a process of its own, here or on a cluster.

A run that fails is told with what it was, and the others go on. Interrupted, each is gone on with
from its last checkpoint by the same call. A run is trained by one process at a time, so that one
whose client was killed and that is at it still is waited for, and not trained over.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from synth.scheduling import alone, fan_out, read_kept
from synth.training.trainer import train

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from synth.errors import SynthError
    from synth.scheduling import Crew
    from synth.training.results import TrainingResult
    from synth.training.trainer import TrainingRun

__all__ = ["Progress", "train_all"]

PROGRESS = "progress.json"
SECONDS = 1.0
"""Between two notes of how far a run is."""


class Progress(BaseModel):
    """How far one run is, as ``progress.json`` in its folder says.

    Attributes:
        steps: Steps made.
        success: Share of successes in the last 100 episodes.
    """

    model_config = ConfigDict(frozen=True)

    steps: int
    success: float


def train_all(
    runs: Sequence[TrainingRun],
    crew: Crew,
    on_progress: Callable[[dict[int, Progress]], None] | None = None,
) -> Iterator[tuple[TrainingRun, TrainingResult | SynthError]]:
    """Train all, as they end.

    Args:
        runs: Each with a folder of its own.
        crew: Who trains them; a crew of one is this process.
        on_progress: Called about once a second with the progress of the runs that have begun, by
            their index in `runs`.

    Yields:
        A run, with its result or with what went wrong.
    """

    def look() -> None:
        if on_progress is not None:
            known = ((k, read_kept(run.home / PROGRESS, Progress)) for k, run in enumerate(runs))
            on_progress({k: far for k, far in known if far is not None})

    one = partial(_train, on_note=look) if crew.is_here else _train
    for done in fan_out(crew, one, runs, on_tick=look):
        yield done.piece, done.error if done.error is not None else done.result()


def _train(run: TrainingRun, on_note: Callable[[], None] | None = None) -> TrainingResult:
    with alone(run.home / ".training.lock"):
        return train(run, _Notes(run.home / PROGRESS, on_note))


class _Notes:
    """Keeps how far a run is in a file, for whoever started it, wherever that is."""

    def __init__(self, path: Path, on_note: Callable[[], None] | None) -> None:
        self._path, self._on_note = path, on_note
        self._last = -SECONDS

    def __call__(self, steps: int, success: float) -> None:
        now = time.monotonic()
        if now - self._last < SECONDS:
            return
        self._last = now
        # Replaced whole, but not made to last: after a crash the checkpoint counts.
        draft = self._path.with_suffix(".tmp")
        draft.write_text(Progress(steps=steps, success=success).model_dump_json())
        draft.replace(self._path)
        if self._on_note is not None:
            self._on_note()
