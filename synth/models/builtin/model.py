"""`builtin`: a program synthesiser behind the `Model` protocol.

It describes by finding change points, writes by printing predicates of a small grammar,
and refines by looking for the smallest predicates that agree with every label so far. It
needs no key, no network and no GPU, and its answers are a function of request and seed: it
remembers nothing, reads no file, and looks at no name and no text but the plan's names and
the program it is to repair.

Each request is tried in every reading that its pictures allow (`synth.models.builtin.readings`):
where one comes to a dead end, the next is tried within the same answer. Which one a plan or a
program was made in is seen from its names and from its text, so nothing has to be remembered.
Where none has another program for the plan, a repair is answered by another plan.

It does not understand what it sees, and declines tasks whose missions vary. What its grammar
cannot express is in docs/builtin.md.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from synth.errors import ModelDeadEnd, UsageError
from synth.models.base import Reply
from synth.models.builtin.changes import goal_examples
from synth.models.builtin.evidence import gather_all
from synth.models.builtin.hypotheses import (
    choices_for,
    current_choices,
    in_order,
    program_of,
)
from synth.models.builtin.replan import in_stages, kept_steps, lacks_a_stage
from synth.models.builtin.search import search
from synth.models.builtin.ways import way_of
from synth.prompts.answers import parse_plan
from synth.prompts.requests import (
    DescribeRequest,
    FasterRequest,
    LabelRequest,
    RefineRequest,
    WriteRequest,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from synth.models.base import ModelOptions
    from synth.models.builtin.evidence import Evidence
    from synth.models.builtin.hypotheses import Choices
    from synth.models.builtin.search import Conflict
    from synth.models.builtin.words import Phrase
    from synth.plan import Stages
    from synth.prompts.requests import Request

__all__ = ["BuiltinModel", "open_provider"]

SECONDS = 20.0
NAME_LENGTH = 56

HELP = (
    "what would help: a model that understands what it sees, with --model; larger pictures; or "
    "pictures of flat colours on a plain ground"
)
LACKING = (
    "every success needs a change that no sub-task of the plan tells, and no predicate of the "
    "grammar found in the demonstrations tells it either"
)
REFUTED = "every predicate found for the goal fails its tests, and there is no other plan to try"
KNOWN = "the plan that is left was given up before"
MISSIONS = (
    "builtin: the missions of this task vary, and it reads no words: its predicates say the same "
    "of a picture whatever is asked for. What would help: a model that understands words: "
    "--model openai:NAME, anthropic:NAME or exchange:FOLDER"
)
TRIED = "every predicate within the size limit that agrees with the labels has been tried"


class _Stuck(Exception):
    """One reading of the pictures comes to no answer; says what it found, without a full stop."""


class _AllStuck(Exception):
    """No reading comes to an answer.

    Args:
        why: What was found in each, in their order.
    """

    def __init__(self, why: tuple[str, ...]) -> None:
        self.why = why
        super().__init__(*why)


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
            ModelDeadEnd: The task's missions vary, the pictures are of a sort that is beyond it,
                or no reading of them comes to an answer; the message says what was tried and what
                would help.
        """
        if why := self.declines(missions=bool(request.missions)):
            raise ModelDeadEnd(why)
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
        elif isinstance(request, LabelRequest):
            text = _cannot_tell(request)
        else:
            raise ModelDeadEnd(f"builtin: {request.key} is a request of an unknown kind.")
        return Reply(text, model=self.name)

    def declines(self, *, missions: bool) -> str:
        """See `synth.models.base.Declines`."""
        return f"{MISSIONS}." if missions else ""

    def _describe(self, request: DescribeRequest, deadline: float) -> str:
        every = gather_all(request.demonstrations, request.reports)
        if request.previous is not None:
            goal = request.previous.goal
            every = _first(every, lambda evidence: goal in _goals(evidence, None, deadline))
        return _answered(
            every, deadline, lambda evidence, until: self._described(request, evidence, until)
        )

    def _described(self, request: DescribeRequest, evidence: Evidence, deadline: float) -> str:
        way = way_of(evidence)
        examples = goal_examples(evidence, request.previous.goal if request.previous else None)
        goal = search(way.atoms(examples), examples, deadline=deadline)
        if not goal.predicates:
            raise _Stuck(_why_none(goal.conflict, finished=goal.finished))
        phrases = [way.words.phrase(step.choices[0]) for step in way.steps()]
        last = way.words.phrase(goal.predicates[self._pick(request, len(goal.predicates))])
        if request.previous is not None:
            if last.name in _short(request.previous.names):  # else it was made in another reading
                kept = kept_steps(request, [phrase.name for phrase in phrases])
                phrases = [phrase for phrase in phrases if phrase.name in kept]
                if not kept and len(request.previous.names) == 1:
                    raise _Stuck(REFUTED)
            if lacks_a_stage(request) and len(phrases) < len(request.previous.names):
                raise _Stuck(LACKING)
        phrases = _distinct([*phrases, last])
        stages = [
            [{"name": p.name, "description": p.sentence, "visible": p.sentence} for p in stage]
            for stage in in_stages(phrases, request)
        ]
        task = "; then ".join(p.sentence.rstrip(".") for p in phrases) + "."
        return json.dumps({"task": task, "stages": stages}, indent=2)

    def _write(self, request: WriteRequest, deadline: float) -> str:
        every, goal = gather_all(request.demonstrations), request.plan.goal
        if len(every) > 1:
            every = _first(every, lambda evidence: goal in _goals(evidence, None, deadline))
        return _answered(
            every, deadline, lambda evidence, until: self._written(request, evidence, until)
        )

    def _written(self, request: WriteRequest, evidence: Evidence, deadline: float) -> str:
        choices = choices_for(request.plan, evidence, deadline=deadline)
        hypotheses = in_order(choices)
        if not hypotheses:
            raise _Stuck(_missing(choices, request.plan.names))
        chosen = hypotheses[self._pick(request, len(hypotheses))]
        return _answer("", program_of(chosen, request.plan, evidence))

    def _refine(self, request: RefineRequest, deadline: float) -> str:
        """Another program; where there is none, another plan in place of it."""
        reports = (*request.reports, *request.earlier)
        every = gather_all(request.demonstrations, reports)
        every = _first(every, lambda evidence: evidence.reading.wrote(request.source))
        try:
            return _first_answer(
                every, deadline, lambda evidence, until: self._refined(request, evidence, until)
            )
        except _AllStuck as no_program:
            stuck = no_program.why
        # Sub-tasks are named in one reading, and often mean nothing in another: it needs a plan of
        # its own. The time for the program may be used up.
        anew = DescribeRequest(
            sample=request.sample,
            demonstrations=request.demonstrations,
            reports=request.reports,
            previous=request.plan,
        )
        known = {request.plan.stage_names, *request.given_up}
        try:
            return _first_answer(
                every,
                time.monotonic() + self._seconds,
                lambda evidence, until: _unlike(known, self._described(anew, evidence, until)),
            )
        except _AllStuck as no_plan:
            both = zip(stuck, no_plan.why, strict=True)
            tried = _by_reading(every, [", and ".join(dict.fromkeys(why)) for why in both])
        raise ModelDeadEnd(
            f"builtin found no other program, and no other plan: tried {tried}; {HELP}."
        )

    def _refined(self, request: RefineRequest, evidence: Evidence, deadline: float) -> str:
        plan = request.plan
        choices = choices_for(plan, evidence, deadline=deadline)
        if choices.conflict is not None:
            # No other plan has another goal: there is nothing to go on with.
            raise _Stuck(_why_none(choices.conflict, finished=True))
        if not all(choices.predicates):
            raise _Stuck(_missing(choices, plan.names))
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
        if len(request.notes) >= len(others):
            raise _Stuck(TRIED)
        place = len(request.notes) + self._pick(request, len(others))
        return _answer(
            f"{len(every)} programs agree with all labels so far.",
            program_of(others[place % len(others)], plan, evidence),
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


def _answered(
    every: Sequence[Evidence], deadline: float, answer: Callable[[Evidence, float], str]
) -> str:
    """The answer of the first reading that comes to one.

    Raises:
        ModelDeadEnd: None does.
    """
    try:
        return _first_answer(every, deadline, answer)
    except _AllStuck as stuck:
        tried = _by_reading(every, stuck.why)
    raise ModelDeadEnd(f"builtin: tried {tried}; {HELP}.")


def _first_answer(
    every: Sequence[Evidence], deadline: float, answer: Callable[[Evidence, float], str]
) -> str:
    """The answer of the first reading that comes to one.

    Each has an equal share of the time that is left.

    Raises:
        _AllStuck: None does.
    """
    stuck: list[str] = []
    for k, evidence in enumerate(every):
        until = time.monotonic() + (deadline - time.monotonic()) / (len(every) - k)
        try:
            return answer(evidence, until)
        except _Stuck as end:
            stuck.append(str(end))
    raise _AllStuck(tuple(stuck))


def _by_reading(every: Sequence[Evidence], why: Sequence[str]) -> str:
    pairs = zip(every, why, strict=True)
    return "; ".join(f"{evidence.reading}: {end}" for evidence, end in pairs)


def _unlike(known: Container[Stages], plan: str) -> str:
    """A plan that is none of those known.

    Raises:
        _Stuck: It is.
    """
    if parse_plan(plan).stage_names in known:
        raise _Stuck(KNOWN)
    return plan


def _first(every: tuple[Evidence, ...], wanted: Callable[[Evidence], bool]) -> tuple[Evidence, ...]:
    """The readings that are wanted before the others, else in the order they have."""
    return tuple(sorted(every, key=lambda evidence: not wanted(evidence)))


def _goals(evidence: Evidence, name: str | None, deadline: float) -> set[str]:
    """The names that a reading has for the goal."""
    way, examples = way_of(evidence), goal_examples(evidence, name)
    found = search(way.atoms(examples), examples, deadline=deadline).predicates
    return _short([way.words.phrase(predicate).name for predicate in found])


def _short(names: Sequence[str]) -> set[str]:
    return {name[:NAME_LENGTH].strip("_") for name in names}


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


def _cannot_tell(request: LabelRequest) -> str:
    """An honest answer: it has no eyes but the predicates of which its programs are made.

    Those that fit the demonstrations all say the same where they are all wrong (measured: a right
    program of its own was refined away for it), so its labels would only repeat its programs.
    """
    answers = [
        {"picture": picture.name, "subtask": name, "answer": "cannot tell", "remark": ""}
        for picture in request.pictures
        for name in picture.subtasks
    ]
    return json.dumps({"answers": answers})


def _missing(choices: Choices, names: Sequence[str]) -> str:
    lacking = [n for n, found in zip(names, choices.predicates, strict=True) if not found]
    if lacking[-1] == names[-1]:
        return _why_none(choices.conflict, finished=choices.finished)
    return f"nothing in the demonstrations changes for good in a way that {lacking[0]} could mean"


def _why_none(conflict: Conflict | None, *, finished: bool) -> str:
    if conflict is not None:
        return (
            "no predicate of the grammar says what the labels say, since it cannot tell "
            f"{conflict.true}, where the goal should hold, from {conflict.false}, where it should "
            "not"
        )
    if not finished:
        return "no predicate that agrees with all labels was found in the time allowed"
    return "no predicate within the size limit agrees with all labels"
