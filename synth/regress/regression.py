"""Whether a model is as good as what is committed, task by task.

Attempts are made beside each committed reward, held against it, and ruled on together. The old
side of a ruling is another model's attempts where one is named. Else it is the committed reward,
of whose model one passing run is known; it was chosen because it passed and so says nothing of how
often that model passes. What is taken to be its rate is stated, in options and in every report.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from synth.errors import EnvironmentFault, SpecError, UsageError
from synth.journal import RunRecord, read_journal
from synth.loop import LoopOptions
from synth.regress.attempt import Attempt, attempt_folder, newest_series
from synth.regress.comparison import FRESH, compare_attempt, yardstick
from synth.regress.rates import PassRate, Rules, Ruling, rule
from synth.sandbox import Sandboxes
from synth.task import TaskFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from synth.regress.attempt import Attempted
    from synth.regress.comparison import ComparedAttempt, Yardstick
    from synth.regress.figures import RewardFigures

__all__ = [
    "Regression",
    "RegressionOptions",
    "TaskProblem",
    "TaskRegression",
    "attempts_at",
    "regress",
    "rounds_at",
]

REPEATABLE = frozenset({"builtin", "replay"})
"""Providers that answer the same each time: one attempt tells all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegressionOptions:
    """What is compared, and how.

    Attributes:
        model: The new model.
        samples: Attempts at each task, of either model.
        against: Another model whose attempts are the old side; ``None`` takes what is committed.
        expected: How often the committed reward's model is taken to pass.
        rules: By what is ruled.
        fresh: Fresh episodes of each kind on which programs are held against each other.
        anew: Ask the new model again, though it was asked before.
        prompts: Folder of templates that take the place of synth's own, for the new model.
        loop: Budgets and habits of each attempt.
        as_allowed: Whether an attempt may take as many rounds as the committed reward's run was
            allowed, where `loop` allows fewer.
        access: Options of the new model, as `Attempt` names them.
        unsafe: Whether programs may run where no sandbox holds.

    Raises:
        UsageError: A number is out of range.
    """

    model: str
    samples: int = 5
    against: str | None = None
    expected: float = 0.8
    rules: Rules = field(default_factory=Rules)
    fresh: int = FRESH
    anew: bool = False
    prompts: Path | None = None
    loop: LoopOptions = field(default_factory=LoopOptions)
    as_allowed: bool = False
    access: tuple[tuple[str, str | int | float], ...] = ()
    unsafe: bool = False

    def __post_init__(self) -> None:
        if self.samples < 1:
            raise UsageError(f"samples = {self.samples}: must be at least 1.")
        if not 0 < self.expected < 1:
            raise UsageError(f"expect = {self.expected}: must lie between 0 and 1.")
        if self.fresh < 0:
            raise UsageError(f"fresh episodes = {self.fresh}: must be at least 0.")

    @property
    def sides(self) -> tuple[bool, ...]:
        """Whose attempts are made: `old` or not, as `attempts_at` asks."""
        return (False,) if self.against is None else (False, True)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRegression:
    """What came of one task.

    Attributes:
        task: Its name.
        committed: What is known of the committed reward.
        committed_model: Who wrote it.
        candidates: The new model's attempts.
        old: The other model's, where one is named.
        episodes: On what they were held against each other, in words.
        rates: How often the new side and the old one pass.
        ruling: What came of it.
        series: Which asking of the new model this is.
    """

    task: str
    committed: RewardFigures
    committed_model: str
    candidates: tuple[ComparedAttempt, ...]
    old: tuple[ComparedAttempt, ...]
    episodes: str
    rates: tuple[PassRate, PassRate]
    ruling: Ruling
    series: int

    @property
    def best(self) -> ComparedAttempt:
        """The first good candidate, or else the one that came furthest."""
        return max(self.candidates, key=lambda c: (c.good, c.went.passed, -_failures(c)))

    @property
    def sentence(self) -> str:
        """Why it was ruled so."""
        new, old = self.rates
        side = "the committed reward's model is" if old.assumed else "the old side passes"
        told, ruling = f"passes {new}; {side} {old}", self.ruling
        if new.fixed is not None and old.fixed is not None:
            return told
        match ruling.call:
            case "undecided" if ruling.needed:
                return f"{told}; {ruling.needed} attempts a side would decide at these rates"
            case "undecided":
                return f"{told}; no number of attempts that anyone would make decides this"
            case "same":
                return f"{told}; a drop that matters is ruled out (p {_p(ruling.p_apart)})"
            case _:
                return f"{told} (p {_p(ruling.p_differs)})"


@dataclass(frozen=True, slots=True)
class TaskProblem:
    """A task that could not be compared.

    Attributes:
        task: Its name.
        fault: The party at fault.
        message: What is wrong and what to do.
        exit_code: Of an error of that party.
    """

    task: str
    fault: str
    message: str
    exit_code: int


@dataclass(frozen=True, slots=True)
class Regression:
    """What came of all tasks."""

    options: RegressionOptions
    tasks: tuple[TaskRegression, ...]
    problems: tuple[TaskProblem, ...] = ()

    @property
    def worse(self) -> tuple[str, ...]:
        """Tasks at which the new model is worse."""
        return tuple(t.task for t in self.tasks if t.ruling.call == "worse")

    @property
    def exit_code(self) -> int:
        """1 where anything is worse; else that of the first problem, or 0."""
        if self.worse:
            return 1
        return self.problems[0].exit_code if self.problems else 0


