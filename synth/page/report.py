"""Everything that a page says of one reward, gathered.

Verdicts come from the sandbox, tests from the suite, the past from the journal: nothing is worked
out here a second time.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.errors import ProgramFault
from synth.journal import Tape, read_journal
from synth.page.album import Album
from synth.page.blame import Blame, blame, drafts, lineage
from synth.page.choosing import choose
from synth.page.code import code_lines
from synth.page.doubts import close_calls, probes
from synth.page.failures import Plate, of_failures
from synth.page.figures import KeptFigures
from synth.page.history import bill_of, history
from synth.page.strips import FilmStrips
from synth.program import parse, program_digest
from synth.report.standing import held_out_agreement
from synth.spec import RECORDED
from synth.suite.bounds import bounds
from synth.suite.evidence import gather
from synth.suite.groups import GROUPS, group_named
from synth.suite.judging import judge_subject
from synth.suite.omissions import NO_SIMULATOR, not_checked
from synth.suite.progress import order_line
from synth.suite.registry import all_checks
from synth.suite.subject import NotJudged, Subject
from synth.task.labels import applying

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from markupsafe import Markup

    from synth.episode import Episode
    from synth.page.doubts import CloseCall, PictureProbe
    from synth.page.failures import ShownFailure
    from synth.page.history import Bill, Round
    from synth.page.origin import RewardOrigin
    from synth.page.strips import FilmStrip
    from synth.plan import SubTask
    from synth.report.standing import HeldOutAgreement
    from synth.sandbox import Sandboxes
    from synth.search import Hunt
    from synth.spec import Spec
    from synth.suite.judging import Judgement
    from synth.task import TaskFolder
    from synth.task.labels import Label

__all__ = ["LabelRow", "PlanStep", "Promise", "Report", "gather_report"]


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A sub-task of the plan, with a picture on which it does not hold and one on which it does.

    Attributes:
        subtask: Of the plan.
        stage: From 1.
        stages: How many there are.
        goal: Whether it is the goal.
        plates: The initial picture, and that of its credit in an expert's episode.
    """

    subtask: SubTask
    stage: int
    stages: int
    goal: bool
    plates: tuple[Plate, ...]


@dataclass(frozen=True, slots=True)
class Promise:
    """A check, and how many tests of it were made.

    Attributes:
        group: Its group, in words.
        promise: What a program does that passes it.
        passed: Tests.
        failed: Tests.
        skipped: Tests that could not be made here, with the reasons.
        unjudged: Tests that were not made, since the program could not be run.
    """

    group: str
    promise: str
    passed: int
    failed: int
    skipped: tuple[str, ...]
    unjudged: int


@dataclass(frozen=True, slots=True)
class LabelRow:
    """Labels of one labeller for one sub-task.

    Attributes:
        subtask: Its name.
        by: Who answered.
        yes: Answers that stand.
        no: Answers that stand.
        unsettled: Contested, or eyes could not tell.
        withdrawn: Taken back.
        held_out: Of those that stand, the number about pictures no model saw while writing.
    """

    subtask: str
    by: str
    yes: int
    no: int
    unsettled: int
    withdrawn: int
    held_out: int


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Report:
    """What a page shows. Attributes are described where they are made."""

    task: TaskFolder
    origin: RewardOrigin
    source: str
    album: Album
    judgement: Judgement
    promises: tuple[Promise, ...]
    failures: tuple[ShownFailure, ...]
    steps: tuple[PlanStep, ...]
    strips: Mapping[str, tuple[FilmStrip, ...]]
    recorded: Mapping[str, int]
    agreement: HeldOutAgreement | None
    bounds: str
    order: str
    hunted: Hunt | None
    untold: str
    labels: tuple[LabelRow, ...]
    figures: KeptFigures
    probes: tuple[PictureProbe, ...]
    calls: tuple[CloseCall, ...]
    unasked: tuple[str, ...]
    not_made: tuple[str, ...]
    audit_line: str
    bill: Bill
    rounds: tuple[Round, ...]
    code: tuple[Markup, ...]
    blame: Blame
    fault: str = ""


