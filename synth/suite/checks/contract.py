"""The contract of checkers on recorded frames: total, pure, progress within [0, 1].

How they do on images that nobody recorded is `synth.suite.checks.images`. Whether a
verdict is right is for the other groups.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.errors import ProgramFault
from synth.sandbox import Cell
from synth.suite.checks.no_verdict import broken_cells
from synth.suite.diagnosis import count
from synth.suite.registry import check
from synth.suite.subject import Skip
from synth.task.provenance import changed_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.episode import Episode, Split
    from synth.failure import Failure
    from synth.suite.registry import Case

__all__: list[str] = []

_FRAMES = 6  # of each split, asked about one at a time
_IN_A_ROW = 4


@check("contract")
def stands_on_its_episodes(case: Case) -> Iterator[Failure]:
    """The episodes and task.toml are the ones the reward was judged on."""
    task = case.subject.task
    if task.store.spec_digest != task.spec.episode_digest():
        yield case.failure(
            "The episodes were recorded from another version of the spec than task.toml holds; "
            f"restore the folder, or record and judge again with `synth run {task.name}`.",
            expected="episodes recorded from this spec",
            actual="episodes recorded from another version of it",
        )
    for name in changed_files(task.path, task.digests or {}):
        yield case.failure(
            f"{name} is not the file that the committed reward was judged on; restore it, or "
            f"judge again with `synth run {task.name}`.",
            expected="the digest in provenance.json",
            actual="another file or none",
        )
    drift = case.subject.drift
    if drift is not None and drift.matters:
        yield case.failure(
            str(drift), expected="the recorded pictures, drawn again", actual="other pictures"
        )


@check("contract")
def answers_on_every_frame(case: Case) -> Iterator[Failure]:
    """Every checker gives a bool on every recorded frame."""
    try:
        evidence = case.evidence
    except ProgramFault as fault:
        yield case.failure(
            f"The program fails as a whole on the recorded frames: {fault}",
            split=case.subject.last_split,
            expected="a bool for each frame",
            actual=str(fault),
        )
        return
    for split in case.subject.splits:
        places = _places(case, split)
        found = broken_cells(
            evidence.subtasks, evidence.cells, evidence.errors, np.array(list(places))
        )
        for broken in found:
            episode, frame = places[broken.row]
            yield case.failure(
                f"{episode.id}, frame {frame}: {broken.function} {broken.what} (on "
                f"{count(broken.rows, 'recorded frame')} in all); it must cope with any image.",
                episode=episode,
                frame=frame,
                subtask=broken.subtask,
                expected="a bool",
                actual=broken.what,
            )


@check("contract")
def remembers_nothing(case: Case) -> Iterator[Failure]:
    """The verdict on a frame does not depend on the frames judged before it."""
    if not case.subject.twice:
        raise Skip("memory", "the frames were judged in one order only")
    evidence = case.evidence
    unstable = evidence.cells != evidence.again
    for split in case.subject.splits:
        places = _places(case, split)
        for k, name in enumerate(evidence.subtasks):
            row = next((row for row in places if unstable[row, k]), None)
            if row is None:
                continue
            episode, frame = places[row]
            one, other = (Cell(int(c[row, k])).name for c in (evidence.cells, evidence.again))
            yield case.failure(
                f"{episode.id}, frame {frame}: {name} gives {one} when the frames are judged in "
                f"order and {other} when they are shuffled; a checker must depend on the frame and "
                "the initial frame alone, without chance and without memory.",
                episode=episode,
                frame=frame,
                subtask=name,
                expected=one,
                actual=other,
            )
    if not unstable.any():
        for split in case.subject.splits:
            yield from _asked_again(case, split)


def _asked_again(case: Case, split: Split) -> Iterator[Failure]:
    """A few frames one at a time, each some times in a row, and all once more after the others."""
    evidence = case.evidence
    places = _places(case, split)
    told = [row for row in places if (evidence.cells[row] <= Cell.TRUE).all()]
    chosen = told[:: max(1, len(told) // _FRAMES)][:_FRAMES]
    frames = {
        places[row][0].id: case.subject.task.store.frames_of(places[row][0]) for row in chosen
    }
    with case.subject.open() as sandbox:
        for row in [*(row for row in chosen for _ in range(_IN_A_ROW)), *chosen]:
            episode, frame = places[row]
            seen = frames[episode.id]
            blamed = None
            try:
                holds = sandbox.check(seen[frame], seen[0], episode.mission)
            except ProgramFault as fault:
                wrong = str(fault)
            else:
                differ = np.flatnonzero(holds != (evidence.cells[row] == Cell.TRUE))
                if not len(differ):
                    continue
                blamed = evidence.subtasks[differ[0]]
                wrong = f"{blamed} gives {bool(holds[differ[0]])}"
            yield case.failure(
                f"{episode.id}, frame {frame}: asked about it some times in a row and again after "
                f"other frames, the program changes its answer: {wrong}; a checker must depend on "
                "the frame and the initial frame alone, without chance and without memory.",
                episode=episode,
                frame=frame,
                subtask=blamed,
                expected="the answer that it gave before",
                actual=wrong,
            )
            return


@check("contract")
def keeps_progress_in_range(case: Case) -> Iterator[Failure]:
    """Progress is a finite number from 0 to 1."""
    with_progress = case.subject.program.progress
    if not with_progress:
        return
    store = case.subject.task.store
    with case.subject.open() as sandbox:
        for episode in case.subject.episodes("expert") or case.subject.episodes():
            frames = store.frames_of(episode)
            try:
                sandbox.progress(frames, frames[0], episode.mission)
            except ProgramFault as fault:
                blamed = [name for name in with_progress if f"{name}_progress" in str(fault)]
                yield case.failure(
                    f"{episode.id}: progress cannot be used: {fault}",
                    episode=episode,
                    subtask=blamed[0] if blamed else None,
                    expected="a finite number from 0 to 1",
                    actual=str(fault),
                )
                return


def _places(case: Case, split: Split) -> dict[int, tuple[Episode, int]]:
    """Row of the evidence to the first place where it is seen, in the episodes' order."""
    places: dict[int, tuple[Episode, int]] = {}
    for episode in case.subject.episodes(split=split):
        for frame, row in enumerate(case.evidence.rows[episode.id].tolist()):
            places.setdefault(row, (episode, frame))
    return places
