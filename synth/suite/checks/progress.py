"""Checks on progress: that it tells how far a sub-task has come, and not the contrary.

Progress is optional: a program that tells none passes, as what is skipped must depend on the task
alone. What is flat and then jumps is right, and so is what stays the same: it helps nobody, but
misleads nobody. Thresholds leave room for detours: an expert that walks round a wall goes away from
a thing before it gets there. That progress is a finite number from 0 to 1 is a matter of the
contract.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.suite.diagnosis import count
from synth.suite.progress import progress_of, turns
from synth.suite.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.episode import Split
    from synth.failure import Failure
    from synth.suite.registry import Case

__all__: list[str] = []

DONE = 1 - 1e-6
"""Progress from which on a sub-task is said to be done, in ``float32``."""

FALLS = -0.1
"""Below this value-order correlation, in the median, progress falls: chance lies around 0."""

ROOM = 0.1
"""By so much may progress be higher, in the mean, where its sub-task does not hold."""

ENOUGH = 2
"""Experts that must show it: one alone may go astray."""


@check("progress")
def rises_on_the_way(case: Case) -> Iterator[Failure]:
    """Progress does not fall along experts while they do its sub-task."""
    for split, column, name in _told(case):
        known = [t for t in turns(case.subject, split, column) if t.approach is not None]
        orders = [t.approach for t in known if t.approach is not None]
        if len(orders) < ENOUGH or np.median(orders) >= FALLS:
            continue
        # Few frames have an order by chance: they must also end lower than they began.
        if np.median([t.values[-2] - t.values[0] for t in known]) >= 0:
            continue
        turn = min(known, key=lambda t: (t.approach or 0.0, -len(t.values)))
        yield case.failure(
            f"{name}_progress falls while experts do {name}: in {turn.episode.id} it goes from "
            f"{turn.values[0]:.2f} at frame {turn.start} to {turn.values[-2]:.2f} at frame "
            f"{turn.end - 1}, just before {name} holds. Up to there the value-order correlation "
            f"is {np.median(orders):.2f} in the median of "
            f"{count(len(orders), 'expert episode')}; it must rise with what has been "
            "done: is it the wrong way round?",
            episode=turn.episode,
            frame=turn.end - 1,
            subtask=name,
            expected="progress that rises, or stays",
            actual="it falls",
        )


@check("progress")
def is_one_only_where_it_holds(case: Case) -> Iterator[Failure]:
    """Progress is 1 only where its sub-task holds."""
    for split, column, name in _told(case):
        lies = []
        for episode in case.subject.episodes(split=split):
            values = progress_of(case.subject)[episode.id][:, column]
            undone = ~case.evidence.holds(episode)[:, column]
            if column == len(case.evidence.subtasks) - 1:
                undone &= episode.judged
            lies += [(episode, int(t)) for t in np.flatnonzero((values >= DONE) & undone)]
        if lies:
            episode, at = lies[0]
            made = f" ({episode.note})" if episode.note else ""
            yield case.failure(
                f"{name}_progress is 1 at frame {at} of {episode.id}{made}, where {name} does not "
                f"hold: 1 says that it is done. So it is on {count(len(lies), 'frame')}. Let it "
                f"be 1.0 where {name} holds and stay below elsewhere.",
                episode=episode,
                frame=at,
                subtask=name,
                expected="below 1",
                actual="1",
            )


@check("progress")
def is_not_highest_where_undone(case: Case) -> Iterator[Failure]:
    """Progress is not higher where its sub-task does not hold than where experts have done it."""
    for split, column, name in _told(case):
        known = turns(case.subject, split, column)
        if len(known) < ENOUGH:
            continue
        done = float(np.median([turn.values[-1] for turn in known]))
        undone = [
            progress_of(case.subject)[e.id][~case.evidence.holds(e)[:, column], column]
            for e in case.subject.episodes(split=split)
        ]
        mean = float(np.concatenate(undone).mean()) if any(map(len, undone)) else 0.0
        if mean > done + ROOM:
            turn = known[0]
            yield case.failure(
                f"{name}_progress is highest where {name} is undone: {mean:.2f} in the mean of all "
                f"frames on which {name} does not hold, and {done:.2f} where experts have just "
                f"done it, as at frame {turn.end} of {turn.episode.id}. Is it the wrong way round?",
                episode=turn.episode,
                frame=turn.end,
                subtask=name,
                expected=f"at least {mean:.2f}",
                actual=f"{turn.values[-1]:.2f}",
            )


def _told(case: Case) -> list[tuple[Split, int, str]]:
    """The splits and sub-tasks of which progress is told; none where the program tells none."""
    names = [name for stage in case.subject.program.stages for name in stage]
    told = [name for name in names if name in case.subject.program.progress]
    return [(split, names.index(name), name) for split in case.subject.splits for name in told]
