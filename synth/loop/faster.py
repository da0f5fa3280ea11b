"""Making a passing program faster, without giving up anything that it passes.

A few rounds beyond the ordinary ones, and only where the spec's target is missed. What is
measured here is taken from the journal on a resume or replay (`synth.loop.judge.CachedJudge`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.loop import events
from synth.loop.answer import read_program
from synth.loop.candidates import again, drop, judged, passes_held_out, start_round, unusable
from synth.loop.feedback import in_words
from synth.plan import PERCEIVERS
from synth.program import changed_functions
from synth.prompts.requests import FasterRequest, FunctionCost

if TYPE_CHECKING:
    from synth.journal import SpeedRecord
    from synth.loop.ledger import Candidate
    from synth.loop.state import Run

__all__ = ["make_faster", "parts_of"]


def make_faster(run: Run, accepted: Candidate) -> Candidate:
    """Ask for faster programs until one meets the target, or the rounds for it are used.

    Args:
        run: The parts.
        accepted: A candidate that passes everything.

    Returns:
        The fastest candidate that passes everything; `accepted` itself where none is faster.
        Its verdict fails where the search, made for a faster one, found what tells against
        it as well: then it is to be refined.

    Raises:
        BudgetExhausted: Something ran out; the ledger has the fastest so far.
        ModelError: The service failed.
    """
    target = run.spec.target.microseconds_per_frame
    speed = _measure(run, accepted, target)
    notes: tuple[str, ...] = ()
    for _ in range(run.options.faster_rounds):
        if speed is None or speed.single <= target:
            break
        turn = _round(run, accepted, speed, notes)
        notes = turn.notes
        accepted = again(run, accepted)
        if turn.best is not None and again(run, turn.best[0]).verdict.passes:
            accepted, speed = turn.best
            notes = ()
            run.ledger.keep(accepted, "as good and faster")
            run.observe(events.Improved(accepted.key, accepted.verdict, best=True))
        elif not accepted.verdict.passes:
            break
        elif turn.same:
            run.observe(events.Noticed("the model offers no faster program"))
            break
    return accepted


@dataclass(frozen=True, slots=True)
class _Turn:
    """What came of one round.

    Attributes:
        best: The fastest candidate that is faster and passes everything, or ``None``.
        notes: What to tell the model in the next round.
        same: Whether every answer was the program as it stood.
    """

    best: tuple[Candidate, SpeedRecord] | None
    notes: tuple[str, ...]
    same: bool


def _round(run: Run, base: Candidate, speed: SpeedRecord, notes: tuple[str, ...]) -> _Turn:
    """One round of as many samples as the options say."""
    target = run.spec.target.microseconds_per_frame
    number = start_round(run, "faster")
    profile, hand_over = parts_of(speed, base.plan.names)
    requests = [
        FasterRequest(
            goal=run.goal,
            picture_notes=run.picture_notes,
            missions=run.missions,
            measured=run.measured,
            sample=sample,
            round=number,
            plan=base.plan,
            source=base.source,
            profile=profile,
            microseconds=speed.single,
            hand_over=hand_over,
            target_microseconds=target,
            invariances=run.invariances,
            notes=notes,
            example=run.shown[0].shots,
        )
        for sample in range(run.options.samples)
    ]
    best: tuple[Candidate, SpeedRecord] | None = None
    remember = list(notes)
    same = True
    for request, answer in zip(requests, run.asker.ask(requests), strict=True):
        read = read_program(answer, base.source)
        if read.source == base.source:
            continue  # the model sees no way to make it faster
        same = False
        if read.source is None:
            unusable(run, request.key, read.problem, answer)
            remember.append(f"The last answer could not be used: {read.problem}")
            continue
        candidate = judged(run, request.key, base.plan, read.source)
        why = _objection(run, candidate)
        # A wrong one is timed as well: whether its way is worth mending is what its time tells.
        timed = _measure(run, candidate, target)
        known = (best[1] if best else speed).single
        if not why and timed is not None and timed.single < known:
            best = (candidate, timed)
            continue
        why = why or "it is not faster"
        changed = ", ".join(changed_functions(base.source, candidate.source)) or "constants"
        took = "" if timed is None else f" took {timed.single:.3g} us per frame, and"
        remember.append(
            f"A program with another {changed}{took} was not taken, since {why} "
            f"(to beat: {known:.3g} us)."
        )
        drop(run, candidate, why, candidate.verdict.failed)
    return _Turn(best, tuple(dict.fromkeys(remember)), same)


def parts_of(
    speed: SpeedRecord, subtasks: tuple[str, ...]
) -> tuple[tuple[FunctionCost, ...], float]:
    """A measured time in parts that sum up to it: functions, and the handing over.

    A stopwatch in each function takes time itself, and its run is not the run that was timed.
    So the profile only says how the time inside the program is shared out; how long that is
    the batch says, where nothing is handed over and no stopwatch runs.

    Returns:
        The functions, and microseconds of handing over.
    """
    inside = min(speed.batched, speed.single)
    outer = sum(f.microseconds for f in speed.profile if f.function in {*PERCEIVERS, *subtasks})
    share = inside / outer if outer > 0 else 1.0
    costs = tuple(FunctionCost(f.function, f.microseconds * share, f.calls) for f in speed.profile)
    return costs, speed.single - inside


def _objection(run: Run, candidate: Candidate) -> str:
    """Why a candidate may not take the place of one that passes everything, or nothing."""
    verdict = candidate.verdict
    if verdict.failed:
        first = verdict.exemplars[0].failure.message if verdict.exemplars else ""
        return f"it fails {in_words(verdict.failed, 3)} {first}".rstrip(" .")
    if not passes_held_out(run, candidate, asking=False):
        return "it fails on episodes that are not shown"
    return ""


def _measure(run: Run, candidate: Candidate, target: float) -> SpeedRecord | None:
    speed = run.judge.speed(candidate.source)
    if speed is not None:
        run.observe(events.SpeedMeasured(candidate.key, speed.single, speed.batched, target))
    return speed
