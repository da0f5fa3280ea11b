"""The rounds of a run: describe, write, judge, refine, and what is kept.

The procedure is deterministic given the answers, verdicts and measured speeds, all of
which the journal holds: going through it again comes to the same state. So there is no
other state to save, and a resumed run is simply run again.

A lineage is one plan and the programs written for it. Within it a candidate that breaks a
passing test is dropped; across lineages the better score is kept. Budgets are checked
where rounds begin and where requests are sent (`synth.loop.asking`); they end the
procedure by `BudgetExhausted`. Speed is the next module's affair (`synth.loop.faster`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from synth.errors import ModelReplyError
from synth.journal import CandidateRecord, DecisionRecord, PlanRecord
from synth.loop import events
from synth.loop.answer import is_program, read_program
from synth.loop.demonstrations import demonstrations
from synth.loop.feedback import blames_the_plan, in_words, not_a_plan, reports, unseen
from synth.loop.ledger import Candidate
from synth.program import changed_functions, program_digest
from synth.prompts.answers import parse_plan
from synth.prompts.invariances import invariances
from synth.prompts.requests import DescribeRequest, RefineRequest, WriteRequest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from synth.loop.asking import Asker
    from synth.loop.cached_judge import CachedJudge
    from synth.loop.episodes import Episodes
    from synth.loop.events import Observer
    from synth.loop.ledger import Ledger
    from synth.loop.options import LoopOptions
    from synth.plan import Plan, Stages
    from synth.prompts.requests import FailureReport, RequestKind

__all__ = ["Rounds"]

NOTES = 5
EARLIER = 24
SHOWN = 3
SHOWN_TEXT = 4000


@dataclass(frozen=True, slots=True)
class _Judged:
    """The usable candidates of a round in the order of their samples, and what to remember."""

    candidates: tuple[Candidate, ...]
    notes: tuple[str, ...]


class Rounds:
    """Goes through the rounds of one run.

    Args:
        episodes: By which programs are judged; they grow.
        asker: Answers requests.
        bench: Judges and measures.
        ledger: Remembers decisions and the best candidate.
        options: Habits; the budgets among them are the asker's affair.
        observe: Told of what happens.
    """

    def __init__(
        self,
        *,
        episodes: Episodes,
        asker: Asker,
        bench: CachedJudge,
        ledger: Ledger,
        options: LoopOptions,
        observe: Observer,
    ) -> None:
        self.episodes, self.spec = episodes, episodes.spec
        self.asker, self.bench, self.ledger = asker, bench, ledger
        self.options, self.observe = options, observe
        self.goal = self.spec.goal if self.spec.show_goal else None
        self.invariances = invariances(self.spec)
        self.shown = demonstrations(episodes.original)
        self.round = -1
        self._met: dict[str, FailureReport] = {}
        self._blamed: set[Stages] = set()

    def run(self, start: Candidate | None = None) -> Candidate:
        """Go on until a candidate passes everything, held-out episodes included.

        Args:
            start: What to refine first; by default a plan is asked for and a program written.

        Returns:
            That candidate.

        Raises:
            BudgetExhausted: Something ran out first; the ledger has the best so far.
            ModelError: The service failed.
        """
        previous: Plan | None = None
        blamed: tuple[FailureReport, ...] = ()
        base = start
        notes: tuple[str, ...] = ()
        while True:
            accepted: Candidate | None = None
            if base is None:
                plans = self._describe(previous, blamed)
                base, notes, accepted = self._write(plans)
            if accepted is None:
                base, accepted = self._refine(base, notes)
            if accepted is not None:
                return accepted
            previous, blamed = base.plan, self._reports(base)
            self._blamed.add(base.plan.stage_names)
            base = None

    def start_round(self, kind: RequestKind) -> int:
        """Begin the next round, and say so.

        Raises:
            BudgetExhausted: There is none left; rounds for speed are counted by their caller.
        """
        if kind != "faster":
            self.asker.begin_round()
        self.round += 1
        self.observe(events.RoundStarted(self.round, kind, self.options.samples))
        return self.round

    def candidate(self, key: str, plan: Plan, source: str) -> Candidate:
        """Judge a program on the visible split."""
        program = program_digest(source)
        self.ledger.note(CandidateRecord(key=key, program=program, source=source))
        known = len(self.episodes.finds)
        verdict = self.bench.visible(source, plan)
        self.observe(events.Judged(key, program, verdict))
        for find in self.episodes.finds[known:]:
            self.observe(events.Found(key, find))
        return Candidate(key, plan, source, verdict)

    def again(self, candidate: Candidate) -> Candidate:
        """A candidate as it does by all the episodes that there are now.

        What was found since it was judged may tell against it, and for those after it.
        """
        verdict = self.bench.visible(candidate.source, candidate.plan)
        now = candidate if verdict == candidate.verdict else replace(candidate, verdict=verdict)
        if self.ledger.best == candidate:
            self.ledger.best = now
        return now

    def passes_held_out(self, candidate: Candidate) -> bool:
        """Whether a candidate that passes everything visible passes what it has not seen."""
        seen = self.bench.held_out(candidate.source, candidate.plan)
        self.observe(
            events.HeldOut(candidate.key, seen.passed, seen.failed, seen.look, seen.generation)
        )
        if not seen.passes:
            self.ledger.note(
                DecisionRecord(
                    key=candidate.key,
                    decision="held_out",
                    program=candidate.program,
                    reason="passes everything visible and fails on held-out episodes",
                )
            )
        return seen.passes

    def unusable(self, key: str, reason: str) -> None:
        """Say that an answer holds nothing that could be judged."""
        self.ledger.note(DecisionRecord(key=key, decision="unusable", reason=reason))
        self.observe(events.Unusable(key, reason))

    def _describe(
        self, previous: Plan | None, blamed: tuple[FailureReport, ...]
    ) -> Mapping[int, Plan]:
        """Ask until at least one sample is a plan. Sample to plan."""
        problems: tuple[FailureReport, ...] = ()
        while True:
            number = self.start_round("describe")
            requests = [
                DescribeRequest(
                    goal=self.goal,
                    sample=sample,
                    round=number,
                    demonstrations=self.shown,
                    reports=(*problems, *blamed),
                    previous=previous,
                )
                for sample in range(self.options.samples)
            ]
            plans: dict[int, Plan] = {}
            reasons: list[str] = []
            for request, answer in zip(requests, self.asker.ask(requests), strict=True):
                try:
                    plan = parse_plan(answer)
                except ModelReplyError as error:
                    reasons.append(str(error))
                    self.unusable(request.key, str(error))
                    continue
                plans[request.sample] = plan
                self.ledger.note(PlanRecord(key=request.key, plan=plan))
                self.observe(events.Planned(request.key, plan))
            if plans:
                return plans
            problems = tuple(not_a_plan(reason) for reason in dict.fromkeys(reasons))

    def _write(
        self, plans: Mapping[int, Plan]
    ) -> tuple[Candidate, tuple[str, ...], Candidate | None]:
        """One program for each plan: the best of them, what to remember, and one accepted."""
        number = self.start_round("write")
        requests = [
            WriteRequest(
                goal=self.goal,
                sample=sample,
                round=number,
                plan=plan,
                demonstrations=self.shown,
                target_microseconds=self.spec.target.microseconds_per_frame,
                invariances=self.invariances,
            )
            for sample, plan in plans.items()
        ]
        candidates: list[Candidate] = []
        notes: list[str] = []
        for request, answer in zip(requests, self.asker.ask(requests), strict=True):
            read = read_program(answer)
            if read.source is None:
                self.unusable(request.key, read.problem)
                notes.append(read.problem)
            # Without a code block the answer itself is what there is to repair.
            source = read.source or answer.strip()[:SHOWN_TEXT] or "(The answer was empty.)"
            candidates.append(self.candidate(request.key, request.plan, source))
        base = max(candidates, key=lambda c: c.verdict.score)  # the first of equals
        self._improve(base, "the first program of its plan")
        accepted = self._accepted(candidates)
        return base, () if is_program(base.source) else tuple(notes), accepted

    def _refine(
        self, base: Candidate, notes: tuple[str, ...]
    ) -> tuple[Candidate, Candidate | None]:
        """Refine until accepted, nothing improves for some rounds, or the plan is to blame."""
        stale = 0
        self._met = {}
        while stale < self.options.patience and not self._plan_is_wrong(base):
            base = self._up_to_date(base)
            judged = self._attempts(base, notes)
            better = [c for c in judged.candidates if c.verdict.score > base.verdict.score]
            level = [c for c in judged.candidates if c not in better]
            if better:
                base, notes, stale = max(better, key=lambda c: c.verdict.score), (), 0
                self._improve(base, "more tests pass than before")
            elif level:
                # Equal as far as can be seen; the newer one was written with more in mind.
                base, notes, stale = level[0], (*notes, *judged.notes), stale + 1
                self._improve(base, "all visible tests pass, as before")
            else:
                notes, stale = (*notes, *judged.notes), stale + 1
            accepted = self._accepted(judged.candidates)
            if accepted is not None:
                return accepted, accepted
        return base, None

    def _up_to_date(self, base: Candidate) -> Candidate:
        """The base by the episodes of now; so is the best of the run, which it must beat."""
        if self.ledger.best is not None:
            self.again(self.ledger.best)
        return self.again(base)

    def _plan_is_wrong(self, base: Candidate) -> bool:
        """Whether to plan again at once; a plan that comes back is refined like any other."""
        return blames_the_plan(base.verdict) and base.plan.stage_names not in self._blamed

    def _attempts(self, base: Candidate, notes: tuple[str, ...]) -> _Judged:
        """One round of refinement: the candidates that break nothing."""
        number = self.start_round("refine")
        against = self._reports(base)
        earlier = self._earlier(against)
        self._remember(against)
        requests = [
            RefineRequest(
                goal=self.goal,
                sample=sample,
                round=number,
                plan=base.plan,
                source=base.source,
                reports=against,
                notes=notes[-NOTES:],
                earlier=earlier,
                demonstrations=self.shown,
                target_microseconds=self.spec.target.microseconds_per_frame,
                invariances=self.invariances,
            )
            for sample in range(self.options.samples)
        ]
        kept: list[Candidate] = []
        remember: list[str] = []
        for request, answer in zip(requests, self.asker.ask(requests), strict=True):
            read = read_program(answer, base.source)
            if read.source is None:
                self.unusable(request.key, read.problem)
                remember.append(f"The last answer could not be used: {read.problem}")
                continue
            candidate = self.candidate(request.key, base.plan, read.source)
            if not candidate.verdict.passes:
                self._remember(self._reports(candidate))
            broken = base.verdict.broken_by(candidate.verdict)
            if broken:
                remember.append(self._revert(base, candidate, broken))
            elif candidate.verdict.score > base.verdict.score or (
                candidate.verdict.passes and candidate.source != base.source
            ):
                kept.append(candidate)
            else:
                remember.append(self._revert(base, candidate, ()))
        return _Judged(tuple(kept), tuple(dict.fromkeys(remember)))

    def _revert(self, base: Candidate, candidate: Candidate, broken: tuple[str, ...]) -> str:
        """Drop a candidate; what the model is told about it."""
        functions = changed_functions(base.source, candidate.source)
        changed = ", ".join(functions) if functions else "nothing"
        if broken:
            why = f"it broke {in_words(broken, SHOWN)}, which passed before"
            first = next(
                (e.failure for e in candidate.verdict.exemplars if e.failure.test in broken), None
            )
            note = f"A change of {changed} was reverted, since {why}."
            note += f" {first.message}" if first else ""
        else:
            why = "no more tests pass than before"
            note = f"A change of {changed} was reverted, since {why}."
        self.ledger.note(
            DecisionRecord(
                key=candidate.key, decision="reverted", program=candidate.program, reason=why
            )
        )
        self.observe(events.Reverted(candidate.key, broken))
        return note

    def _improve(self, base: Candidate, reason: str) -> None:
        """Make a candidate the base, and the best of the run where it is."""
        best = self.ledger.best
        is_better = best is None or base.verdict.score > best.verdict.score
        is_best = is_better and is_program(base.source)
        if is_best:
            self.ledger.keep(base, reason)
        else:
            self.ledger.note(
                DecisionRecord(
                    key=base.key, decision="accepted", program=base.program, reason=reason
                )
            )
        self.observe(events.Improved(base.key, base.verdict, is_best))

    def _accepted(self, candidates: Sequence[Candidate]) -> Candidate | None:
        """The first candidate that passes everything, held-out episodes included."""
        for judged in candidates:
            # What was found with a later sample may tell against an earlier one.
            candidate = self.again(judged) if judged.verdict.passes else judged
            if candidate.verdict.passes and self.passes_held_out(candidate):
                if self.ledger.best != candidate:
                    self.ledger.keep(candidate, "passes everything, held-out episodes included")
                return candidate
        return None

    def _remember(self, said: Sequence[FailureReport]) -> None:
        """Keep reports for later rounds of this lineage, the newest of each message."""
        for report in said:
            if report.shots:
                self._met.pop(report.failure.message, None)
                self._met[report.failure.message] = report

    def _earlier(self, now: Sequence[FailureReport]) -> tuple[FailureReport, ...]:
        """What was said before and is not said now."""
        said = {report.failure.message for report in now}
        return tuple(c for message, c in self._met.items() if message not in said)[-EARLIER:]

    def _reports(self, base: Candidate) -> tuple[FailureReport, ...]:
        """What to say against a program, and against a plan whose programs get no better."""
        limit = self.options.reports
        return reports(base.verdict, base.plan, self.episodes, limit=limit) or (unseen(),)
