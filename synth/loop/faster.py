"""Making a passing program faster, without giving up anything that it passes.

A few rounds beyond the ordinary ones, and only where the spec's target is missed. What is
measured here is taken from the journal on a resume or replay (`synth.loop.judge.CachedJudge`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.journal import DecisionRecord
from synth.loop import events
from synth.loop.answer import read_program
from synth.loop.feedback import in_words
from synth.prompts.requests import FasterRequest, FunctionCost

if TYPE_CHECKING:
    from synth.journal import SpeedRecord
    from synth.loop.ledger import Candidate
    from synth.loop.rounds import Rounds

__all__ = ["make_faster"]


def make_faster(rounds: Rounds, accepted: Candidate) -> Candidate:
    """Ask for faster programs until one meets the target, or the rounds for it are used.

    Args:
        rounds: Whose asker, bench and ledger are used.
        accepted: A candidate that passes everything.

    Returns:
        The fastest candidate that passes everything; `accepted` itself where none is faster.
        Its verdict fails where the search, made for a faster one, found what tells against
        it as well: then it is to be refined.

    Raises:
        BudgetExhausted: Something ran out; the ledger has the fastest so far.
        ModelError: The service failed.
    """
    target = rounds.spec.target.microseconds_per_frame
    speed = _measure(rounds, accepted, target)
    notes: tuple[str, ...] = ()
    for _ in range(rounds.options.faster_rounds):
        if speed is None or speed.single <= target:
            break
        turn = _round(rounds, accepted, speed, notes)
        notes = turn.notes
        accepted = rounds.again(accepted)
        if turn.best is not None and rounds.again(turn.best[0]).verdict.passes:
            accepted, speed = turn.best
            notes = ()
            rounds.ledger.keep(accepted, "as good and faster")
            rounds.observe(events.Improved(accepted.key, accepted.verdict, best=True))
        elif not accepted.verdict.passes:
            break
        elif turn.same:
            rounds.observe(events.Noticed("the model offers no faster program"))
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


def _round(rounds: Rounds, base: Candidate, speed: SpeedRecord, notes: tuple[str, ...]) -> _Turn:
    """One round of as many samples as the options say."""
    target = rounds.spec.target.microseconds_per_frame
    number = rounds.start_round("faster")
    requests = [
        FasterRequest(
            goal=rounds.goal,
            sample=sample,
            round=number,
            plan=base.plan,
            source=base.source,
            profile=tuple(FunctionCost(f.function, f.microseconds, f.calls) for f in speed.profile),
            microseconds=speed.single,
            target_microseconds=target,
            invariances=rounds.invariances,
            notes=notes,
            example=rounds.shown[0].shots,
        )
        for sample in range(rounds.options.samples)
    ]
    best: tuple[Candidate, SpeedRecord] | None = None
    remember = list(notes)
    same = True
    for request, answer in zip(requests, rounds.asker.ask(requests), strict=True):
        read = read_program(answer, base.source)
        if read.source == base.source:
            continue
        same = False
        if read.source is None:
            rounds.unusable(request.key, read.problem)
            remember.append(f"The last answer could not be used: {read.problem}")
            continue
        candidate = rounds.candidate(request.key, base.plan, read.source)
        why = _objection(rounds, candidate)
        timed = None if why else _measure(rounds, candidate, target)
        if timed is not None and timed.single < (best[1] if best else speed).single:
            best = (candidate, timed)
            continue
        why = why or "it is not faster"
        remember.append(f"A faster program was not taken, since {why}.")
        rounds.ledger.note(
            DecisionRecord(
                key=candidate.key, decision="reverted", program=candidate.program, reason=why
            )
        )
        rounds.observe(events.Reverted(candidate.key, candidate.verdict.failed))
    return _Turn(best, tuple(dict.fromkeys(remember)), same)


def _objection(rounds: Rounds, candidate: Candidate) -> str:
    """Why a candidate may not take the place of one that passes everything, or nothing."""
    verdict = candidate.verdict
    if verdict.failed:
        first = verdict.exemplars[0].failure.message if verdict.exemplars else ""
        return f"it fails {in_words(verdict.failed, 3)} {first}".rstrip(" .")
    if not rounds.passes_held_out(candidate):
        return "it fails on episodes that are not shown"
    return ""


def _measure(rounds: Rounds, candidate: Candidate, target: float) -> SpeedRecord | None:
    speed = rounds.bench.speed(candidate.source)
    if speed is not None:
        rounds.observe(events.Speed(candidate.key, speed.single, speed.batched, target))
    return speed
