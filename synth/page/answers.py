"""The five questions that a reader comes with, answered in a few lines each.

Every line is a figure or a fact of the report, with the section that shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from synth.page.blame import round_of
from synth.suite.diagnosis import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from synth.page.report import Report

__all__ = ["AnsweredQuestion", "Fact", "Tone", "answers", "duration", "whether"]

Tone = Literal["good", "bad", "warn", "plain", "heading"]

MINUTE, HOUR = 60, 3600
MANY = 500
"""States of a search from which on it counts for something: fewer hardly leave the start."""
FEW = 4
"""Lines of one kind in an answer; the section has all."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of an answer.

    Attributes:
        text: The line.
        tone: How a reader should take it.
        more: Anchor of the section that shows more; possibly none.
    """

    text: str
    tone: Tone = "plain"
    more: str = ""


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question and its answer.

    Attributes:
        question: As a newcomer would ask it.
        facts: The answer.
        anchor: Of the section that shows all of it.
    """

    question: str
    facts: tuple[Fact, ...]
    anchor: str


def answers(report: Report) -> tuple[AnsweredQuestion, ...]:
    """The five, in the order in which they are asked."""
    return (
        AnsweredQuestion("What does this reward check?", tuple(_checks(report)), "plan"),
        AnsweredQuestion("How do we know it is right?", tuple(_right(report)), "evidence"),
        AnsweredQuestion("Who wrote it, and at what cost?", tuple(_cost(report)), "history"),
        AnsweredQuestion("What was not checked?", tuple(_unchecked(report)), "unchecked"),
        AnsweredQuestion("What would fool it?", tuple(_fooled(report)), "doubts"),
    )


def _checks(report: Report) -> Iterator[Fact]:
    for step in report.steps:
        name = f"{step.subtask.name}: {step.subtask.description}"
        yield Fact(f"{name} This is the goal." if step.goal else name, more="plan")
    each = "Each checker" if len(report.steps) > 1 else "The checker"
    words = ", and the words of the mission" if report.task.spec.mission is not None else ""
    yield Fact(
        f"{each} is a function that is given two pictures, the present one and the first of the "
        f"episode{words}; it says yes or no, and sees nothing else.",
        more="program",
    )


def _right(report: Report) -> Iterator[Fact]:
    judgement = report.judgement
    made = len(judgement.passed) + len(judgement.failed)
    if report.fault:
        yield Fact(f"It cannot be run: {report.fault}", "bad", "failures")
    if judgement.failed:
        failed = count(len(judgement.failed), "test")
        yield Fact(f"It is not: {failed} of {made} fail.", "bad", "failures")
    elif made:
        yield Fact(f"All {made} tests of its suite pass, run again for this page.", "good", "tests")
    told = report.agreement
    if told is not None and told.frames:
        tone: Tone = "bad" if told.wrong else "good"
        asked = any(row.held_out for row in report.labels)
        aside = " (single pictures for labels aside)" if asked else ""
        yield Fact(
            f"On held-out episodes, not shown to whoever planned and wrote{aside}, the goal holds "
            f"on {told.successes - told.missed:,} of {told.successes:,} frames of success and on "
            f"{told.wrong - told.missed:,} of {told.frames - told.successes:,} others.",
            tone,
            "accuracy",
        )
    if report.bounds:
        proven = report.bounds.removeprefix("held out, ")
        yield Fact(f"What so many episodes prove, {proven}.", "plain", "bounds")
    if report.hunted is not None and not report.hunted.counterexamples:
        states = report.hunted.coverage.states
        yield Fact(
            f"A search of {report.hunted.episodes:,} episodes on other layouts, with {states:,} "
            "different states, has found none on which it is wrong.",
            "good" if states >= MANY else "plain",
            "search",
        )
    stand = sum(row.yes + row.no for row in report.labels)
    if stand and not any(f.test.startswith("labels::") for f in report.failures):
        by = " and ".join(dict.fromkeys(row.by for row in report.labels))
        yield Fact(
            f"{count(stand, 'answer')} about single pictures, by {by}, each asked twice and apart; "
            "the suite holds the program to them.",
            "plain",
            "labels",
        )
    fresh, mutation = report.figures.accuracy, report.figures.mutation
    if fresh is not None:
        goal = fresh.rows[-1]
        yield Fact(
            f"On {2 * fresh.seeds} fresh episodes, played for this measurement alone: {goal.wrong} "
            f"wrong of {goal.frames:,} frames of the goal.",
            "bad" if goal.wrong else "good",
            "accuracy",
        )
    if mutation is not None:
        alive = mutation.survived + mutation.undecided
        yield Fact(
            f"Small faults planted in it: the suite notices {mutation.killed} of "
            f"{mutation.killed + alive} ({mutation.score:.0%}).",
            "warn" if alive else "good",
            "mutants",
        )


