"""The rounds of a run: describe, write, judge, refine, and what is kept.

The procedure is deterministic given the answers, verdicts and measured speeds, all of
which the journal holds: going through it again comes to the same state. So there is no
other state to save, and a resumed run is simply run again.

Within a lineage a candidate that breaks a passing test is dropped; across lineages the
better score is kept. Budgets are checked where rounds begin and where requests are sent
(`synth.loop.asking`); they end the procedure by `BudgetExhausted`. Rounds for speed are in
`synth.loop.faster`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from synth.errors import ModelReplyError
from synth.journal import PlanRecord
from synth.loop import events
from synth.loop.answer import is_program, read_program
from synth.loop.candidates import (
    again,
    came_of,
    first_accepted,
    judged,
    keep,
    reports_on,
    start_round,
    take_back,
    unusable,
)
from synth.loop.feedback import blames_the_plan, not_a_plan
from synth.prompts.answers import parse_plan
from synth.prompts.requests import DescribeRequest, RefineRequest, WriteRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synth.loop.ledger import Candidate
    from synth.loop.state import Run, RunState
    from synth.plan import Plan
    from synth.prompts.requests import FailureReport

__all__ = ["describe", "refine", "until_accepted", "write"]

NOTES = 5
HISTORY = 8
EARLIER = 24
SHOWN_TEXT = 4000


def until_accepted(run: Run, state: RunState) -> RunState:
    """Go on until a candidate passes everything, held-out episodes included.

    Args:
        run: The parts.
        state: Where to go on; a new one asks for a plan first.

    Returns:
        The state with that candidate as `RunState.accepted`.

    Raises:
        BudgetExhausted: Something ran out first; the ledger has the best so far.
        ModelError: The service failed, or the model is at a dead end.
    """
    while state.accepted is None:
        base = state.base
        if base is None:
            state = write(run, state, describe(run, state))
        # Programs cannot repair a wrong plan; nor, often, one with which none gets any further.
        elif state.stale >= run.options.patience or _plan_is_wrong(state, base):
            state = state.replanning(base, reports_on(run, base))
        else:
            state = refine(run, state, base)
    return state


def describe(run: Run, state: RunState) -> Mapping[int, Plan]:
    """Ask until at least one sample is a plan.

    Returns:
        Sample to plan.
    """
    problems: tuple[FailureReport, ...] = ()
    while True:
        number = start_round(run, "describe")
        requests = [
            DescribeRequest(
                goal=run.goal,
                picture_notes=run.picture_notes,
                missions=run.missions,
                measured=run.measured,
                sample=sample,
                round=number,
                demonstrations=run.shown,
                reports=(*problems, *state.against),
                previous=state.previous,
                remarks=run.remarks,
            )
            for sample in range(run.options.samples)
        ]
        plans: dict[int, Plan] = {}
        reasons: list[str] = []
        for request, answer in zip(requests, run.asker.ask(requests), strict=True):
            try:
                plan = parse_plan(answer)
            except ModelReplyError as error:
                reasons.append(str(error))
                unusable(run, request.key, str(error), answer)
                continue
            plans[request.sample] = _planned(run, request.key, plan)
        if plans:
            return plans
        problems = tuple(not_a_plan(reason) for reason in dict.fromkeys(reasons))


def write(run: Run, state: RunState, plans: Mapping[int, Plan]) -> RunState:
    """One program for each plan; the best of them begins a lineage."""
    number = start_round(run, "write")
    requests = [
        WriteRequest(
            goal=run.goal,
            picture_notes=run.picture_notes,
            missions=run.missions,
            measured=run.measured,
            sample=sample,
            round=number,
            plan=plan,
            demonstrations=run.shown,
            target_microseconds=run.spec.target.microseconds_per_frame,
            invariances=run.invariances,
            changes=run.changes,
        )
        for sample, plan in plans.items()
    ]
    candidates: list[Candidate] = []
    tried: list[str] = []
    for request, answer in zip(requests, run.asker.ask(requests), strict=True):
        read = read_program(answer)
        if read.source is None:
            unusable(run, request.key, read.problem, answer)
            tried.append(read.problem)
        # Without a code block the answer itself is what there is to repair.
        source = read.source or answer.strip()[:SHOWN_TEXT] or "(The answer was empty.)"
        candidates.append(judged(run, request.key, request.plan, source))
    base = max(candidates, key=lambda c: c.verdict.score)  # the first of equals
    keep(run, base, "the first program of its plan")
    state = state.refining(base, () if is_program(base.source) else tuple(tried))
    state = state.recalling(came_of(number, base))
    return replace(state, accepted=first_accepted(run, candidates))


def refine(run: Run, state: RunState, base: Candidate) -> RunState:
    """One round of refinement of `base`, which the new state replaces where there is better.

    A model that has no other program for the plan may answer with another plan. It is gone on
    with where no program of the round is kept.
    """
    if run.ledger.best is not None:
        again(run, run.ledger.best)  # what is to be beaten is judged by the same episodes
    base = again(run, base)
    against = reports_on(run, base)
    earlier = state.earlier(against, EARLIER)
    attempts = _attempts(run, state.remembering(against), base, against, earlier)
    state, kept = attempts.state, attempts.kept
    if attempts.plans and not kept:
        return write(run, state.replanning(base, against), attempts.plans)
    better = [c for c in kept if c.verdict.score > base.verdict.score]
    level = [c for c in kept if c not in better]
    if better:
        base = max(better, key=lambda c: c.verdict.score)
        state = replace(state, base=base, tried=(), stale=0)
        keep(run, base, "more tests pass than before")
    else:
        # Equal as far as can be seen; the newer one was written with more in mind.
        base = level[0] if level else base
        tried = (*state.tried, *attempts.tried)
        state = replace(state, base=base, tried=tried, stale=state.stale + 1)
        if level:
            keep(run, base, "all visible tests pass, as before")
    return replace(state, accepted=first_accepted(run, kept))


@dataclass(frozen=True, slots=True)
class _Attempts:
    """What came of a round of refinement.

    Attributes:
        state: With the failures met on the way.
        kept: Candidates that break nothing, in the order of their samples.
        tried: What the model is told of the others.
        plans: What came in place of programs, by sample.
    """

    state: RunState
    kept: tuple[Candidate, ...]
    tried: tuple[str, ...]
    plans: Mapping[int, Plan]


def _attempts(
    run: Run,
    state: RunState,
    base: Candidate,
    against: tuple[FailureReport, ...],
    earlier: tuple[FailureReport, ...],
) -> _Attempts:
    """Ask for repairs of `base`, and judge them."""
    number = start_round(run, "refine")
    requests = [
        RefineRequest(
            goal=run.goal,
            picture_notes=run.picture_notes,
            missions=run.missions,
            measured=run.measured,
            sample=sample,
            round=number,
            plan=base.plan,
            source=base.source,
            reports=against,
            notes=state.tried[-NOTES:],
            history=state.history[-HISTORY:],
            earlier=earlier,
            demonstrations=run.shown,
            target_microseconds=run.spec.target.microseconds_per_frame,
            invariances=run.invariances,
            changes=run.changes,
            remarks=run.remarks,
            given_up=tuple(sorted(state.blamed)),
        )
        for sample in range(run.options.samples)
    ]
    kept: list[Candidate] = []
    tried: list[str] = []
    plans: dict[int, Plan] = {}
    for request, answer in zip(requests, run.asker.ask(requests), strict=True):
        read = read_program(answer, base.source)
        if read.source is None and (plan := _other_plan(answer, state, base)):
            plans[request.sample] = _planned(run, request.key, plan)
            continue
        if read.source is None:
            unusable(run, request.key, read.problem, answer)
            tried.append(f"The last answer could not be used: {read.problem}")
            state = state.recalling(f"Round {number}: the answer could not be used.")
            continue
        candidate = judged(run, request.key, base.plan, read.source)
        if not candidate.verdict.passes:
            state = state.remembering(reports_on(run, candidate))
        # A higher score is not enough: trading one passed test for another goes in circles.
        broken = base.verdict.broken_by(candidate.verdict)
        is_better = candidate.verdict.score > base.verdict.score
        # Both pass everything visible, so that only the held-out episodes can tell them apart.
        is_level = candidate.verdict.passes and candidate.source != base.source
        if not broken and (is_better or is_level):
            kept.append(candidate)
            state = state.recalling(came_of(number, candidate, base))
        else:
            state = state.recalling(f"{came_of(number, candidate, base)} It was taken back.")
            tried.append(take_back(run, base, candidate, broken))
    return _Attempts(state, tuple(kept), tuple(dict.fromkeys(tried)), plans)


def _other_plan(answer: str, state: RunState, base: Candidate) -> Plan | None:
    """The plan in an answer, unless it was given up before: a run must not go in circles."""
    try:
        plan = parse_plan(answer)
    except ModelReplyError:
        return None
    known = {base.plan.stage_names, *state.blamed}
    return plan if plan.stage_names not in known else None


def _planned(run: Run, key: str, plan: Plan) -> Plan:
    """Take down a plan."""
    run.ledger.note(PlanRecord(key=key, plan=plan))
    run.observe(events.Planned(key, plan))
    return plan


def _plan_is_wrong(state: RunState, base: Candidate) -> bool:
    """Whether to plan again at once; a plan that comes back is refined like any other."""
    return blames_the_plan(base.verdict) and base.plan.stage_names not in state.blamed
