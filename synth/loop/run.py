"""Running the loop on one task with one model.

The parts are put together here, and every way a run may end becomes an `Outcome` or the
error it was. What a round is, see `synth.loop.rounds`; nothing here prints.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from synth import __version__
from synth.errors import BudgetExhausted, ModelDeadEnd, ModelError, SynthError
from synth.journal import DecisionRecord, Journal, RunRecord, Tape
from synth.loop.asking import Asker
from synth.loop.budget import stop_condition
from synth.loop.cached_judge import CachedJudge
from synth.loop.clock import Clock
from synth.loop.episodes import Episodes
from synth.loop.events import Improved, RoundStarted, RunStarted, Stopped
from synth.loop.faster import make_faster
from synth.loop.folder import RunFolder, RunStatus, State
from synth.loop.judge import SuiteJudge
from synth.loop.ledger import Ledger
from synth.loop.options import LoopOptions
from synth.loop.outcome import Ending, Outcome, next_step
from synth.loop.pictures import PictureFolder
from synth.loop.prices import find_price
from synth.loop.rounds import Rounds
from synth.prompts.render import render, templates_digest

if TYPE_CHECKING:
    from pathlib import Path

    from synth.loop.events import Event, Observer
    from synth.loop.judge import Judge, Task
    from synth.loop.prices import Price
    from synth.models.base import Model

__all__ = ["run_loop"]


@runtime_checkable
class _Taped(Protocol):
    """A model that answers from another run's journal."""

    @property
    def tape(self) -> Tape: ...


def run_loop(
    task: Task,
    model: Model,
    folder: Path,
    options: LoopOptions | None = None,
    observer: Observer | None = None,
    *,
    judge: Judge | None = None,
    price: Price | None = None,
    clock: Clock | None = None,
    unsafe: bool = False,
) -> Outcome:
    """Synthesise a reward program for a task, or go on with a run begun earlier.

    Args:
        task: Spec and episodes.
        model: What answers. One with a ``tape`` (a replay) is measured by that tape's
            speeds, and stops where the tape ends.
        folder: Where the run works, by custom ``runs/TASK/MODEL``.
        options: Budgets and habits.
        observer: Told of what happens; see `synth.loop.events`.
        judge: Judges and measures; the task's suite by default.
        price: Of the model; looked up in the user's configuration by default.
        clock: Counts seconds; for tests.
        unsafe: Run programs even where this machine cannot confine them.

    Returns:
        The outcome, also where a budget ran out or the user interrupted.

    Raises:
        ModelError: The service failed. Nothing answered is lost: run the same again.
        EnvironmentFault: No episode shows the task done.
        SandboxUnavailable: This machine cannot confine programs.
        UsageError: Another process holds the run, or money is limited without a price.
    """
    options = options or LoopOptions()
    tape = model.tape if isinstance(model, _Taped) else None
    options = _as_recorded(options, tape)
    price = price or find_price(model.name)
    stop = stop_condition(options, model.name, price)
    files = RunFolder(folder)
    with Journal(files.journal) as journal:
        watch = clock or Clock(journal.tape.elapsed)
        awaited = (*journal.tape.found, *(tape.found if tape else ()))
        episodes = Episodes(task.spec, task.store, awaited)
        run = _Run(
            episodes=episodes,
            model=model,
            files=files,
            journal=journal,
            options=options,
            observer=observer or _ignore,
        )
        asker = Asker(
            model=model,
            journal=journal,
            pictures=PictureFolder(files.pictures),
            render=lambda request: render(request).text,
            stop=stop,
            price=price,
            clock=watch,
            observe=run.observe,
            tape=tape,
        )
        judge = judge or SuiteJudge(episodes, folder, unsafe=unsafe)
        bench = CachedJudge(judge, episodes, journal, watch, source=tape)
        return run.go(asker, bench)


