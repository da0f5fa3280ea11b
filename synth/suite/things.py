"""Of which thing a sub-task tells, as far as experts show it.

What a thing is is not known to the suite. But experts change the same things in the same
order, so that *the second thing that changes for good* is one thing throughout; a sub-task that
first holds on the very frames of those changes tells of that thing.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from synth.suite.scene_events import NEAR, first_onset, lasting_changes, onsets, places, told
from synth.suite.successes import success_frame, successes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.episode import Episode, Split
    from synth.suite.evidence import RecordedVerdicts
    from synth.suite.scene_events import Place
    from synth.suite.subject import Subject

__all__ = ["ENOUGH", "changed", "meant_for", "needed_earlier", "own_place", "tells_of"]

MOST = 0.8
"""The share of a split's experts that must agree: a plan's order may be free in the others."""

ENOUGH = 2
"""So many experts must agree, whatever their share, for a sub-task to be about a thing."""


def tells_of(evidence: RecordedVerdicts, experts: Sequence[Episode]) -> dict[int, int]:
    """The sub-tasks that tell of a thing.

    The goal is left out: when it holds is compared with success.

    Args:
        evidence: The program's verdicts.
        experts: Of one split; those whose events were not recorded say nothing.

    Returns:
        The sub-task's column, to the number of its thing among those that change for good.
    """
    known = [e for e in experts if e.scene_events is not None]
    numbers = [
        {
            change.frame: number
            for number, change in enumerate(lasting_changes(episode))
            # Where two places change at once, which of them is meant is not known.
            if len(changed(places(episode), change.frame)) == 1
        }
        for episode in known
    ]
    told: dict[int, int] = {}
    for column in range(len(evidence.subtasks) - 1):
        met = Counter(
            number[first]
            for episode, number in zip(known, numbers, strict=True)
            if (first := first_onset(evidence.holds(episode), column)) in number
        )
        number, times = max(met.items(), key=lambda item: (item[1], -item[0]), default=(0, 0))
        if times >= max(ENOUGH, MOST * len(known)):
            told[column] = number
    return told


def meant_for(evidence: RecordedVerdicts, experts: Sequence[Episode]) -> dict[int, int]:
    """The sub-tasks that are about a thing, those that notice it a little late included.

    Args:
        evidence: The program's verdicts.
        experts: Of one split; those whose events were not recorded say nothing.

    Returns:
        The sub-task's column, to the number of its thing among those that change for good. A
        thing of which a sub-task tells exactly is no other's.
    """
    exact = tells_of(evidence, experts)
    known = [e for e in experts if e.scene_events is not None]
    meant = dict(exact)
    for column in range(len(evidence.subtasks) - 1):
        if column in exact:
            continue
        met = Counter(
            numbers[-1]
            for episode in known
            if (numbers := _just_before(episode, first_onset(evidence.holds(episode), column)))
        )
        number, times = max(met.items(), key=lambda item: (item[1], -item[0]), default=(0, 0))
        if times >= max(ENOUGH, MOST * len(known)) and number not in exact.values():
            meant[column] = number
    return meant


def _just_before(episode: Episode, first: int) -> list[int]:
    """Numbers of the changes for good on a frame or a few before it, ascending."""
    return [
        number
        for number, change in enumerate(lasting_changes(episode))
        if 0 <= first - change.frame <= NEAR
    ]


def needed_earlier(subject: Subject, split: Split, column: int) -> tuple[int, ...]:
    """Sub-tasks about other things, of the same stage or earlier, that hold in every success.

    Args:
        subject: The program and its task.
        split: In whose successes.
        column: A sub-task that tells of a thing.
    """
    return subject.keep(f"needed by {column} {split}", lambda: _needed(subject, split, column))


def _needed(subject: Subject, split: Split, column: int) -> tuple[int, ...]:
    evidence = subject.evidence
    mine = tells_of(evidence, [e for e in told(subject, split) if e.kind == "expert"])
    stage_of = [i for i, stage in enumerate(evidence.stages) for _ in stage]
    return tuple(
        j
        for j, number in mine.items()
        if number != mine.get(column)
        and stage_of[j] <= stage_of[column]
        and all(evidence.holds(e)[success_frame(e), j] for e in successes(subject, split))
    )


def changed(story: Sequence[Place], at: int) -> list[Place]:
    """The places at which something changes on a frame."""
    return [place for place in story if any(change.frame == at for change in place.changes)]


def own_place(
    evidence: RecordedVerdicts, episode: Episode, column: int, story: Sequence[Place]
) -> Place | None:
    """The place of which a sub-task tells in an episode: the first with whose change it begins.

    Args:
        evidence: The program's verdicts.
        episode: The episode.
        column: The sub-task.
        story: The places of the episode.

    Returns:
        ``None`` where it begins with no change at one place alone.
    """
    begins = onsets(evidence.holds(episode))[:, column].nonzero()[0].tolist()
    found = [changed(story, at) for at in begins]
    return next((met[0] for met in found if len(met) == 1), None)
