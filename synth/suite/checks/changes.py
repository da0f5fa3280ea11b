"""Checks on what changes in the scene: sub-tasks tell of it when it happens, and only then.

An event is seen in the picture without the agent, so it says what a thing did and not where
the agent stood. All that is compared is when things change; what they are is not known. Where
no event was recorded the checks are skipped. That no sub-task is meant for an event is a fault
of the plan, and told in `necessity`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.suite.diagnosis import count
from synth.suite.looks import came_from_elsewhere
from synth.suite.registry import check
from synth.suite.scene_events import (
    cut_out,
    first_onset,
    lasting_changes,
    offsets,
    onsets,
    places,
    require_events,
    told,
    where,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.episode import Episode, SceneEvent, Split
    from synth.failure import Failure
    from synth.suite.registry import Case
    from synth.suite.scene_events import Offset, Place

__all__: list[str] = []

ENOUGH = 2
"""Experts that must agree before a sub-task is said to be about a change."""


@check("near_miss")
def holds_with_its_change(case: Case) -> Iterator[Failure]:
    """A sub-task holds from the very frame on which the scene changes, not a few off it."""
    require_events(case)
    for split in case.subject.splits:
        for _, offset in sorted(offsets(case.evidence, told(case.subject, split)).items()):
            yield _off(case, offset)


def _off(case: Case, offset: Offset) -> Failure:
    experts, change, early = offset.experts, offset.change, offset.frames < 0
    name, episode = case.evidence.subtasks[offset.column], experts[0]
    first = change.frame + offset.frames
    many = f" So it is in {count(len(experts), 'expert episode')}." if len(experts) > 1 else ""
    there = f"{where(change)} change at frame {change.frame}"
    apart = count(abs(offset.frames), "frame")
    message = (
        f"{name} first holds {apart} early: at frame {first} of {episode.id}, where nothing in "
        f"the scene but the agent has changed; {there}. It looks at where the agent "
        f"is rather than at the thing.{many}"
        if early
        else f"{name} first holds {apart} late: at frame {first} of {episode.id}, although "
        f"{there} already. It waits for what the agent does next instead of looking at "
        f"the thing.{many}"
    )
    return case.failure(
        message,
        episode=episode,
        frame=first if early else change.frame,
        subtask=name,
        expected=str(not early),
        actual=str(early),
    )


@check("near_miss")
def holds_only_after_a_change(case: Case) -> Iterator[Failure]:
    """A sub-task that tells of a change holds on no frame before anything has changed."""
    require_events(case, experts=ENOUGH)
    evidence = case.evidence
    for split in case.subject.splits:
        experts = [e for e in told(case.subject, split) if e.kind == "expert"]
        if len(experts) < ENOUGH:
            continue
        for column, name in enumerate(evidence.subtasks):
            if not all(_first_on_a_change(case, e, column) for e in experts):
                continue
            lies = [
                (e, t) for e in case.subject.episodes(split=split) for t in _before(case, e, column)
            ]
            if not lies:
                continue
            episode, at = lies[0]
            made = f" ({episode.note})" if episode.note else ""
            episodes = len({e.id for e, _ in lies})
            yield case.failure(
                f"{name} holds at frame {at} of {episode.id}{made}, before anything in the scene "
                f"has changed but the agent; in all {len(experts)} expert episodes it "
                "first holds at the very frame on which something changes. It must tell that "
                "change from what was so from the start and from what the agent does: "
                "compare the thing with how it is in the initial image. So it is in "
                f"{count(episodes, 'episode')}.",
                episode=episode,
                frame=at,
                subtask=name,
                expected="False",
                actual="True",
            )


def _first_on_a_change(case: Case, episode: Episode, column: int) -> bool:
    first = first_onset(case.evidence.holds(episode), column)
    return first in {c.frame for c in lasting_changes(episode)}


def _before(case: Case, episode: Episode, column: int) -> list[int]:
    """Frames before the first change on which a sub-task holds; true successes are none."""
    if episode.scene_events is None:
        return []
    holds = case.evidence.holds(episode)[:, column]
    if column == len(case.evidence.subtasks) - 1:
        holds = holds & ~episode.success & episode.judged
    end = min((c.frame for c in episode.scene_events), default=len(holds))
    return [int(t) for t in np.flatnonzero(holds[:end])]


@check("near_miss")
def notices_when_it_is_undone(case: Case) -> Iterator[Failure]:
    """A sub-task whose thing is undone and done again on the way to success notices it."""
    require_events(case)
    redone = [e for e in told(case.subject) if any(_redone(case, e, p) for p in places(e))]
    case.require(redone, "things undone", "no success undoes a thing and does it again")
    known: set[tuple[Split, int]] = set()
    for split in case.subject.splits:
        for episode in told(case.subject, split):
            for place in places(episode):
                for column, done, at in _undone(case, episode, place):
                    if (split, column) not in known:
                        known.add((split, column))
                        yield _went_on(case, episode, place, column, done=done, at=at)


def _undone(case: Case, episode: Episode, place: Place) -> Iterator[tuple[int, int, int]]:
    """Sub-tasks that hold on while their thing leaves the look they told of and takes it again.

    Yields:
        The sub-task, the frame on which it began to hold, and that on which the thing looks
        so again.
    """
    holds = case.evidence.holds(episode)
    for done, at in _redone(case, episode, place):
        if (holds[at] != holds[at - 1]).any():
            continue
        for column in np.flatnonzero(onsets(holds)[done] & holds[at - 1]):
            yield int(column), done, at


def _redone(case: Case, episode: Episode, place: Place) -> list[tuple[int, int]]:
    """When a place left its first look, and when it looks so again after another change.

    For example ``(3, 9)``: a door opened at frame 3, was closed in between without looking
    quite as at first, and is open again at frame 9.
    """
    done = next((c.frame for c in place.changes if c.leaves), None)
    if done is None:
        return []
    store = case.subject.task.store
    looks = cut_out(store.frames_of(episode), place.box)
    again = [
        c.frame
        for c in place.changes
        if c.frame > done
        and not (c.leaves or c.returns)
        and (looks[c.frame] == looks[done]).all()
        and (looks[c.frame - 1] != looks[done]).any()
    ]
    # Another thing that was laid there for a while has undone nothing.
    return [
        (done, at)
        for at in again
        if not came_from_elsewhere(store, episode, _latest(place, at).box, at - 1)
    ]


def _latest(place: Place, at: int) -> SceneEvent:
    """The last event at a place before a frame."""
    return max((c for c in place.changes if c.frame < at), key=lambda c: c.frame)


def _went_on(
    case: Case, episode: Episode, place: Place, column: int, *, done: int, at: int
) -> Failure:
    name = case.evidence.subtasks[column]
    undone = _latest(place, at).frame
    made = f" ({episode.note})" if episode.note else ""
    return case.failure(
        f"{name} holds at frame {at - 1} of {episode.id}{made}, although the thing of which it "
        f"tells ({where(place.changes[0])}) is not as it should be there: it changed at frame "
        f"{done}, where {name} began to hold, again at frame {undone}, and looks as at frame "
        f"{done} only from frame {at} on, on the way to success. {name} tells another look from "
        "the first one, but not the right one: let it look for how the thing is when it is done, "
        "and not for any difference from how it was at first.",
        episode=episode,
        frame=at - 1,
        subtask=name,
        expected="False",
        actual="True",
    )