def _cost(report: Report) -> Iterator[Fact]:
    bill, provenance = report.bill, report.origin.provenance
    if report.origin.drift:
        yield Fact(report.origin.drift, "bad", "provenance")
    if not bill.calls:
        yield Fact("Nobody knows: no journal lies beside it.", "warn")
        return
    who = " and ".join(name for name, _ in bill.models) or "a model that does not name itself"
    named = provenance is None or provenance.model in {name for name, _ in bill.models}
    asked = "" if provenance is None or named else f" (asked as {provenance.model})"
    yield Fact(f"Written by: {who}{asked}.", more="history")
    if provenance is not None and provenance.model.startswith("exchange:"):
        yield Fact(
            "Which model and version that was is not recorded: requests and answers went through a "
            "folder of files, where nobody signs.",
            "warn",
            "provenance",
        )
    rounds = sum(bool(one.asked) for one in report.rounds)
    yield Fact(
        f"{count(rounds, 'round')}, {count(bill.calls, 'answer')}, "
        f"{duration(bill.seconds)} from first to last, most of it waiting.",
        more="history",
    )
    money = (
        f"cost {bill.money:.4g} by your price of the model"
        if bill.money is not None
        else "no price of this model is known here"
    )
    if bill.counted:
        tokens = f"{bill.input_tokens:,} tokens in, {bill.output_tokens:,} out; {money}."
    else:
        tokens = "Tokens and money: not counted by what it was asked through."
    yield Fact(tokens)
    lines = {key: n for key, n in report.blame.lines.items() if key}
    if not lines:
        yield Fact("This very program is none of its journal's.", "bad", "history")
    else:
        parts = ", ".join(f"{n} from round {round_of(key)}" for key, n in lines.items())
        yield Fact(f"Of its {len(report.code)} lines: {parts}.", more="program")


def _unchecked(report: Report) -> Iterator[Fact]:
    unmeasured = [
        words
        for words, figure in (
            ("Accuracy on fresh episodes.", report.figures.accuracy),
            ("Whether small faults in it would be noticed.", report.figures.mutation),
        )
        if figure is None
    ]
    yield from _listed(
        "Not asked by its spec; some is tried under what would fool it",
        [whether(promise) for promise in report.unasked],
    )
    yield from _listed("Could not be made here", report.not_made)
    yield from _listed("Not measured", (*unmeasured, "Whether an agent learns the task by it."))


def _listed(heading: str, parts: Sequence[str]) -> Iterator[Fact]:
    if parts:
        yield Fact(heading, "heading")
    shown = parts if len(parts) <= FEW + 1 else parts[:FEW]
    for part in shown:
        yield Fact(part[0].upper() + part[1:], "warn", "unchecked")
    if len(parts) > len(shown):
        yield Fact(f"and {len(parts) - len(shown)} more", "plain", "unchecked")


def _fooled(report: Report) -> Iterator[Fact]:
    if report.untold:
        yield Fact(f"Pictures alone: {report.untold}.", "bad", "doubts")
    for probe in report.probes:
        if probe.differ:
            falsely = count(probe.gained, "verdict")
            yield Fact(
                f"Both pictures {probe.words}: {probe.lost} of {probe.holding} verdicts that hold "
                f"are lost, and {falsely} that do not hold {'is' if probe.gained == 1 else 'are'} "
                "gained.",
                "warn",
                "doubts",
            )
    calm = [probe.words for probe in report.probes if not probe.differ]
    if calm:
        yield Fact(f"Not fooled by pictures {'; '.join(calm)}.", "good", "doubts")
    survivors = () if report.figures.mutation is None else report.figures.mutation.survivors
    if survivors:
        yield Fact(
            f"{count(len(survivors), 'small fault')} in its code would go unnoticed.",
            "warn",
            "mutants",
        )
    if report.hunted is not None:
        told = report.hunted.coverage
        yield Fact(
            f"What a search has not met yet: of the states that it came to last {told.unseen:.0%} "
            f"were new, after {told.states:,} in all.",
            "plain",
            "search",
        )
    if report.calls:
        call = report.calls[0]
        verdict = "rightly refused" if call.refused else "wrongly taken for success"
        yield Fact(
            f"The failure most like success differs from it in {call.pixels} of {call.of:,} "
            f"pixels, and is {verdict}.",
            "good" if call.refused else "bad",
            "doubts",
        )
    height, width = report.task.store.frames.shape[1:3]
    yield Fact(
        f"Pictures drawn otherwise: it was tested on {width} x {height} pixels, drawn as here; "
        "wrappers refuse another size.",
        more="doubts",
    )


def whether(promise: str) -> str:
    """A promise as what nobody knows.

    Example:
        >>> whether("Every verdict stays the same under noise.")
        'whether every verdict stays the same under noise.'
    """
    return f"whether {promise[0].lower()}{promise[1:]}"


def duration(seconds: float) -> str:
    """``34 minutes``.

    Example:
        >>> duration(95.0)
        '1.6 minutes'
    """
    if seconds < MINUTE:
        return f"{seconds:.0f} seconds"
    if seconds < HOUR:
        return f"{seconds / MINUTE:.2g} minutes"
    return f"{seconds / HOUR:.2g} hours"
