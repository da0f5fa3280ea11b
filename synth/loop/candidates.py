"""What is done with an answer's program: judged, kept, dropped, accepted.

Each function writes its decision into the ledger and tells the observer. Which candidate
is tried next is decided by the rounds (`synth.loop.rounds`, `synth.loop.faster`).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from synth.errors import ProgramSyntaxError
from synth.journal import CandidateRecord, DecisionRecord
from synth.loop import events
from synth.loop.answer import for_people, is_program
from synth.loop.feedback import in_words, reports
from synth.loop.ledger import Candidate
from synth.loop.unseen import reports_on_unseen
from synth.loop.verdict import check_of
from synth.program import changed_functions, program_digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.loop.state import Run
    from synth.plan import Plan
    from synth.prompts.requests import FailureReport, RequestKind

__all__ = [
    "again",
    "came_of",
    "drop",
    "first_accepted",
    "judged",
    "keep",
    "passes_held_out",
    "reports_on",
    "start_round",
    "take_back",
    "unusable",
]

SHOWN = 3
SHORT = 300
"""Characters of a message about a program that is not shown, as it was taken back."""


def start_round(run: Run, kind: RequestKind) -> int:
    """Begin the next round, and say so.

    Returns:
        Its number, from 0.

    Raises:
        BudgetExhausted: There is none left. Rounds for speed are counted by their caller.
    """
    number = run.asker.begin_round(counted=kind != "faster")
    run.observe(events.RoundStarted(number, kind, run.options.samples))
    return number


def judged(run: Run, key: str, plan: Plan, source: str) -> Candidate:
    """A program with its verdict on the visible split."""
    program = program_digest(source)
    run.ledger.note(CandidateRecord(key=key, program=program, source=source))
    known = len(run.episodes.finds)
    verdict = run.judge.visible(source, plan)
    if run.labelling is not None and verdict.fails_by_labels_at_most:
        run.labelling.visible(Candidate(key, plan, source, verdict))
        verdict = run.judge.visible(source, plan)
    run.observe(events.Judged(key, program, verdict, plan))
    for find in run.episodes.finds[known:]:
        run.observe(events.FoundEpisode(key, find))
    return Candidate(key, plan, source, verdict)


def again(run: Run, candidate: Candidate) -> Candidate:
    """A candidate as it does by all the episodes that there are now.

    What was found since it was judged may tell against it, and for those after it.
    """
    verdict = run.judge.visible(candidate.source, candidate.plan)
    now = candidate if verdict == candidate.verdict else replace(candidate, verdict=verdict)
    if run.ledger.best == candidate:
        run.ledger.best = now
    return now


def reports_on(run: Run, candidate: Candidate) -> tuple[FailureReport, ...]:
    """What to say against a program, and against a plan whose programs get no better."""
    limit = run.options.reports
    explain = partial(run.judge.explain, candidate.source)
    found = reports(candidate.verdict, candidate.plan, run.episodes, limit=limit, explain=explain)
    return found or reports_on_unseen(run, candidate, limit)


def unusable(run: Run, key: str, reason: str, answer: str) -> None:
    """Say that an answer holds nothing that could be judged."""
    told = for_people(reason, answer)
    run.ledger.note(DecisionRecord(key=key, decision="unusable", reason=told))
    run.observe(events.Unusable(key, told))


def keep(run: Run, base: Candidate, reason: str) -> None:
    """Make a candidate the base, and the best of the run where it is."""
    best = run.ledger.best
    is_better = best is None or base.verdict.score > best.verdict.score
    # What does not parse may be repaired, but is never left in runs/ as the best program.
    is_best = is_better and is_program(base.source)
    if is_best:
        run.ledger.keep(base, reason)
    else:
        run.ledger.note(
            DecisionRecord(key=base.key, decision="accepted", program=base.program, reason=reason)
        )
    run.observe(events.Improved(base.key, base.verdict, is_best))


def take_back(run: Run, base: Candidate, candidate: Candidate, broken: tuple[str, ...]) -> str:
    """Drop a candidate for `base`.

    Args:
        run: The run.
        base: What it was made from, and stays.
        candidate: The one to drop.
        broken: Tests that passed with `base` and fail with it.

    Returns:
        What the model is told about it.
    """
    functions = changed_functions(base.source, candidate.source)
    changed = ", ".join(functions) if functions else "nothing"
    why = (
        f"it broke {in_words(broken, SHOWN)}, which passed before"
        if broken
        else "no more tests pass than before"
    )
    note = f"A change of {changed} was reverted, since {why}.{_fails_with(base, candidate, broken)}"
    drop(run, candidate, why, broken)
    return note


def _fails_with(base: Candidate, candidate: Candidate, broken: tuple[str, ...]) -> str:
    """What fails with a program that was taken back and did not with its base, shortly.

    The next prompt shows the base and what the base fails at. Without this nothing in it would say
    what the change led to, and the same change is soon made again.

    Args:
        base: What it was made from.
        candidate: The one that was dropped.
        broken: Tests that passed with `base` and fail with it.

    Returns:
        Sentences with a leading space.
    """
    known = {one.failure.message for one in base.verdict.exemplars}
    fresh = [e.failure for e in candidate.verdict.exemplars if e.failure.message not in known]
    if not fresh:
        return " What failed before failed with it in the very same way."
    checks = {check_of(test) for test in broken}
    # One failure stands for all of its check and sub-task, so it need not be the broken test's own.
    fresh.sort(
        key=lambda failure: (failure.test not in broken, check_of(failure.test) not in checks)
    )
    told = "; ".join(f"{one.test}: {_short(one.message)}" for one in fresh[:SHOWN])
    rest = len(fresh) - SHOWN
    return f" With it failed {told}{f'; and {rest} more' if rest > 0 else ''}"


def _short(message: str) -> str:
    """A message cut to what a line of a prompt can hold."""
    return message if len(message) <= SHORT else f"{message[:SHORT].rsplit(' ', 1)[0]} ..."


def came_of(number: int, candidate: Candidate, base: Candidate | None = None) -> str:
    """What came of a round, in a line for the model: what was changed, and what failed.

    Args:
        number: The round.
        candidate: The program that was judged.
        base: What it was made from; ``None`` for the first of its plan.
    """
    verdict = candidate.verdict
    made = "the first program"
    if base is not None:
        try:
            functions = changed_functions(base.source, candidate.source)
        except ProgramSyntaxError:
            functions = ()
        made = f"{', '.join(functions) or 'constants'} changed"
    if not verdict.failed:
        return f"Round {number}: {made}; every visible test passed."
    of = len(verdict.failed) + len(verdict.passed)
    checks = tuple(dict.fromkeys(check_of(test) for test in verdict.failed))
    count = f"{len(verdict.failed)} of {of} tests failed"
    return f"Round {number}: {made}; {count} ({in_words(checks, SHOWN)})."


def drop(run: Run, candidate: Candidate, why: str, broken: tuple[str, ...]) -> None:
    """Write down that a candidate is not kept, and why."""
    run.ledger.note(
        DecisionRecord(
            key=candidate.key, decision="reverted", program=candidate.program, reason=why
        )
    )
    run.observe(events.Reverted(candidate.key, broken))


def passes_held_out(run: Run, candidate: Candidate, *, asking: bool = True) -> bool:
    """Whether a candidate that passes everything visible passes what it has not seen.

    Args:
        run: The run.
        candidate: The candidate.
        asking: Whether eyes may be asked about held-out pictures where it passes all else;
            if not, it is judged by the labels that there are.
    """
    seen = run.judge.held_out(candidate.source, candidate.plan)
    if asking and seen.passes and run.labelling is not None:
        run.labelling.held_out(candidate, seen.generation)
        seen = run.judge.held_out(candidate.source, candidate.plan)
    run.observe(events.HeldOut(candidate.key, seen.passed, seen.failed, seen.look, seen.generation))
    if not seen.passes:
        run.ledger.note(
            DecisionRecord(
                key=candidate.key,
                decision="held_out",
                program=candidate.program,
                reason="passes everything visible and fails on what is held out",
            )
        )
    return seen.passes


def first_accepted(run: Run, candidates: Sequence[Candidate]) -> Candidate | None:
    """The first candidate that passes everything, held-out episodes included."""
    for known in candidates:
        # What was found with a later sample may tell against an earlier one.
        candidate = again(run, known) if known.verdict.passes else known
        if candidate.verdict.passes and passes_held_out(run, candidate):
            if run.ledger.best != candidate:
                run.ledger.keep(candidate, "passes everything, held-out episodes included")
            return candidate
    return None
