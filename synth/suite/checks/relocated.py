"""A check on things that are taken and put down elsewhere: what has been put down is not held.

A thing's look is its place in the first picture of an episode. Where that look is nowhere else
at first, leaves its place, is seen at another one and leaves that too before the success, the
thing was taken, put down and taken again: whoever succeeded needed it once more. A sub-task
that began to hold when it was taken and holds on while it lies elsewhere tells that it left its
first place, not that it is held. A thing that stays where it was put down says nothing, nor
does one that is drawn otherwise there. Where it is seen on the very frame on which it is taken
is where the picture shows what is carried. Only pictures are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.suite.looks import look_of, spots
from synth.suite.registry import check
from synth.suite.scene_events import lasting_changes, onsets, places, require_events, told, where
from synth.suite.successes import success_frame
from synth.suite.things import own_place
from synth.vision import pack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.episode import Episode, SceneEvent, Split
    from synth.failure import Failure
    from synth.suite.registry import Case
    from synth.suite.scene_events import Place

__all__: list[str] = []


@dataclass(frozen=True, slots=True)
class _PutDown:
    """A thing that was taken, lay elsewhere, and was taken again.

    Attributes:
        taken: The change in which it left its first place.
        put: The first frame on which it lay elsewhere.
        again: The frame on which it did so no more.
        at: Where it lay, the top left of its look.
    """

    taken: SceneEvent
    put: int
    again: int
    at: tuple[int, int]


@check("near_miss")
def notices_when_it_is_put_down(case: Case) -> Iterator[Failure]:
    """A sub-task whose thing is put down elsewhere, and taken again later on, notices it."""
    require_events(case)
    found = [
        (episode, story) for episode in told(case.subject) for story in _stories(case, episode)
    ]
    case.require(found, "things put down", "no success takes a thing, puts it down, and takes it")
    known: set[tuple[Split, int]] = set()
    for episode, story in found:
        holds = case.evidence.holds(episode)
        taken, again = story.taken.frame, story.again
        # It began when the thing was taken, and went on while it lay elsewhere.
        went_on = onsets(holds)[taken] & holds[taken : again + 1].all(0)
        for column in np.flatnonzero(went_on):
            if (episode.split, int(column)) not in known:
                known.add((episode.split, int(column)))
                yield _went_on(case, episode, story, case.evidence.subtasks[column])


def _went_on(case: Case, episode: Episode, story: _PutDown, name: str) -> Failure:
    made = f" ({episode.note})" if episode.note else ""
    top, left = story.at
    return case.failure(
        f"{name} holds at frame {story.put} of {episode.id}{made}, although the thing of which it "
        f"tells ({where(story.taken)}) lies elsewhere there: it left its first place at frame "
        f"{story.taken.frame}, where {name} began to hold, is seen again at row {top}, column "
        f"{left} from frame {story.put} on, and is taken from there at frame {story.again}, on "
        f"the way to success. {_sight(case, episode, name)}; let it look for the thing in the "
        "whole image.",
        episode=episode,
        frame=story.put,
        subtask=name,
        expected="False",
        actual="True",
    )


def _sight(case: Case, episode: Episode, name: str) -> str:
    """Where a sub-task does see that its thing lies, in words, since there it is not blind."""
    column = case.evidence.subtasks.index(name)
    for other in case.subject.episodes(split=episode.split):
        holds = case.evidence.holds(other)[:, column]
        place = own_place(case.evidence, other, column, places(other, to_the_end=True))
        for frame, (top, left) in _lying(case, other, place):
            if not holds[frame]:
                return (
                    f"{name} does see the thing at row {top}, column {left} at frame {frame} of "
                    f"{other.id}, and does not see it here"
                )
    return f"{name} looks at the thing's first place alone"


def _lying(
    case: Case, episode: Episode, place: Place | None
) -> Iterator[tuple[int, tuple[int, int]]]:
    """The frames of an episode on which a thing lies elsewhere, and where."""
    if place is None:
        return
    frames = case.subject.task.store.frames
    first = place.changes[0]
    look = look_of(pack(frames[episode.frame_index[0]]), first.box)
    back = next((c.frame for c in place.changes if c.returns), len(episode.frame_index))
    if look is None:
        return
    for t in range(first.frame, back):
        lies = spots(pack(frames[episode.frame_index[t]]), look)
        if lies:
            yield t, lies[0]


def _stories(case: Case, episode: Episode) -> Iterator[_PutDown]:
    """Things that were put down elsewhere and taken again before the first success."""
    left = {change.frame for change in lasting_changes(episode)}
    taken = [c for place in places(episode) for c in place.changes if c.leaves and c.frame in left]
    if not taken:
        return
    end = success_frame(episode)
    frames = case.subject.task.store.frames
    seen = [pack(frames[index]) for index in episode.frame_index[: end + 1]]
    for change in taken:
        look = look_of(seen[0], change.box)
        if look is None:
            continue
        # A picture may show what is carried: where it is seen at once it was not put down.
        kept = spots(seen[change.frame], look)
        lies = [
            [at for at in spots(picture, look) if at not in kept]
            for picture in seen[change.frame : end + 1]
        ]
        there = np.array([bool(corners) for corners in lies])
        if there.any() and not there[-1]:
            put = int(np.argmax(there))
            again = len(there) - int(np.argmax(there[::-1]))
            yield _PutDown(change, change.frame + put, change.frame + again, lies[put][0])
