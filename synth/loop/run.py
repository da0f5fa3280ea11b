"""Running the loop on one task with one model.

The parts are put together here, and every way a run may end becomes an `Outcome` or the
error it was. What a round is, see `synth.loop.rounds`; nothing here prints.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from synth import __version__
from synth.envs.registry import family_of
from synth.errors import BudgetExhausted, ModelDeadEnd, ModelError, SpecError, SynthError
from synth.journal import CandidateRecord, DecisionRecord, Journal, RunRecord, Tape
from synth.loop.answer import is_program
from synth.loop.asking import Asker
from synth.loop.budget import stop_condition
from synth.loop.cached_judge import CachedJudge
from synth.loop.clock import Clock
from synth.loop.demonstrations import demonstrations, some_missions
from synth.loop.episodes import Episodes
from synth.loop.events import Improved, RoundStarted, RunStarted, Stopped
from synth.loop.failure_frames import changed_pictures
from synth.loop.failure_log import FailureLog, write_failures
from synth.loop.faster import make_faster
from synth.loop.folder import RunFolder, RunPhase, RunStatus
from synth.loop.judge import SuiteJudge
from synth.loop.labelling import Labelling
from synth.loop.ledger import Ledger
from synth.loop.options import LoopOptions
from synth.loop.outcome import Ending, Outcome, audit_command, next_step
from synth.loop.pictures import PictureFolder
from synth.loop.prices import find_price
from synth.loop.rounds import until_accepted
from synth.loop.state import Run, RunState
from synth.prompts.invariances import invariances
from synth.prompts.render import render, templates_digest
from synth.prompts.sets import set_name
from synth.sandbox import CONFINED
from synth.task.labels import applying, write_labels

if TYPE_CHECKING:
    from pathlib import Path

    from synth.episode import EpisodeStore
    from synth.loop.events import Event, Observer
    from synth.loop.judge import Judge, Task
    from synth.loop.prices import Price
    from synth.models.base import Model
    from synth.sandbox import Sandboxes
    from synth.task.labels import Label

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
    sandboxes: Sandboxes = CONFINED,
    labels: tuple[Label, ...] = (),
    prompts: Path | None = None,
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
        sandboxes: Where programs run.
        labels: What people have answered about pictures of the task.
        prompts: Folder of templates that take the place of synth's own.

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
        episodes = Episodes(task.spec, task.store, awaited, labels)
        ledger = Ledger(journal, files, episodes.spec)
        tell, log = observer or _ignore, FailureLog()

        def observe(event: Event) -> None:
            if isinstance(event, RoundStarted | Improved):
                files.write_status(_status(run, model, "running"))
            log(event)
            tell(event)

        asker = Asker(
            model=model,
            journal=journal,
            pictures=PictureFolder(files.pictures),
            render=lambda request: render(request).text,
            stop=stop,
            price=price,
            clock=watch,
            observe=observe,
            tape=tape,
            prompts=prompts,
        )
        judge = judge or SuiteJudge(episodes, folder, sandboxes=sandboxes)
        shown, notes = demonstrations(episodes.original), _picture_notes(task)
        run = Run(
            episodes=episodes,
            asker=asker,
            judge=CachedJudge(judge, episodes, journal, watch, source=tape),
            ledger=ledger,
            options=options,
            observe=observe,
            shown=shown,
            invariances=invariances(episodes.spec),
            changes=changed_pictures(episodes.original, episodes.spec),
            picture_notes=notes,
            missions=some_missions(episodes.original),
            measured=_is_measured(task),
            labelling=None
            if task.spec.labels is None
            else Labelling(
                asker=asker,
                journal=journal,
                episodes=episodes,
                frames=task.spec.labels.frames,
                shown=shown,
                goal=task.spec.goal if task.spec.show_goal else None,
                picture_notes=notes,
                model=model.name,
                sandboxes=sandboxes,
                observe=observe,
                source=tape,
            ),
        )
        _head(run, model, journal, prompts)
        return _to_its_end(run, model, files, journal, log)


def _to_its_end(
    run: Run, model: Model, files: RunFolder, journal: Journal, log: FailureLog
) -> Outcome:
    """Go through the rounds, and leave the folder as the end of them asks for."""
    try:
        ending, reason = _rounds(run)
    except SynthError as error:
        run.ledger.flush()
        if isinstance(error, ModelError):
            error.args = (f"{error} Nothing answered is lost: run the same again to go on.",)
        files.write_status(_status(run, model, "failed", str(error)))
        _write_failures(run, files, log)
        raise
    run.ledger.flush()
    _keep_labels(run, files)
    outcome = _outcome(run, files, journal, ending, reason)
    written = _write_failures(run, files, FailureLog() if outcome.accepted else log)
    outcome = replace(outcome, failures=written, failed_answers=log.first_of_rounds)
    run.ledger.note(DecisionRecord(decision="stop", reason=reason))
    state: RunPhase = "stopped" if ending == "budget" else ending
    files.write_status(
        _status(run, model, "accepted" if outcome.accepted else state, reason, outcome.next_step)
    )
    run.observe(Stopped(outcome.accepted, reason))
    return outcome


def _rounds(run: Run) -> tuple[Ending, str]:
    """How the rounds ended, and why in a sentence."""
    try:
        state = until_accepted(run, RunState())
        while state.accepted is not None:
            candidate = make_faster(run, state.accepted)
            if candidate.verdict.passes:
                break
            # Refuted by what a faster program led to: it is to be refined.
            state = until_accepted(run, state.refining(candidate))
    except BudgetExhausted as error:
        return "budget", f"{error}{_unknown_finds(run) if run.asker.strayed else ''}"
    except ModelDeadEnd as error:
        return "dead_end", f"{error}"
    except KeyboardInterrupt:
        return "interrupted", "interrupted by the user"
    return "accepted", "every test passes, held-out episodes included"


def _unknown_finds(run: Run) -> str:
    """The finds among the episodes that the replayed journal does not name."""
    ids = [e.id for e in run.episodes.original.select(kind="found", split="visible")]
    return f"; the journal does not know {', '.join(ids)}" if ids else ""


def _head(run: Run, model: Model, journal: Journal, prompts: Path | None) -> None:
    """Say in the journal what runs, unless it was the same before."""
    spec, options = run.spec, run.options
    record = RunRecord(
        task=spec.name,
        spec=spec.episode_digest(),
        model=model.name,
        synth=__version__,
        prompts=templates_digest(prompts),
        prompt_set=set_name(prompts),
        samples=options.samples,
        rounds=options.rounds,
        faster_rounds=options.faster_rounds,
        patience=options.patience,
        complaints=options.reports,
    )
    heads = [r for r in journal.tape.records if isinstance(r, RunRecord)]
    if not heads or heads[-1] != record:
        journal.append(record)
    run.observe(RunStarted(spec.name, model.name, len(journal.tape.responses)))


def _status(
    run: Run, model: Model, state: RunPhase, reason: str = "", next_step: str = ""
) -> RunStatus:
    """Where the run stands."""
    spent, best = run.asker.spent, run.ledger.best
    return RunStatus(
        task=run.spec.name,
        model=model.name,
        state=state,
        accepted=_accepted(run),
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


def _accepted(run: Run) -> bool:
    best = run.ledger.best
    if best is None or not best.verdict.passes:
        return False
    held_out, _ = run.judge.recorded(best.source, best.plan)
    return held_out is not None and held_out.passes


def _outcome(run: Run, files: RunFolder, journal: Journal, ending: Ending, reason: str) -> Outcome:
    spent, best = run.asker.spent, run.ledger.best
    held_out, speed = run.judge.recorded(best.source, best.plan) if best else (None, None)
    outcome = Outcome(
        folder=files.path,
        accepted=_accepted(run),
        ending=ending,
        reason=reason,
        source=best.source if best else None,
        plan=best.plan if best else None,
        verdict=best.verdict if best else None,
        held_out=held_out,
        speed=speed,
        target=run.spec.target.microseconds_per_frame,
        rounds=spent.rounds,
        calls=spent.calls,
        replayed=run.asker.replayed,
        usage=spent.usage,
        cost=spent.cost,
        seconds=spent.seconds,
        looks=journal.tape.looks,
        replaced=journal.tape.replaced,
        episodes=run.episodes,
        labels=run.labelling.counts if run.labelling is not None else None,
        tape_ended=run.asker.tape_ended,
        strayed=bool(run.asker.strayed),
        wrote=any(
            isinstance(r, CandidateRecord) and is_program(r.source) for r in journal.tape.records
        ),
    )
    return replace(outcome, next_step=next_step(outcome, run.spec.name))


def _keep_labels(run: Run, files: RunFolder) -> None:
    """Leave the labels that the best program's plan can use beside it."""
    best, labels = run.ledger.best, run.episodes.labels
    if run.labelling is None or best is None:
        return
    held_out, _ = run.judge.recorded(best.source, best.plan)
    # Of held-out pictures that have been replaced nothing is left to label.
    store = run.episodes.store if held_out is None else run.episodes.at(held_out.generation)
    write_labels(files.path, (label for label, _ in applying(labels, best.plan, store)))


