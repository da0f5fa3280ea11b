"""From failures to reports: the few that tell a model most.

One report for each failed check and sub-task, those of the earliest group first, and
different checks before different sub-tasks of the same check. What the search found is
shown by the episode that it has become (`synth.loop.failure_frames` finds the pictures).
Nothing held out gets here: verdicts hold visible failures only.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from synth.failure import Failure
from synth.loop.episodes import find_key
from synth.loop.failure_frames import failure_frames
from synth.loop.verdict import GROUPS, check_of, group_of
from synth.prompts.requests import Computation, FailureReport

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from synth.journal import Exemplar
    from synth.loop.judge import Task
    from synth.loop.verdict import Verdict
    from synth.plan import Plan
    from synth.prompts.requests import Shot

    Explain = Callable[[str, Shot, NDArray[np.uint8]], tuple[str, ...]]
    """Sub-task, picture and its initial frame to what the program computed, line by line."""

__all__ = [
    "UNSEEN",
    "blames_the_plan",
    "every_report",
    "in_words",
    "not_a_plan",
    "reports",
    "unseen",
]

UNSEEN = (
    "The program passes every test on the recorded episodes, but fails on others of the same "
    "task. Something that is constant in the recorded ones varies in others: a colour, a "
    "position, the layout, the number of objects. Let the checkers rely on what the task means "
    "and on the initial image, and not on what these episodes merely have in common."
)
"""What a model hears of a failure on held-out episodes, besides what kind of thing it was."""


def reports(
    verdict: Verdict, plan: Plan, task: Task, *, limit: int, explain: Explain | None = None
) -> tuple[FailureReport, ...]:
    """The most telling failures of a verdict, most telling first.

    Args:
        verdict: Of the program to be refined.
        plan: Whose last sub-task is the goal.
        task: Where the pictures come from; finds are among its episodes.
        limit: How many at most.
        explain: Says what the program computed on a picture.
    """
    seen: Counter[str] = Counter()
    ranked: list[tuple[int, int, int, Exemplar]] = []
    for order, exemplar in enumerate(_placed(verdict.exemplars, task)):
        check = check_of(exemplar.failure.test)
        ranked.append((GROUPS.index(exemplar.failure.group), seen[check], order, exemplar))
        seen[check] += 1
    chosen = [entry[-1] for entry in sorted(ranked, key=lambda entry: entry[:3])[:limit]]
    return tuple(_report(e, plan.goal, task, explain) for e in chosen)


def every_report(verdict: Verdict, goal: str, task: Task) -> tuple[FailureReport, ...]:
    """All that a verdict says against a program, in the suite's order, for people.

    Args:
        verdict: Of the visible split.
        goal: The plan's last sub-task.
        task: As for `reports`.
    """
    return tuple(_report(e, goal, task) for e in _placed(verdict.exemplars, task))


def blames_the_plan(verdict: Verdict) -> bool:
    """Whether the plan alone is at fault: nothing fails but that successes do without it."""
    return bool(verdict.failed) and {group_of(test) for test in verdict.failed} == {"necessity"}


def not_a_plan(reason: str) -> FailureReport:
    """The report about an answer that should have been a plan."""
    message = f"The last answer could not be read as a plan: {reason}"
    return FailureReport(Failure("program::plan", "program", message))


def unseen(more: str = "") -> FailureReport:
    """The report about a program that fails on episodes that are not shown.

    Args:
        more: What else may be said.
    """
    message = f"{UNSEEN} {more}".rstrip()
    return FailureReport(Failure("program::generalises", "program", message))


def in_words(tests: tuple[str, ...], limit: int) -> str:
    """Test ids for a sentence, the first few by name."""
    rest = len(tests) - limit
    named = ", ".join(tests[:limit])
    return f"{named} and {rest} more" if rest > 0 else named


def _placed(exemplars: Sequence[Exemplar], task: Task) -> list[Exemplar]:
    """Finds by the episodes that they have become, and no such episode twice for one reason."""
    found = {find_key(e): e.id for e in task.store.select(kind="found")}
    told = {(e.failure.episode, e.failure.subtask) for e in exemplars}
    placed: list[Exemplar] = []
    for exemplar in exemplars:
        failure = exemplar.failure
        find = failure.find
        episode = found.get(find_key(find)) if find is not None else None
        if find is None or episode is None:
            placed.append(exemplar)
        elif (episode, failure.subtask) not in told:
            at = len(find.actions) if failure.frame is None else failure.frame
            known = replace(failure, episode=episode, frame=at)
            placed.append(exemplar.model_copy(update={"failure": known}))
    return placed


def _report(
    exemplar: Exemplar, goal: str, task: Task, explain: Explain | None = None
) -> FailureReport:
    failure = exemplar.failure
    pictures = failure_frames(failure, goal, task)
    computed: tuple[Computation, ...] = ()
    # Against a plan it tells nothing what its program computed.
    if explain is not None and failure.group != "necessity":
        computed = tuple(
            Computation(p.shot.name, explain(failure.subtask or goal, p.shot, p.beside))
            for p in pictures
            if p.beside is not None
        )
    return FailureReport(
        failure,
        tuple(picture.shot for picture in pictures),
        also=exemplar.also,
        labels=tuple(picture.label for picture in pictures),
        computed=computed,
    )
