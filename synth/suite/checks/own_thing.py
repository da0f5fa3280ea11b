"""A check that a sub-task tells of its thing, and not of where the agent is.

A sub-task that first holds, in most experts, on the frame on which a thing changes for good tells
of that thing (`synth.suite.things`). Then nothing else may change what it says: what holds
while the agent stands beside an open door, and no more when it has walked on, senses the agent.
Every recorded episode shows that, near misses and random ones above all. What the thing does is
seen in the pictures without the agent, so that the agent may well stand before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.suite.diagnosis import count
from synth.suite.looks import unmoved
from synth.suite.registry import check
from synth.suite.scene_events import places, require_events, told, where
from synth.suite.things import ENOUGH, changed, needed_earlier, own_place, tells_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.episode import Episode, Split
    from synth.failure import Failure
    from synth.suite.registry import Case
    from synth.suite.scene_events import Place

__all__: list[str] = []


@dataclass(frozen=True, slots=True)
class _Flip:
    """A verdict that changes although its thing does not.

    Attributes:
        episode: Where.
        at: The frame.
        own: The place of its thing, where it is known in this episode.
        since: The last frame on which that place changed; 0 where it never did.
        other: The place that changes there; ``None`` where nothing does but the agent.
    """

    episode: Episode
    at: int
    own: Place | None
    since: int
    other: Place | None


@check("scenes")
def changes_with_its_own_thing_alone(case: Case) -> Iterator[Failure]:
    """A sub-task that tells of a thing changes only where that thing does, not with the agent."""
    require_events(case, experts=ENOUGH)
    for split in case.subject.splits:
        experts = [e for e in told(case.subject, split) if e.kind == "expert"]
        for column in sorted(tells_of(case.evidence, experts)):
            flips = [
                flip
                for episode in case.subject.episodes(split=split)
                for flip in _flips(case, episode, column)
            ]
            if flips:
                yield _blamed(case, column, flips)


def _flips(case: Case, episode: Episode, column: int) -> Iterator[_Flip]:
    if episode.scene_events is None:
        return
    holds = case.evidence.holds(episode)[:, column]
    turns = np.flatnonzero(holds[1:] != holds[:-1]) + 1
    story = places(episode, to_the_end=True)
    own = own_place(case.evidence, episode, column, story)
    store = case.subject.task.store
    for at in turns.tolist():
        met = changed(story, at)
        since = max((c.frame for c in own.changes if c.frame <= at), default=0) if own else 0
        # Where nothing at all has moved it need not be known which thing is meant.
        if not met and all(unmoved(store, episode, place, at) for place in story):
            yield _Flip(episode, at, own, since, None)
        elif (
            own is not None
            and unmoved(store, episode, own, at)
            and not _comes_with_an_earlier_one(case, episode, column, at)
        ):
            others = met or [p for p in story if not unmoved(store, episode, p, at)]
            yield _Flip(episode, at, own, since, others[0])


def _comes_with_an_earlier_one(case: Case, episode: Episode, column: int, at: int) -> bool:
    """Whether an earlier sub-task that every success needs turns the same way there.

    *Both doors are open* ends where the first one is shut, and rightly. *The door is open, and
    the key in hand* asks for what some successes do without.
    """
    turn = case.evidence.holds(episode)[at - 1 : at + 1]
    return any(
        (turn[:, j] == turn[:, column]).all()
        for j in needed_earlier(case.subject, episode.split, column)
    )


def _blamed(case: Case, column: int, flips: list[_Flip]) -> Failure:
    name = case.evidence.subtasks[column]
    # What is known of its thing makes the plainest example, and the agent's part a plainer one.
    flip = min(flips, key=lambda f: (f.other is not None, f.own is None))
    episode, at = flip.episode, flip.at
    holds = case.evidence.holds(episode)[:, column]
    made = f" ({episode.note})" if episode.note else ""
    became = "holds" if holds[at] else "no longer holds"
    thing = f"the thing of which it tells ({where(flip.own.changes[0])})" if flip.own else ""
    if flip.other is not None:
        apart = f"only another thing ({where(flip.other.changes[0])}) changes there"
        advice = "Let it look at its own thing alone: other sub-tasks tell of the other things"
    else:
        apart = "nothing in the scene but the agent changes there"
        advice = (
            "It looks at where the agent is rather than at the thing. Let it say the same "
            "wherever the agent stands, until the thing itself changes again"
        )
    since = f"has not changed since frame {flip.since}" if flip.since else "has not changed yet"
    still = f", although {thing} {since}: {apart}" if thing else f", although {apart}"
    episodes = len({f.episode.id for f in flips})
    every = count(_recorded(case, episode.split), "episode")
    return case.failure(
        f"{name} {became} at frame {at} of {episode.id}{made}{still}. {advice}. So it is on "
        f"{count(len(flips), 'frame')} of {episodes} of {every}.",
        episode=episode,
        frame=at,
        subtask=name,
        expected=str(bool(holds[at - 1])),
        actual=str(bool(holds[at])),
    )


def _recorded(case: Case, split: Split) -> int:
    return sum(e.scene_events is not None for e in case.subject.episodes(split=split))