def _write_failures(run: Run, files: RunFolder, log: FailureLog) -> Path | None:
    audit = audit_command(run.spec.name, files.path)
    return write_failures(files.path, log, run.episodes, audit)


def _picture_notes(task: Task) -> str:
    """What a model is told of the pictures in general: the family's notes, and the band.

    Nothing is said for the family where none makes the environment, since a task may come
    from recordings alone.
    """
    spec = task.spec
    try:
        notes = [family_of(spec).notes(spec)]
    except SpecError:
        notes = []
    if _has_unjudged(task.store):
        wide = f"{spec.success.pixels:g} pixel{'' if spec.success.pixels == 1 else 's'}"
        notes.append(
            f"Frames within {wide} of the threshold of success are not "
            "judged, since a picture cannot tell them: place the goal's threshold in the middle "
            "between clear successes and clear failures."
        )
    return " ".join(note for note in notes if note)


def _is_measured(task: Task) -> bool:
    """Whether success is a threshold of a measure: by the family's word, or by its frames."""
    try:
        told = family_of(task.spec).measures(task.spec)
    except SpecError:  # recordings alone
        told = False
    return told or _has_unjudged(task.store)


def _has_unjudged(store: EpisodeStore) -> bool:
    """Whether some visible frames are too near to the threshold of success."""
    return any(not episode.judged.all() for episode in store.select(split="visible"))


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