def gather_report(
    task: TaskFolder,
    source: str,
    origin: RewardOrigin,
    *,
    searched: bool = True,
    episodes: int = 4,
    sandboxes: Sandboxes,
    tell: Callable[[str, int, int], None],
) -> Report:
    """Judge a program, and gather what is known of it.

    Args:
        task: What it is judged against.
        source: The program.
        origin: Where its past lies.
        searched: Whether counterexamples are searched for.
        episodes: How many of each kind are shown.
        sandboxes: Where the program runs.
        tell: Called with a phase, and how much of how much of it is done.

    Raises:
        SandboxUnavailable: This machine cannot confine the program.
        UsageError: The journal is damaged.
    """
    album = Album()
    names = [group.name for group in GROUPS]
    subject = Subject(
        source,
        task,
        splits=("visible", "held_out"),
        searched=searched,
        unsearched="left out with --no-search",
        sandboxes=sandboxes,
    )
    judgement = judge_subject(
        subject,
        cascade=False,
        on_group=lambda group, _: tell(f"tests: {group}", names.index(group), len(names)),
    )
    tell("film strips", 0, 3)
    seen = _seen(subject, origin, album, episodes)
    tell("history", 1, 3)
    tape = _tape(origin.folder)
    program = program_digest(source)
    run_model = origin.provenance.model if origin.provenance is not None else _model(tape)
    return Report(
        task=task,
        origin=origin,
        source=source,
        album=album,
        judgement=judgement,
        promises=_promises(judgement, task, silent=not (seen.order or seen.fault)),
        failures=of_failures(judgement.failures, task, album, seen.maker),
        steps=seen.steps,
        strips=seen.strips,
        recorded=Counter(f"{e.kind} {e.split}" for e in task.store.episodes),
        agreement=seen.agreement,
        bounds=seen.bounds,
        order=seen.order,
        hunted=subject.hunted,
        untold="" if subject.untold is None else str(subject.untold),
        labels=_labels(task),
        figures=KeptFigures.read(task, source),
        probes=seen.probes,
        calls=seen.calls,
        unasked=_unasked(task.spec),
        not_made=judgement.reasons,
        audit_line=not_checked(task.spec, judgement.reasons),
        bill=bill_of(tape, run_model),
        rounds=history(tape, task, origin.folder / "pictures", album),
        code=code_lines(source),
        blame=blame(lineage(drafts(tape), program), source),
        fault=seen.fault,
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Seen:
    """What only a program that runs can show."""

    steps: tuple[PlanStep, ...]
    strips: Mapping[str, tuple[FilmStrip, ...]]
    maker: FilmStrips | None = None
    agreement: HeldOutAgreement | None = None
    bounds: str = ""
    order: str = ""
    probes: tuple[PictureProbe, ...] = ()
    calls: tuple[CloseCall, ...] = ()
    fault: str = ""


def _seen(subject: Subject, origin: RewardOrigin, album: Album, most: int) -> _Seen:
    """What a program says of the recorded pictures; of one that cannot be run, why."""
    try:
        return _seen_of(subject, origin, album, most)
    except (NotJudged, ProgramFault) as error:
        reason = getattr(error, "reason", str(error))
        return _Seen(_steps(subject, album, None), {}, fault=reason)


def _seen_of(subject: Subject, origin: RewardOrigin, album: Album, most: int) -> _Seen:
    task, evidence = subject.task, subject.evidence
    held_out = subject.episodes(split="held_out")
    meant = None
    if origin.meant is not None:
        meant = gather(
            parse(origin.meant), task.store, held_out, twice=False, sandboxes=subject.sandboxes
        )
    agreement = held_out_agreement(evidence, held_out, meant=meant)
    predicates = {row.subtask: row.predicate for row in agreement.subtasks}
    strips = FilmStrips(
        task.store, album, evidence, subject.still_verdicts, predicates, _by_picture(task)
    )
    chosen, scenes = choose(task.store, most)
    shown = {kind: tuple(map(strips.episode, some)) for kind, some in chosen.items()}
    shown["scene"] = tuple(map(strips.scene, scenes))
    expert = _complete(subject)
    return _Seen(
        _steps(subject, album, expert),
        {kind: some for kind, some in shown.items() if some},
        strips,
        agreement,
        bounds(subject),
        order_line(subject),
        probes(subject, album),
        close_calls(task, evidence, album, 3),
    )


def _complete(subject: Subject) -> Episode | None:
    """The first visible expert episode in which everything is credited."""
    experts = subject.episodes("expert", "visible")
    complete = (e for e in experts if subject.evidence.credit(e).credited == len(_names(subject)))
    return next(complete, None)


def _names(subject: Subject) -> tuple[str, ...]:
    return subject.task.plan.names


def _steps(subject: Subject, album: Album, expert: Episode | None) -> tuple[PlanStep, ...]:
    plan, store = subject.task.plan, subject.task.store
    steps = []
    for number, stage in enumerate(plan.stages, start=1):
        for subtask in stage:
            plates: tuple[Plate, ...] = ()
            if expert is not None:
                column = subject.evidence.subtasks.index(subtask.name)
                at = subject.evidence.credit(expert).first[column]
                frame = store.frames[expert.frame_index[at]]
                plates = (
                    Plate(album.add(store.initial_of(expert)), "at the start"),
                    Plate(album.add(frame), f"holds, frame {at}"),
                )
            goal = subtask.name == plan.goal
            steps.append(PlanStep(subtask, number, len(plan.stages), goal, plates))
    return tuple(steps)


def _promises(judgement: Judgement, task: TaskFolder, *, silent: bool) -> tuple[Promise, ...]:
    """A row for each check; `silent` programs tell no progress, and pass its tests with nothing."""

    def of(check: str, tests: tuple[str, ...]) -> int:
        return sum(test.partition("[")[0] == check for test in tests)

    words = {group.name: group.words for group in GROUPS}
    rows = []
    for check in all_checks():
        if not check.applies(task.spec):
            continue
        skipped = [s.reason for s in judgement.skipped if s.test.partition("[")[0] == check.id]
        if silent and check.group == "progress":
            skipped.append("nothing to judge: the program tells no progress")
        rows.append(
            Promise(
                words[check.group],
                check.promise,
                of(check.id, judgement.passed),
                of(check.id, judgement.failed),
                tuple(dict.fromkeys(skipped)),
                of(check.id, judgement.unjudged),
            )
        )
    return tuple(rows)


def _unasked(spec: Spec) -> tuple[str, ...]:
    """The promises of checks that mean something for a spec, and that it does not ask for."""
    unasked = [
        check.promise
        for check in all_checks()
        if not check.applies(spec) and group_named(check.group).concerns(spec)
    ]
    # It is no slip of the spec's that it does not ask for what only playing can tell.
    return (*unasked, f"Not possible here: {NO_SIMULATOR}") if spec.env == RECORDED else (*unasked,)


def _labels(task: TaskFolder) -> tuple[LabelRow, ...]:
    known = [label for label, _ in applying(task.labels, task.plan, task.store)]
    rows = []
    for subtask, by in dict.fromkeys((label.subtask, label.by) for label in known):
        mine = [label for label in known if (label.subtask, label.by) == (subtask, by)]
        stand = [label for label in mine if label.holds is not None]
        rows.append(
            LabelRow(
                subtask,
                by,
                sum(label.holds is True for label in stand),
                sum(label.holds is False for label in stand),
                sum(label.answer in {"cannot_tell", "contested"} for label in mine),
                sum(bool(label.withdrawn_by) for label in mine),
                sum(label.split == "held_out" for label in stand),
            )
        )
    order = {name: at for at, name in enumerate(task.plan.names)}
    return tuple(sorted(rows, key=lambda row: (order.get(row.subtask, 0), row.by)))


def _by_picture(task: TaskFolder) -> dict[str, list[Label]]:
    found: dict[str, list[Label]] = {}
    for label, exhibit in applying(task.labels, task.plan, task.store):
        found.setdefault(exhibit.reference, []).append(label)
    return found


def _tape(folder: Path) -> Tape:
    path = folder / "journal.jsonl"
    # A program written by hand has no past.
    return read_journal(path) if path.exists() else Tape()


def _model(tape: Tape) -> str:
    models = [record.model for record in tape.records if record.type == "run"]
    return models[-1] if models else ""