class _Run:
    """One process's work on a run, and how it ends."""

    def __init__(
        self,
        *,
        episodes: Episodes,
        model: Model,
        files: RunFolder,
        journal: Journal,
        options: LoopOptions,
        observer: Observer,
    ) -> None:
        self.episodes, self.model, self.files, self.journal = episodes, model, files, journal
        self.options, self.observer = options, observer
        self.ledger = Ledger(journal, files, episodes.spec)
        self.asker: Asker
        self.bench: CachedJudge

    def observe(self, event: Event) -> None:
        """Pass an event on; where a round begins, the status file is brought up to date."""
        if isinstance(event, RoundStarted | Improved):
            self.files.write_status(self.status("running"))
        self.observer(event)

    def go(self, asker: Asker, bench: CachedJudge) -> Outcome:
        """Go through the rounds, to whichever end."""
        self.asker, self.bench = asker, bench
        self._head()
        try:
            ending, reason = self._rounds()
        except SynthError as error:
            self.ledger.flush()
            if isinstance(error, ModelError):
                error.args = (f"{error} Nothing answered is lost: run the same again to go on.",)
            self.files.write_status(self.status("failed", str(error)))
            raise
        self.ledger.flush()
        outcome = self._outcome(ending, reason)
        self.ledger.note(DecisionRecord(decision="stop", reason=reason))
        state: State = "stopped" if ending == "budget" else ending
        self.files.write_status(
            self.status("accepted" if outcome.accepted else state, reason, outcome.next_step)
        )
        self.observer(Stopped(outcome.accepted, reason))
        return outcome

    def _head(self) -> None:
        """Say in the journal what runs, unless it was the same before."""
        spec = self.episodes.spec
        record = RunRecord(
            task=spec.name,
            spec=spec.episode_digest(),
            model=self.model.name,
            synth=__version__,
            prompts=templates_digest(),
            samples=self.options.samples,
            rounds=self.options.rounds,
            faster_rounds=self.options.faster_rounds,
            patience=self.options.patience,
            complaints=self.options.reports,
        )
        heads = [r for r in self.journal.tape.records if isinstance(r, RunRecord)]
        if not heads or heads[-1] != record:
            self.journal.append(record)
        self.observer(RunStarted(spec.name, self.model.name, len(self.journal.tape.responses)))

    def _rounds(self) -> tuple[Ending, str]:
        rounds = Rounds(
            episodes=self.episodes,
            asker=self.asker,
            bench=self.bench,
            ledger=self.ledger,
            options=self.options,
            observe=self.observe,
        )
        try:
            candidate = make_faster(rounds, rounds.run())
            while not candidate.verdict.passes:  # refuted by what a faster program led to
                candidate = make_faster(rounds, rounds.run(candidate))
        except BudgetExhausted as error:
            return "budget", f"{error}"
        except ModelDeadEnd as error:
            return "dead_end", f"{error}"
        except KeyboardInterrupt:
            return "interrupted", "interrupted by the user"
        return "accepted", "every test passes, held-out episodes included"

    def status(self, state: State, reason: str = "", next_step: str = "") -> RunStatus:
        """Where the run stands."""
        spent, best = self.asker.spent, self.ledger.best
        return RunStatus(
            task=self.episodes.spec.name,
            model=self.model.name,
            state=state,
            accepted=self._accepted(),
            rounds=spent.rounds,
            calls=spent.calls,
            tokens=spent.usage.total,
            cost=spent.cost,
            seconds=round(spent.seconds, 1),
            passed=len(best.verdict.passed) if best else 0,
            failed=len(best.verdict.failed) if best else 0,
            reason=reason,
            next_step=next_step,
        )

    def _accepted(self) -> bool:
        best = self.ledger.best
        if best is None or not best.verdict.passes:
            return False
        held_out, _ = self.bench.recorded(best.source, best.plan)
        return held_out is not None and held_out.passes

    def _outcome(self, ending: Ending, reason: str) -> Outcome:
        spent, best = self.asker.spent, self.ledger.best
        held_out, speed = self.bench.recorded(best.source, best.plan) if best else (None, None)
        outcome = Outcome(
            folder=self.files.path,
            accepted=self._accepted(),
            ending=ending,
            reason=reason,
            source=best.source if best else None,
            plan=best.plan if best else None,
            verdict=best.verdict if best else None,
            held_out=held_out,
            speed=speed,
            target=self.episodes.spec.target.microseconds_per_frame,
            rounds=spent.rounds,
            calls=spent.calls,
            replayed=self.asker.replayed,
            usage=spent.usage,
            cost=spent.cost,
            seconds=spent.seconds,
            looks=self.journal.tape.looks,
            replaced=self.journal.tape.replaced,
            episodes=self.episodes,
        )
        return replace(outcome, next_step=next_step(outcome, self.episodes.spec.name))


def _as_recorded(options: LoopOptions, tape: Tape | None) -> LoopOptions:
    """The options with the habits of the run that is replayed; budgets stay one's own."""
    heads = [r for r in tape.records if isinstance(r, RunRecord)] if tape else []
    if not heads:
        return options
    head = heads[-1]
    return replace(
        options,
        rounds=head.rounds,
        samples=head.samples,
        faster_rounds=head.faster_rounds,
        patience=head.patience,
        reports=head.complaints,
    )


def _ignore(event: Event) -> None:
    """Observe nothing."""