def regress(
    folders: Sequence[Path],
    options: RegressionOptions,
    make: Callable[[Attempt], Attempted],
    *,
    on_progress: Callable[[str, str, int, int], None] | None = None,
) -> Regression:
    """Compare a model with what is committed.

    A task that cannot be played or read is a problem of its own and keeps no other from being
    compared. Where the model's service fails, nothing is ruled: the same call goes on.

    Args:
        folders: Committed folders, ``generated/TASK``.
        options: What is compared, and how.
        make: Makes one attempt, as `synth.regress.attempt` does.
        on_progress: Told of the task, what is being done, how much of it is done, and of how much.

    Raises:
        ModelError: The service failed; nothing answered is lost.
        SandboxUnavailable: This machine cannot confine programs.
        UsageError: A folder is no committed task, or the model has no such option.
    """
    compared: list[
        tuple[Yardstick, tuple[ComparedAttempt, ...], tuple[ComparedAttempt, ...], int]
    ] = []
    problems: list[TaskProblem] = []
    for folder in folders:
        try:
            compared.append(_compare(folder, options, make, on_progress))
        except (EnvironmentFault, SpecError) as error:
            problems.append(TaskProblem(folder.name, error.fault, f"{error}", error.exit_code))
    rates = [
        (_new_rate(new, options.model), _old_rate(old, beside, options))
        for beside, new, old, _ in compared
    ]
    rulings = rule(rates, options.rules)
    tasks = tuple(
        TaskRegression(
            task=beside.task.name,
            committed=beside.figures,
            committed_model=beside.model,
            candidates=new,
            old=old,
            episodes=beside.words,
            rates=both,
            ruling=ruling,
            series=series,
        )
        for (beside, new, old, series), both, ruling in zip(compared, rates, rulings, strict=True)
    )
    return Regression(options, tasks, tuple(problems))


def _compare(
    folder: Path,
    options: RegressionOptions,
    make: Callable[[Attempt], Attempted],
    on_progress: Callable[[str, str, int, int], None] | None,
) -> tuple[Yardstick, tuple[ComparedAttempt, ...], tuple[ComparedAttempt, ...], int]:
    task, sandboxes = TaskFolder.read(folder), Sandboxes(unsafe=options.unsafe)

    def tell(phase: str, done: int, total: int) -> None:
        if on_progress is not None:
            on_progress(task.name, phase, done, total)

    beside = yardstick(task, fresh=options.fresh, sandboxes=sandboxes, on_progress=tell)
    new = attempts_at(folder, options)
    old = () if options.against is None else attempts_at(folder, options, old=True)
    found: list[ComparedAttempt] = []
    for number, one in enumerate((*new, *old)):
        tell(f"{one.model} {one.series}-{one.sample}", number, len(new) + len(old))
        found.append(compare_attempt(make(one), beside, sandboxes=sandboxes, draw=one in new))
    return beside, tuple(found[: len(new)]), tuple(found[len(new) :]), new[0].series


def attempts_at(
    folder: Path, options: RegressionOptions, *, old: bool = False
) -> tuple[Attempt, ...]:
    """The attempts at one task, of the new model or the old one.

    Args:
        folder: ``generated/TASK``.
        options: What is compared, and how.
        old: Whether those of the old model are meant: it is asked in synth's own words, and never
            again what it was asked before.
    """
    model = (options.against or "") if old else options.model
    prompts = None if old else options.prompts
    home = attempt_folder(folder.name, model, prompts=prompts).parent
    series = max(newest_series(home), 1)
    # A series that was cut short is gone on with, or a killed `--fresh` would pay twice.
    if options.anew and not old and newest_series(home, finished=True) == series:
        series += 1
    many = 1 if _is_repeatable(model) else options.samples
    loop = replace(options.loop, rounds=rounds_at(folder, options))
    return tuple(
        Attempt(
            task=folder,
            model=model,
            folder=attempt_folder(folder.name, model, k, series=series, prompts=prompts),
            sample=k,
            series=series,
            prompts=prompts,
            options=loop,
            unsafe=options.unsafe,
            **({} if old else dict(options.access)),  # type: ignore[arg-type]  # names are Attempt's own
        )
        for k in range(1, many + 1)
    )


def rounds_at(folder: Path, options: RegressionOptions) -> int:
    """The budget of rounds of an attempt at a task.

    Args:
        folder: ``generated/TASK``.
        options: What is compared, and how.

    Raises:
        UsageError: The committed journal cannot be read.
    """
    journal = folder / "journal.jsonl"
    if not options.as_allowed or not journal.exists():
        return options.loop.rounds
    heads = [r for r in read_journal(journal).records if isinstance(r, RunRecord)]
    return max(options.loop.rounds, heads[-1].rounds if heads else 0)


def _is_repeatable(model: str) -> bool:
    return model.partition(":")[0] in REPEATABLE


def _new_rate(found: Sequence[ComparedAttempt], model: str) -> PassRate:
    good = sum(c.good for c in found)
    return PassRate(fixed=float(good)) if _is_repeatable(model) else PassRate(good, len(found))


def _old_rate(
    found: Sequence[ComparedAttempt], beside: Yardstick, options: RegressionOptions
) -> PassRate:
    if options.against is not None:
        return _new_rate(found, options.against)
    if not beside.figures.passes:
        return PassRate(fixed=0.0)  # it fails today, whoever wrote it
    return PassRate(fixed=options.expected, assumed=True)


def _failures(candidate: ComparedAttempt) -> int:
    failed = sum(group.failed for group in candidate.figures.groups)
    return failed + candidate.figures.held_out_failed


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"  # noqa: PLR2004 - three digits tell enough
