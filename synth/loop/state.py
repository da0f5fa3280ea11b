"""A run as values: what its rounds work with, and how far it has come.

`Run` holds the parts, which stay the same throughout. `RunState` is what a round begins
with and, changed, what it ends with. Neither is saved: the journal holds all answers,
verdicts and measured speeds, so that going through the rounds again comes to the same state.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synth.loop.asking import Asker
    from synth.loop.cached_judge import CachedJudge
    from synth.loop.episodes import Episodes
    from synth.loop.events import Observer
    from synth.loop.labelling import Labelling
    from synth.loop.ledger import Candidate, Ledger
    from synth.loop.options import LoopOptions
    from synth.plan import Plan, Stages
    from synth.prompts.requests import ChangedPicture, Demonstration, FailureReport
    from synth.spec import Spec

__all__ = ["Run", "RunState"]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Run:
    """The parts of a run.

    Attributes:
        episodes: By which programs are judged; they grow.
        asker: Answers requests, and counts rounds against the budget.
        judge: Judges and measures, each program once.
        ledger: Remembers decisions and the best candidate.
        options: Habits; the budgets among them are enforced by `asker`.
        observe: Told of what happens.
        shown: The demonstrations that go with requests.
        invariances: Under which changes verdicts must stay, in words.
        changes: An example picture of each of these changes.
        picture_notes: What the family says of its pictures.
        missions: Some missions of visible episodes; none where missions do not vary.
        measured: Whether success is a threshold of a measure, so that progress is wanted.
        labelling: Asks eyes about pictures; ``None`` where the spec does not ask for it.
    """

    episodes: Episodes
    asker: Asker
    judge: CachedJudge
    ledger: Ledger
    options: LoopOptions
    observe: Observer
    shown: tuple[Demonstration, ...]
    invariances: tuple[str, ...] = ()
    changes: tuple[ChangedPicture, ...] = ()
    picture_notes: str = ""
    missions: tuple[str, ...] = ()
    measured: bool = False
    labelling: Labelling | None = None

    @property
    def spec(self) -> Spec:
        """The task's."""
        return self.episodes.spec

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the plan leaves open, in the words of whoever looked at visible pictures."""
        return self.labelling.remarks if self.labelling is not None else ()

    @property
    def goal(self) -> str | None:
        """The goal in words, or ``None`` where the spec withholds it."""
        return self.spec.goal if self.spec.show_goal else None


@dataclass(frozen=True, slots=True)
class RunState:
    """How far a run has come, between two rounds.

    A lineage is one plan and the programs written for it: `base`, `tried`,
    `history`, `met` and `stale` are those of the present lineage.

    Attributes:
        base: The program to refine; ``None`` where a plan is to be asked for.
        tried: Changes that were taken back and why, for the model, oldest first.
        history: What came of each round, for the model, oldest first.
        met: Failures of earlier programs, the newest report of each, oldest first.
        stale: Rounds since anything improved.
        previous: The plan that is to be thought over, or ``None`` at first.
        against: What is said against it.
        blamed: Plans that were thought over already; one that comes back is refined.
        accepted: The candidate that passes everything, held-out episodes included.
    """

    base: Candidate | None = None
    tried: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    met: tuple[FailureReport, ...] = ()
    stale: int = 0
    previous: Plan | None = None
    against: tuple[FailureReport, ...] = ()
    blamed: frozenset[Stages] = frozenset()
    accepted: Candidate | None = None

    def refining(self, base: Candidate, tried: tuple[str, ...] = ()) -> RunState:
        """A new lineage that begins with `base`."""
        return RunState(base=base, tried=tried, blamed=self.blamed)

    def replanning(self, base: Candidate, against: tuple[FailureReport, ...]) -> RunState:
        """Give up the lineage of `base`: its plan is to be thought over."""
        blamed = self.blamed | {base.plan.stage_names}
        return RunState(previous=base.plan, against=against, blamed=blamed)

    def remembering(self, reports: tuple[FailureReport, ...]) -> RunState:
        """Keep reports for later rounds; of equal messages the newest, as the last one."""
        # A report without pictures labels nothing, so that there is nothing to keep repaired.
        met = {report.failure.message: report for report in self.met}
        for report in reports:
            if report.shots:
                met.pop(report.failure.message, None)
                met[report.failure.message] = report
        return replace(self, met=tuple(met.values()))

    def recalling(self, line: str) -> RunState:
        """Keep what came of a round; a line that says the same as the last is kept once."""
        return (
            self if self.history[-1:] == (line,) else replace(self, history=(*self.history, line))
        )

    def earlier(self, now: tuple[FailureReport, ...], limit: int) -> tuple[FailureReport, ...]:
        """What was said before and is not said now, the newest `limit`."""
        said = {report.failure.message for report in now}
        return tuple(r for r in self.met if r.failure.message not in said)[-limit:]
