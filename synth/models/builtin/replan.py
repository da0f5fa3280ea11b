"""What is kept of a plan that the suite speaks against, and in which stages.

A sub-task that a success does without goes. Two that come the other way round somewhere are
put in one stage, with all that the plan has between them: it is the weaker claim, and right
whether their order is another one or none. No picture is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.models.builtin.words import Phrase
    from synth.prompts.requests import DescribeRequest, FailureReport

__all__ = ["in_stages", "kept_steps", "lacks_a_stage"]


def lacks_a_stage(request: DescribeRequest) -> bool:
    """Whether all that is said against the previous plan is that it lacks a stage."""
    blamed = {c.failure.subtask for c in request.reports if c.failure.group == "necessity"}
    return blamed == {None}


def kept_steps(request: DescribeRequest, found: Sequence[str]) -> set[str]:
    """The steps of the previous plan that nothing is said against; all where it lacks some.

    Args:
        request: With the previous plan.
        found: Names of all the steps that the demonstrations show.
    """
    if lacks_a_stage(request):
        return set(found)
    names = list(request.previous.names[:-1]) if request.previous else []
    ordered = any(_pair(c, names) for c in request.reports)
    blamed = {c.failure.subtask for c in request.reports if not _pair(c, names)}
    kept = [name for name in names if name not in blamed]
    # Where no step is blamed, one of them may still not be necessary: the first goes.
    return set(kept if ordered or len(kept) < len(names) else kept[1:])


def in_stages(phrases: Sequence[Phrase], request: DescribeRequest) -> list[list[Phrase]]:
    """The sub-tasks in stages; one each but for those whose order is spoken against.

    Args:
        phrases: In the order of the demonstrations, the goal last.
        request: With what is said against the previous plan; what that had in one stage stays.
    """
    names = [phrase.name for phrase in phrases]
    pairs = [pair for c in request.reports if (pair := _pair(c, names[:-1]))]
    if request.previous is not None:
        known = [[n for n in stage if n in names] for stage in request.previous.stage_names]
        pairs += [(stage[0], stage[-1]) for stage in known if len(stage) > 1]
    joined = set[int]()
    for pair in pairs:
        first, last = sorted(map(names.index, pair))
        joined.update(range(first + 1, last + 1))
    stages: list[list[Phrase]] = []
    for place, phrase in enumerate(phrases):
        if place in joined:
            stages[-1].append(phrase)
        else:
            stages.append([phrase])
    return stages


def _pair(complaint: FailureReport, names: Sequence[str]) -> tuple[str, str] | None:
    """The two steps that a complaint says came in this order, against the plan's."""
    one, _, other = complaint.failure.actual.partition(" before ")
    known = complaint.failure.group == "necessity" and one in names and other in names
    return (one, other) if known and one != other else None
