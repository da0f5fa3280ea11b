"""`builtin`: a program synthesiser behind the `Model` protocol.

It describes by finding change points, writes by printing predicates of a small grammar,
and refines by looking for the smallest predicates that agree with every label so far. It
needs no key, no network and no GPU, and its answers are a function of request and seed: it
remembers nothing, reads no file, and looks at no name and no text but the plan's names and
the program it is to repair.

It does not understand what it sees. What its grammar cannot express is in docs/builtin.md.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from synth.errors import ModelReplyError, UsageError
from synth.models.base import Reply
from synth.models.builtin.changes import goal_examples
from synth.models.builtin.evidence import gather
from synth.models.builtin.hypotheses import (
    choices_for,
    current_choices,
    in_order,
    program_of,
)
from synth.models.builtin.replan import in_stages, kept_steps, lacks_a_stage
from synth.models.builtin.search import search
from synth.models.builtin.ways import way_of
from synth.prompts.requests import DescribeRequest, FasterRequest, RefineRequest, WriteRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.models.base import ModelOptions
    from synth.models.builtin.hypotheses import Choices
    from synth.models.builtin.search import Conflict
    from synth.models.builtin.words import Phrase
    from synth.prompts.requests import Request

__all__ = ["BuiltinModel", "open_provider"]

SECONDS = 20.0
NAME_LENGTH = 56

LACKING = (
    "every success needs a change that no sub-task of the plan tells, and no predicate of the "
    "grammar found in the demonstrations tells it either; choose a vision-language model with "
    "--model."
)


class BuiltinModel:
    """The synthesiser.

    Args:
        seed: Among equally good answers another one for another seed.
        seconds: For one answer; the best found by then is given.
    """

    def __init__(self, seed: int = 0, *, seconds: float = SECONDS) -> None:
        self._seed, self._seconds = seed, seconds

    @property
    def name(self) -> str:
        """``builtin``, and the seed where it is not 0."""
        return f"builtin:{self._seed}" if self._seed else "builtin"

    def ask(self, request: Request) -> Reply:
        """Answer one request.

        Raises:
            ModelReplyError: The pictures are of a sort that is beyond it, or what it found
                contradicts itself; the message says which.
        """
        deadline = time.monotonic() + self._seconds
        if isinstance(request, DescribeRequest):
            text = self._describe(request, deadline)
        elif isinstance(request, WriteRequest):
            text = self._write(request, deadline)
        elif isinstance(request, RefineRequest):
            text = self._refine(request, deadline)
        elif isinstance(request, FasterRequest):
            # Without code the answer would count as unusable rather than as no faster.
            text = _answer("builtin knows no faster way to say this.", request.source)
        else:
            raise ModelReplyError(f"builtin: {request.key} is a request of an unknown kind.")
        return Reply(text, model=self.name)

    def _describe(self, request: DescribeRequest, deadline: float) -> str:
        evidence = gather(request.demonstrations, request.reports)
        way = way_of(evidence)
        examples = goal_examples(evidence, request.previous.goal if request.previous else None)
        goal = search(way.atoms(examples), examples, deadline=deadline)
        if not goal.predicates:
            raise ModelReplyError(f"builtin: {_why_none(goal.conflict, finished=goal.finished)}")
        phrases = [way.words.phrase(step.choices[0]) for step in way.steps()]
        last = way.words.phrase(goal.predicates[self._pick(request, len(goal.predicates))])
        if request.previous is not None:
            kept = kept_steps(request, [phrase.name for phrase in phrases])
            phrases = [phrase for phrase in phrases if phrase.name in kept]
            if lacks_a_stage(request) and len(phrases) < len(request.previous.names):
                raise ModelReplyError(f"builtin: {LACKING}")
            if not kept and len(request.previous.names) == 1:
                raise ModelReplyError(
                    "builtin: every predicate found for the goal fails its tests, and there is no "
                    "other plan to try; choose a vision-language model with --model."
                )
        phrases = _distinct([*phrases, last])
        stages = [
            [{"name": p.name, "description": p.sentence, "visible": p.sentence} for p in stage]
            for stage in in_stages(phrases, request)
        ]
        task = "; then ".join(p.sentence.rstrip(".") for p in phrases) + "."
        return json.dumps({"task": task, "stages": stages}, indent=2)

    def _write(self, request: WriteRequest, deadline: float) -> str:
        evidence = gather(request.demonstrations)
        choices = choices_for(request.plan, evidence, deadline=deadline)
        hypotheses = in_order(choices)
        if not hypotheses:
            raise ModelReplyError(f"builtin: {_missing(choices, request.plan.names)}")
        chosen = hypotheses[self._pick(request, len(hypotheses))]
        return _answer("", program_of(chosen, request.plan, evidence))

    def _refine(self, request: RefineRequest, deadline: float) -> str:
        evidence = gather(request.demonstrations, (*request.reports, *request.earlier))
        plan = request.plan
        choices = choices_for(plan, evidence, deadline=deadline)
        if choices.conflict is not None:
            # No other plan has another goal: there is nothing to go on with.
            raise ModelReplyError(f"builtin: {_why_none(choices.conflict, finished=True)}")
        if not all(choices.predicates):
            return f"No program is offered: {_missing(choices, plan.names)}"
        now = current_choices(request.source, plan, choices, evidence)
        blamed = {c.failure.subtask for c in request.reports}
        fixed = [
            None if name in blamed else place for name, place in zip(plan.names, now, strict=True)
        ]
        every = in_order(choices)
        fitting = [
            h
            for h in every
            if all(
                place is None or h[k] == choices.predicates[k][place]
                for k, place in enumerate(fixed)
            )
        ]
        current = tuple(
            None if place is None else choices.predicates[k][place] for k, place in enumerate(now)
        )
        others = [h for h in (*fitting, *every) if h != current]
        others = list(dict.fromkeys(others))
        place = len(request.notes) + self._pick(request, max(len(others), 1))
        if place >= len(others):
            return (
                "No program is offered: every predicate within the size limit that agrees with "
                "the labels has been tried."
            )
        return _answer(
            f"{len(every)} programs agree with all labels so far.",
            program_of(others[place], plan, evidence),
        )

    def _pick(self, request: Request, among: int) -> int:
        """The first, or another one for another sample or seed."""
        return (self._seed + request.sample) % max(among, 1)


def open_provider(argument: str, options: ModelOptions) -> BuiltinModel:
    """``builtin``, or ``builtin:SEED``.

    Raises:
        UsageError: The seed is no number.
    """
    if argument and not argument.isdecimal():
        raise UsageError(f"builtin:{argument}: the seed must be a number, as in builtin:1.")
    return BuiltinModel(int(argument or 0), seconds=options.timeout or SECONDS)


def _distinct(phrases: Sequence[Phrase]) -> list[Phrase]:
    seen: dict[str, int] = {}
    out = []
    for phrase in phrases:
        name = phrase.name[:NAME_LENGTH].strip("_")
        seen[name] = seen.get(name, 0) + 1
        out.append(replace(phrase, name=name if seen[name] == 1 else f"{name}_{seen[name]}"))
    return out


def _answer(remark: str, source: str) -> str:
    fenced = f"```python\n{source.rstrip()}\n```\n"
    return f"{remark}\n\n{fenced}" if remark else fenced


def _missing(choices: Choices, names: Sequence[str]) -> str:
    lacking = [n for n, found in zip(names, choices.predicates, strict=True) if not found]
    if lacking[-1] == names[-1]:
        return _why_none(choices.conflict, finished=choices.finished)
    return f"nothing in the demonstrations changes for good in a way that {lacking[0]} could mean."


def _why_none(conflict: Conflict | None, *, finished: bool) -> str:
    if conflict is not None:
        return (
            "no predicate of the grammar says what the labels say, since it cannot tell "
            f"{conflict.true}, where the goal should hold, from {conflict.false}, where it should "
            "not."
        )
    if not finished:
        return "no predicate that agrees with all labels was found in the time allowed."
    return "no predicate within the size limit agrees with all labels."
