"""What a program's progress says along episodes, and how well it keeps the order of time.

The field's measure of progress is its *value-order correlation*: Spearman's between the values of
an expert's frames and their order, 1 where they rise throughout and -1 where they fall. It is
taken over a sub-task's turn: from the frame on which all earlier stages have been credited to that
on which the sub-task first holds. What an expert does before is not on the way to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from synth.episode import Episode, Split
    from synth.suite.evidence import RecordedVerdicts
    from synth.suite.subject import Subject

__all__ = ["Turn", "order_line", "progress_of", "turns", "value_order"]

FEWEST = 3
"""Frames of a turn whose order says anything."""


@dataclass(frozen=True, eq=False, slots=True)
class Turn:
    """A sub-task's turn in an expert episode.

    Attributes:
        episode: The episode.
        start: The frame on which all earlier stages have been credited.
        end: The frame on which the sub-task first holds from there on.
        values: ``float32[end - start + 1]``, its progress.
        order: Value-order correlation; ``None`` where the progress stays the same, or the turn
            is too short.
        approach: The same of the frames before the sub-task holds: the leap to 1 at the end of
            a short turn would hide that all before it falls.
    """

    episode: Episode
    start: int
    end: int
    values: NDArray[np.float32]
    order: float | None
    approach: float | None


def progress_of(subject: Subject) -> Mapping[str, NDArray[np.float32]]:
    """Episode id to ``float32[T+1, K]``, for all judged episodes.

    Raises:
        NotJudged: The program may not be run.
        ProgramFault: Its progress cannot be used.
    """
    return subject.keep("progress", lambda: _ask(subject))


def _ask(subject: Subject) -> dict[str, NDArray[np.float32]]:
    store = subject.task.store
    with subject.open() as sandbox:
        return {
            e.id: sandbox.progress(store.frames_of(e), store.initial_of(e), e.mission)
            for e in subject.episodes()
        }


def turns(subject: Subject, split: Split, column: int) -> tuple[Turn, ...]:
    """A sub-task's turns in the expert episodes of a split that credit it."""
    evidence, told = subject.evidence, progress_of(subject)
    found = []
    for episode in subject.episodes("expert", split):
        start, end = _span(evidence, episode, column)
        if end > start:
            values = told[episode.id][start : end + 1, column]
            order, approach = value_order(values), value_order(values[:-1])
            found.append(Turn(episode, start, end, values, order, approach))
    return tuple(found)


def value_order(values: NDArray[np.float32]) -> float | None:
    """Spearman's correlation of values with their order, ties shared evenly; see `Turn.order`."""
    if len(values) < FEWEST or (values == values[0]).all():
        return None
    _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(sizes) - (sizes - 1) / 2)[group]
    return float(np.corrcoef(ranks, np.arange(len(values)))[0, 1])


def order_line(subject: Subject) -> str:
    """The value-order correlations of the last split judged, in one line; or nothing.

    Raises:
        NotJudged: The program may not be run.
        ProgramFault: It fails as a whole.
    """
    parts = []
    names = subject.evidence.subtasks
    for name in names:
        if name not in subject.program.progress:
            continue
        known = turns(subject, subject.last_split, names.index(name))
        orders = [turn.order for turn in known if turn.order is not None]
        said = f"{np.mean(orders):.2f} over {len(orders)}" if orders else "none told"
        parts.append(f"{name} {said}")
    return f"progress, value-order correlation along experts: {', '.join(parts)}" if parts else ""


def _span(evidence: RecordedVerdicts, episode: Episode, column: int) -> tuple[int, int]:
    """The frames of a sub-task's turn; ``(0, 0)`` where it has none."""
    stage_of = [i for i, stage in enumerate(evidence.stages) for _ in stage]
    first = evidence.credit(episode).first
    before = [first[j] for j in range(column) if stage_of[j] < stage_of[column]]
    if min(before, default=0) < 0 or first[column] < 0:
        return 0, 0
    return max(before, default=0), first[column]
