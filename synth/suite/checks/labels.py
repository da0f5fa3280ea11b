"""Checks whose oracle is a pair of eyes: labels of single pictures.

Success flags vouch for the goal alone. What a sub-task should say where success does not care,
eyes have said (`synth.task.labels`); a program that says otherwise is wrong. Which pictures were
put to them, and how, is `synth.labels`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.suite.registry import check
from synth.task.labels import in_force

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from synth.episode import Still
    from synth.episode.exhibit import Exhibit
    from synth.failure import Failure
    from synth.suite.registry import Case
    from synth.task.labels import Label

__all__: list[str] = []


@check("labels")
def agrees_with_the_labels(case: Case) -> Iterator[Failure]:
    """Each sub-task says of a labelled picture what eyes have said of it."""
    task, plan = case.subject.task, case.plan
    labelled = [
        (label, exhibit)
        for label, exhibit in in_force(task.labels, plan, task.store)
        if label.split in case.subject.splits
    ]
    case.require(labelled, "labels", "no picture of these episodes and this plan is labelled yet")
    # The visible ones first, as everywhere; within a split as they were given.
    labelled.sort(key=lambda pair: pair[0].split == "held_out")
    holds = _holds(case, [exhibit for _, exhibit in labelled])
    for row, (label, exhibit) in enumerate(labelled):
        says = bool(holds[row, case.subject.program.subtasks.index(label.subtask)])
        if says != label.holds:
            yield case.failure(
                _sentence(label, exhibit),
                episode=task.store[exhibit.episode],
                frame=exhibit.frame_number,
                still=_still(case, exhibit),
                subtask=label.subtask,
                expected=str(label.holds),
                actual=str(says),
            )


def _still(case: Case, exhibit: Exhibit) -> Still | None:
    stills = (still for scene in case.subject.task.store.scenes for still in scene.stills)
    return next((still for still in stills if still.id == exhibit.reference), None)


def _sentence(label: Label, exhibit: Exhibit) -> str:
    which = (
        f"{exhibit.episode}, frame {exhibit.frame_number}"
        if exhibit.frame_number is not None
        else f"{exhibit.reference}, a picture of the world of {exhibit.episode}"
    )
    holds, other = ("holds", "does not hold") if label.holds else ("does not hold", "holds")
    remark = f" It was remarked: {label.remark}" if label.remark else ""
    return (
        f"{which}: to the eye ({_who(label)}) {label.subtask} {holds} in this picture, compared "
        f"with its initial one; the program says that it {other}.{remark}"
    )


def _who(label: Label) -> str:
    if label.by_person:
        return label.by
    looks = "two" if len(label.looks) < 3 else "three"  # noqa: PLR2004 - the third confirms
    return f"{looks} independent looks of {label.by}"


def _holds(case: Case, exhibits: Sequence[Exhibit]) -> NDArray[np.bool_]:
    """``bool[N, K]``: what the program says of each exhibit."""
    initials = {e.episode: e.initial for e in exhibits}
    rows = {episode: len(exhibits) + n for n, episode in enumerate(initials)}
    frames = np.stack([*(e.frame for e in exhibits), *initials.values()])
    pairs = [(n, rows[e.episode]) for n, e in enumerate(exhibits)]
    missions = [e.mission for e in exhibits if e.mission is not None] or None
    with case.subject.open() as sandbox:
        return sandbox.verdicts(frames, np.array(pairs, np.int64), missions).holds
