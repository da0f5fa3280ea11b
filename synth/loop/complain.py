"""From failures to complaints: the few that tell a model most, with their pictures.

One complaint for each failed check and sub-task, those of the earliest group first, and
different checks before different sub-tasks of the same check. Nothing held out gets here:
verdicts hold visible failures only, and `shot` refuses anything else.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from synth.failure import Failure
from synth.loop.demonstrate import shot
from synth.loop.verdict import GROUPS, check_of, group_of
from synth.prompts.requests import Complaint

if TYPE_CHECKING:
    from synth.episode import EpisodeStore
    from synth.journal import Exemplar
    from synth.loop.verdict import Verdict
    from synth.plan import Plan
    from synth.prompts.requests import Shot

__all__ = ["UNSEEN", "blames_the_plan", "complaints", "in_words", "not_a_plan", "unseen"]

UNSEEN = (
    "The program passes every test shown here, but fails on episodes of the same task that are "
    "not shown. Something that is constant in the shown ones varies in others: a colour, a "
    "position, the layout, the number of objects. Let the checkers rely on what the task means "
    "and on the initial image, and not on what these episodes merely have in common."
)
"""All that a model ever hears of a failure on held-out episodes."""


def complaints(
    verdict: Verdict, plan: Plan, store: EpisodeStore, *, limit: int
) -> tuple[Complaint, ...]:
    """The most telling failures of a verdict, most telling first.

    Args:
        verdict: Of the program to be refined.
        plan: Whose last sub-task is the goal.
        store: Where the pictures come from.
        limit: How many at most.
    """
    seen: Counter[str] = Counter()
    ranked: list[tuple[int, int, int, Exemplar]] = []
    for order, exemplar in enumerate(verdict.exemplars):
        check = check_of(exemplar.failure.test)
        ranked.append((GROUPS.index(exemplar.failure.group), seen[check], order, exemplar))
        seen[check] += 1
    chosen = [entry[-1] for entry in sorted(ranked, key=lambda entry: entry[:3])[:limit]]
    return tuple(_complaint(e, plan.goal, store) for e in chosen)


def blames_the_plan(verdict: Verdict) -> bool:
    """Whether the plan alone is at fault: nothing fails but that successes do without it."""
    return bool(verdict.failed) and {group_of(test) for test in verdict.failed} == {"necessity"}


def not_a_plan(reason: str) -> Complaint:
    """The complaint about an answer that should have been a plan."""
    message = f"The last answer could not be read as a plan: {reason}"
    return Complaint(Failure("program::plan", "program", message))


def unseen() -> Complaint:
    """The complaint about a plan whose programs fail on episodes that are not shown."""
    return Complaint(Failure("program::generalises", "program", UNSEEN))


def in_words(tests: tuple[str, ...], limit: int) -> str:
    """Test ids for a sentence, the first few by name."""
    rest = len(tests) - limit
    named = ", ".join(tests[:limit])
    return f"{named} and {rest} more" if rest > 0 else named


def _complaint(exemplar: Exemplar, goal: str, store: EpisodeStore) -> Complaint:
    failure = exemplar.failure
    shots = _shots(failure, goal, store)
    labels = tuple(_label(failure, goal, shown, store) for shown in shots)
    return Complaint(failure, shots, also=exemplar.also, labels=labels)


def _label(failure: Failure, goal: str, shown: Shot, store: EpisodeStore) -> bool | None:
    """What the sub-task at fault should have said on a picture, where that is known."""
    if failure.episode is None or failure.subtask is None:
        return None
    episode, frame = store[failure.episode], int(shown.name.rpartition("-")[2])
    if failure.subtask == goal:
        return bool(episode.success[frame])
    if frame == 0:
        return False if episode.kind == "expert" else None
    told = {"True": True, "False": False}
    return told.get(failure.expected) if frame == failure.frame else None


def _shots(failure: Failure, goal: str, store: EpisodeStore) -> tuple[Shot, ...]:
    """The initial frame, the frame at fault, and one on which the answer should differ."""
    if failure.episode is None:
        return ()
    episode = store[failure.episode]
    if failure.frame is None or not 0 <= failure.frame < len(episode.frame_index):
        return (shot(store, episode, 0, "the initial frame"),)
    at = failure.frame
    shots = [shot(store, episode, 0, "the initial frame")] if at else []
    shots.append(shot(store, episode, at, "the frame at fault"))
    if failure.subtask in (None, goal):
        reached = bool(episode.success[at])
        others = np.flatnonzero(episode.success != reached)
        if others.size:
            nearest = int(others[np.abs(others - at).argmin()])
            remark = "here the goal is not reached" if reached else "here the goal is reached"
            shots.append(shot(store, episode, nearest, remark))
    elif at:
        shots.append(shot(store, episode, at - 1, "the frame before"))
    return tuple({s.name: s for s in shots}.values())
