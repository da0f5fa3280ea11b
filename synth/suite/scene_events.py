"""The scene events of an episode, set beside what a program says of it.

The events come from the episode's record (`Episode.scene_events`). Those that overlap are the story
of one *place*: a door, say, that opens, closes and opens. An event after which a place never
looks as at first again is a *lasting change*, which a success may need; a sub-task notices it
where its *onset*, the frame on which it begins to hold, is that very frame. Whose fault it is
where none does is for the checks to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.failure import place_in_words
from synth.suite.looks import overlap
from synth.suite.restless import steady
from synth.suite.successes import success_frame, successes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from synth.episode import Episode, SceneEvent, Split
    from synth.suite.evidence import RecordedVerdicts
    from synth.suite.registry import Case
    from synth.suite.subject import Subject
    from synth.vision import Box

__all__ = [
    "NEAR",
    "Offset",
    "Place",
    "cut_out",
    "first_onset",
    "lasting_changes",
    "offsets",
    "onsets",
    "places",
    "require_events",
    "told",
    "unnoticed",
    "where",
]

NEAR = 3
"""A sub-task that begins to hold so many frames off a change may be meant for it."""


@dataclass(frozen=True, slots=True)
class Place:
    """The changes at one place.

    Attributes:
        box: ``(top, left, bottom, right)`` around all of them, bottom and right exclusive.
        changes: In order of their frames.
    """

    box: Box
    changes: tuple[SceneEvent, ...]


@dataclass(frozen=True, slots=True)
class Offset:
    """A sub-task that begins to hold always the same few frames off a change.

    Attributes:
        column: The sub-task.
        frames: How many frames; negative where it is early.
        experts: In which no sub-task notices the change, at least one.
        change: The change in the first of them.
    """

    column: int
    frames: int
    experts: tuple[Episode, ...]
    change: SceneEvent


def told(subject: Subject, split: Split | None = None) -> list[Episode]:
    """Successes whose scene events were recorded, experts first as they were recorded.

    What moves by itself (`synth.suite.restless`) is left out of their events.
    """
    store = subject.task.store
    return [
        steady(store, e.split)[e.id]
        for e in successes(subject, split)
        if e.scene_events is not None
    ]


def require_events(case: Case, *, experts: int = 0) -> None:
    """Skip a check on scene events where no judged episode has any, whatever the program.

    Args:
        case: The check.
        experts: How many experts of one split must have had theirs recorded.

    Raises:
        Skip: There is nothing to look at.
    """
    known = told(case.subject)
    case.require(known, "scene events", "none was recorded: no picture without the agent")
    moving = [e for e in known if lasting_changes(e)]
    case.require(moving, "scene events", "nothing in the scene changes for good")
    for split in case.subject.splits:
        if sum(e.kind == "expert" for e in told(case.subject, split)) >= experts:
            return
    case.require((), "scene events", f"they need {experts} expert episodes")


def places(episode: Episode, *, to_the_end: bool = False) -> tuple[Place, ...]:
    """Changes at each place, overlapping boxes together, in order of appearance.

    Args:
        episode: Whose changes.
        to_the_end: Those of the whole episode, and not only those up to the first success.
    """
    found: list[Place] = []
    for change in (episode.scene_events or ()) if to_the_end else _on_the_way(episode):
        box, changes = change.box, [change]
        # One event may bridge places that were apart until then: they become one.
        touched = [place for place in found if overlap(place.box, box)]
        for place in touched:
            found.remove(place)
            box = _around(place.box, box)
            changes += place.changes
        found.append(Place(box, tuple(sorted(changes, key=lambda c: (c.frame, c.box)))))
    return tuple(sorted(found, key=lambda p: (p.changes[0].frame, p.box)))


def lasting_changes(episode: Episode) -> tuple[SceneEvent, ...]:
    """Events up to the success after which a place never looks as at first, one for each frame.

    A door that is opened, closed and opened again has changed for good the second time.
    """
    last: dict[int, SceneEvent] = {}
    for place in places(episode):
        # What happened before the place last looked as at first has been undone since.
        back = max((c.frame for c in place.changes if c.returns), default=0)
        for change in place.changes:
            if change.leaves and change.frame > back:
                last.setdefault(change.frame, change)
    return tuple(change for _, change in sorted(last.items()))


def onsets(holds: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """``bool[T+1, K]``, where a sub-task begins to hold; the first frame begins nothing."""
    risen = np.zeros_like(holds)
    risen[1:] = holds[1:] & ~holds[:-1]
    return risen


def first_onset(holds: NDArray[np.bool_], column: int) -> int:
    """The first frame on which a sub-task holds, or -1; ``holds`` is ``bool[T+1, K]``."""
    return int(np.argmax(holds[:, column])) if holds[:, column].any() else -1


def unnoticed(evidence: RecordedVerdicts, episode: Episode) -> tuple[tuple[int, SceneEvent], ...]:
    """Changes for good on whose frame no sub-task begins to hold.

    Returns:
        Pairs of its number among the episode's changes for good, and the change.
    """
    # Any sub-task will do: which of them a change belongs to is not known to the suite.
    risen = np.flatnonzero(onsets(evidence.holds(episode)).any(axis=1))
    return tuple((n, c) for n, c in enumerate(lasting_changes(episode)) if c.frame not in risen)


def offsets(evidence: RecordedVerdicts, successes: Sequence[Episode]) -> dict[int, Offset]:
    """Changes that no sub-task notices, though one begins to hold always near them.

    A sub-task is meant for a change where it is as many frames off in all experts that have
    the fault; early, it may be more or fewer in some of them if it is exactly right in another
    expert. Late, that is not enough, since an expert goes on the same way after a change: it
    must be so in the other successes as well.

    Args:
        evidence: The program's verdicts.
        successes: Episodes of one split that succeed, their changes recorded.

    Returns:
        The change's number among those for good of its episode, to the sub-task.
    """
    missed: dict[int, list[Episode]] = {}
    for episode in successes:
        for number, _ in unnoticed(evidence, episode):
            missed.setdefault(number, []).append(episode)
    found = {n: _offset(evidence, n, missed[n], successes) for n in sorted(missed)}
    return {n: offset for n, offset in found.items() if offset is not None}


def _offset(
    evidence: RecordedVerdicts,
    number: int,
    episodes: Sequence[Episode],
    successes: Sequence[Episode],
) -> Offset | None:
    experts = tuple(e for e in episodes if e.kind == "expert")
    if not experts:
        return None
    fits = []
    # The goal is left out: when it holds is compared with success, by checks of its own.
    for column in range(len(evidence.subtasks) - 1):
        apart = [_apart(evidence, e, number, column) for e in experts]
        by = apart[0]
        if by is None or any(off is None or not 0 < abs(off) <= NEAR for off in apart):
            continue
        # Early by another number in each: a sensor of the agent, if it can be exact at all.
        if set(apart) != {by} and not (
            all(off is not None and off < 0 for off in apart)
            and _exact(evidence, successes, number, column)
        ):
            continue
        # An expert goes on in the same way after a change, so being late by the same number in
        # all experts may be chance. Successes by other ways must be as late, too.
        if by > 0 and any(_apart(evidence, e, number, column) != by for e in episodes):
            continue
        fits.append(Offset(column, by, experts, lasting_changes(experts[0])[number]))
    return min(fits, key=lambda o: (abs(o.frames), o.frames), default=None)


def cut_out(pictures: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """The part of one picture or of many, ``uint8[..., H, W, 3]``, that lies in a box."""
    top, left, bottom, right = box
    part: NDArray[np.uint8] = pictures[..., top:bottom, left:right, :]
    return part


def where(change: SceneEvent) -> str:
    """The place in words: ``rows 16..31, columns 48..63``."""
    return place_in_words(change.box)


def _apart(evidence: RecordedVerdicts, episode: Episode, number: int, column: int) -> int | None:
    """Frames from a change to where a sub-task first holds, unless another change is there."""
    change = lasting_changes(episode)[number]
    first = first_onset(evidence.holds(episode), column)
    # What begins to hold with another change is meant for that one; frame 0 begins nothing.
    if first < 1 or any(c.frame == first for c in episode.scene_events or ()):
        return None
    return first - change.frame


def _exact(
    evidence: RecordedVerdicts, episodes: Sequence[Episode], number: int, column: int
) -> bool:
    """Whether a sub-task first holds on the very frame of a change in some expert."""
    for episode in episodes:
        changes = lasting_changes(episode) if episode.kind == "expert" else ()
        if number < len(changes):
            first = first_onset(evidence.holds(episode), column)
            if first == changes[number].frame:
                return True
    return False


def _on_the_way(episode: Episode) -> tuple[SceneEvent, ...]:
    end = success_frame(episode) if episode.success.any() else len(episode)
    return tuple(c for c in episode.scene_events or () if c.frame <= end)


def _around(one: Box, other: Box) -> Box:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )
