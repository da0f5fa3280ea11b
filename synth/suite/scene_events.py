"""What changes in the scene of an episode, set beside what a program says of it.

The changes of an episode come from its record (`Episode.changes`). Those at one place are
the story of one thing. A change that *leaves* the first look is one that a success may need;
a sub-task *notices* it by beginning to hold on that very frame. Nothing here says whose
fault it is where none does: the checks do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from synth.episode import Episode, SceneEvent
    from synth.suite.evidence import RecordedVerdicts

__all__ = [
    "Offset",
    "Place",
    "first_rise",
    "leavings",
    "offsets",
    "place",
    "rises",
    "things",
    "unnoticed",
    "where",
]

NEAR = 3
"""A sub-task that begins to hold so many frames off a change may be meant for it."""

Box = tuple[int, int, int, int]


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


def things(episode: Episode) -> tuple[Place, ...]:
    """Changes up to the first success, overlapping boxes together, in order of appearance."""
    found: list[Place] = []
    for change in _on_the_way(episode):
        box, changes = change.box, [change]
        touched = [thing for thing in found if _overlap(thing.box, box)]
        for thing in touched:
            found.remove(thing)
            box = _around(thing.box, box)
            changes += thing.changes
        found.append(Place(box, tuple(sorted(changes, key=lambda c: (c.frame, c.box)))))
    return tuple(sorted(found, key=lambda t: (t.changes[0].frame, t.box)))


def leavings(episode: Episode) -> tuple[SceneEvent, ...]:
    """Changes up to the first success that leave a first look for good, one for each frame.

    A thing that looks as at first again later on has not changed for good; what counts is
    the last time it leaves.
    """
    last: dict[int, SceneEvent] = {}
    for thing in things(episode):
        back = max((c.frame for c in thing.changes if c.returns), default=0)
        for change in thing.changes:
            if change.leaves and change.frame > back:
                last.setdefault(change.frame, change)
    return tuple(change for _, change in sorted(last.items()))


def rises(holds: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """``bool[T+1, K]``, where a sub-task begins to hold; the first frame begins nothing."""
    risen = np.zeros_like(holds)
    risen[1:] = holds[1:] & ~holds[:-1]
    return risen


def first_rise(holds: NDArray[np.bool_], column: int) -> int:
    """The first frame on which a sub-task holds, or -1; ``holds`` is ``bool[T+1, K]``."""
    return int(np.argmax(holds[:, column])) if holds[:, column].any() else -1


def unnoticed(evidence: RecordedVerdicts, episode: Episode) -> tuple[tuple[int, SceneEvent], ...]:
    """Changes for good on whose frame no sub-task begins to hold.

    Returns:
        Pairs of its number among the episode's changes for good, and the change.
    """
    risen = np.flatnonzero(rises(evidence.holds(episode)).any(axis=1))
    return tuple((n, c) for n, c in enumerate(leavings(episode)) if c.frame not in risen)


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
    for column in range(len(evidence.subtasks) - 1):
        apart = [_apart(evidence, e, number, column) for e in experts]
        by = apart[0]
        if by is None or any(off is None or not 0 < abs(off) <= NEAR for off in apart):
            continue
        if set(apart) != {by} and not (
            all(off is not None and off < 0 for off in apart)
            and _exact(evidence, successes, number, column)
        ):
            continue
        if by > 0 and any(_apart(evidence, e, number, column) != by for e in episodes):
            continue
        fits.append(Offset(column, by, experts, leavings(experts[0])[number]))
    return min(fits, key=lambda o: (abs(o.frames), o.frames), default=None)


def place(pictures: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """The part of one picture or of many, ``uint8[..., H, W, 3]``, that lies in a box."""
    top, left, bottom, right = box
    part: NDArray[np.uint8] = pictures[..., top:bottom, left:right, :]
    return part


def where(change: SceneEvent) -> str:
    """The place in words: ``rows 16..31, columns 48..63``."""
    top, left, bottom, right = change.box
    return f"rows {top}..{bottom - 1}, columns {left}..{right - 1}"


def _apart(evidence: RecordedVerdicts, episode: Episode, number: int, column: int) -> int | None:
    """Frames from a change to where a sub-task first holds, unless another change is there."""
    change = leavings(episode)[number]
    first = first_rise(evidence.holds(episode), column)
    if first < 1 or any(c.frame == first for c in episode.changes or ()):
        return None
    return first - change.frame


def _exact(
    evidence: RecordedVerdicts, episodes: Sequence[Episode], number: int, column: int
) -> bool:
    """Whether a sub-task first holds on the very frame of a change in some expert."""
    for episode in episodes:
        changes = leavings(episode) if episode.kind == "expert" else ()
        if number < len(changes):
            first = first_rise(evidence.holds(episode), column)
            if first == changes[number].frame:
                return True
    return False


def _on_the_way(episode: Episode) -> tuple[SceneEvent, ...]:
    end = int(np.argmax(episode.success)) if episode.success.any() else len(episode)
    return tuple(c for c in episode.changes or () if c.frame <= end)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _around(one: Box, other: Box) -> Box:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )
