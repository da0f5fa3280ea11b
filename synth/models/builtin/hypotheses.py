"""Whole programs as choices: one predicate for each sub-task, in order of preference.

A hypothesis holds the place of a choice for each sub-task. Since an answer may depend on
its request alone, the hypothesis a program stands for is read back from its text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from synth.models.builtin.changes import goal_examples, step_examples
from synth.models.builtin.search import search
from synth.models.builtin.ways import way_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.models.builtin.changes import Step
    from synth.models.builtin.evidence import Evidence
    from synth.models.builtin.grammar import Predicate
    from synth.models.builtin.search import Conflict
    from synth.models.builtin.ways import Way
    from synth.plan import Plan

__all__ = ["Choices", "choices_for", "current_choices", "in_order", "program_of"]

MOST = 6
"""Predicates kept for each sub-task when whole programs are enumerated."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be said for each sub-task of a plan.

    Attributes:
        predicates: For each sub-task in plan order, best first; the last is the goal's.
        conflict: Two frames the goal's predicates cannot tell apart, if that is why there
            are none.
        finished: Whether the search for the goal ended before its deadline.
    """

    predicates: tuple[tuple[Predicate, ...], ...]
    conflict: Conflict | None
    finished: bool


def choices_for(plan: Plan, evidence: Evidence, *, deadline: float) -> Choices:
    """The predicates for each sub-task of a plan, which need not be one's own.

    A sub-task takes the change point from which its name would be made, or else the one
    that has its place in the order.
    """
    way = way_of(evidence)
    words, points = way.words, way.steps()
    by_name: dict[str, Step] = {}
    for step in points:
        for choice in step.choices:
            by_name.setdefault(words.phrase(choice).name, step)
    found: list[tuple[Predicate, ...]] = []
    names = plan.names[:-1]
    own = [by_name[name] for name in names if name in by_name]
    spare = [point for point in points if point not in own]
    for name in names:
        point = by_name.get(name) or (spare.pop(0) if spare else None)
        ordered: tuple[Predicate, ...] = point.choices if point else ()
        mine = [c for c in ordered if words.phrase(c).name == name]
        ordered = (*mine, *(c for c in ordered if c not in mine))
        labels = evidence.labels.get(name, ())
        fitting = tuple(
            c for c in ordered if all(c.holds(e.now, e.initial) == e.label for e in labels)
        )
        if point and not fitting:
            fitting = _searched(way, point, evidence, name, deadline=deadline)
        found.append(fitting)
    examples = goal_examples(evidence, plan.goal)
    goal = search(way.atoms(examples), examples, deadline=deadline)
    return Choices((*found, goal.predicates), goal.conflict, goal.finished)


def _searched(
    way: Way, step: Step, evidence: Evidence, name: str, *, deadline: float
) -> tuple[Predicate, ...]:
    """Larger predicates for a step whose own ones labels refute.

    What has been done mostly still shows when the goal is reached; only where nothing that
    lasts will do is the step taken for one that shows for a while.
    """
    for lasting in (True, False):
        examples = step_examples(step, evidence, name, lasting=lasting)
        predicates = search(way.step_atoms(step, examples), examples, deadline=deadline).predicates
        if predicates:
            return predicates
    return ()


def in_order(choices: Choices) -> tuple[tuple[Predicate, ...], ...]:
    """Whole hypotheses, the most natural first; none where a sub-task has no predicate."""
    few = [range(len(predicates[:MOST])) for predicates in choices.predicates]
    # The goal's alternatives come before those of the steps: it is the goal that labels judge.
    places = sorted(product(*few), key=lambda at: (sum(at), tuple(-i for i in reversed(at))))
    return tuple(tuple(choices.predicates[k][i] for k, i in enumerate(at)) for at in places)


def program_of(predicates: Sequence[Predicate], plan: Plan, evidence: Evidence) -> str:
    """The text of a hypothesis."""
    return way_of(evidence).write(predicates, plan)


def current_choices(
    source: str, plan: Plan, choices: Choices, evidence: Evidence
) -> tuple[int | None, ...]:
    """For each sub-task the place of the choice that a program makes, where it makes one."""
    found: list[int | None] = []
    for k, name in enumerate(plan.names):
        mine = _checker(source, name)
        place = None
        for i, predicate in enumerate(choices.predicates[k]):
            filled = [predicate if j == k else _any(choices, j) for j in range(len(plan.names))]
            known = [p for p in filled if p is not None]
            if (
                len(known) == len(filled)
                and _checker(program_of(known, plan, evidence), name) == mine
            ):
                place = i
                break
        found.append(place)
    return tuple(found)


def _any(choices: Choices, k: int) -> Predicate | None:
    return choices.predicates[k][0] if choices.predicates[k] else None


def _checker(source: str, name: str) -> str:
    """The expression a checker returns, without white space."""
    match = re.search(
        rf"^def {re.escape(name)}\(.*?\n(?=\S)", f"{source}\n#", re.DOTALL | re.MULTILINE
    )
    return "".join(match[0].partition("return")[2].split()) if match else ""
