"""A check that tells a late or blind program from a needless plan.

A success that a sub-task seems to be left out of refutes the plan only where it really does
without. Where the thing of which the sub-task tells changed for good in that very success, the
program did not see it, or saw it after the success had come: then the plan is right, and leaving
the sub-task out would be wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.suite.diagnosis import count
from synth.suite.registry import check
from synth.suite.scene_events import lasting_changes, require_events, told, unnoticed, where
from synth.suite.successes import success_frame
from synth.suite.things import ENOUGH, meant_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.episode import Episode, SceneEvent, Split
    from synth.failure import Failure
    from synth.suite.registry import Case

__all__ = ["overlooked"]


@check("near_miss")
def holds_once_its_thing_has_changed(case: Case) -> Iterator[Failure]:
    """No success passes in which a sub-task's thing changes for good and it never holds."""
    require_events(case, experts=ENOUGH)
    for split in case.subject.splits:
        every = told(case.subject, split)
        for column, found in sorted(overlooked(case, split).items()):
            name = case.evidence.subtasks[column]
            episode, change = min(found, key=lambda one: one[0].kind == "expert")
            end = success_frame(episode)
            after = case.evidence.holds(episode)[end + 1 :, column]
            seen = (
                f"it holds only at frame {end + 1 + int(after.argmax())}, after the success"
                if after.any()
                else "it holds on none of its frames"
            )
            made = f" ({episode.note})" if episode.note else ""
            yield case.failure(
                f"{episode.id}{made} succeeds at frame {end}, and the thing of which {name} tells "
                f"({where(change)}) changed for good at frame {change.frame}, but {name} misses "
                f"it: {seen}. The program is late or blind, and the plan is right: let {name} hold "
                "from the very frame on which the thing changes, wherever that is and whatever "
                f"the agent does next. It is missed in {len(found)} of "
                f"{count(len(every), 'success', 'successes')}.",
                episode=episode,
                frame=change.frame,
                subtask=name,
                expected="True",
                actual="False",
            )


def overlooked(case: Case, split: Split) -> dict[int, list[tuple[Episode, SceneEvent]]]:
    """Sub-tasks that hold nowhere in successes in which their thing changed for good.

    Returns:
        The sub-task's column, to the successes and the change in each; none without such.
    """
    every = told(case.subject, split)
    experts = [e for e in every if e.kind == "expert"]
    meant = meant_for(case.evidence, experts)
    fewest = min((len(lasting_changes(e)) for e in experts), default=0)
    found: dict[int, list[tuple[Episode, SceneEvent]]] = {}
    for column, number in meant.items():
        for episode in every:
            held = case.evidence.holds(episode)[: success_frame(episode) + 1, column]
            # By other ways things change in another order, but all of them do; what another
            # sub-task notices is not its thing. Where fewer do, it may have done without.
            left = unnoticed(case.evidence, episode)
            if left and not held.any() and len(lasting_changes(episode)) >= fewest:
                _, change = min(left, key=lambda one: abs(one[0] - number))
                found.setdefault(column, []).append((episode, change))
    return found
