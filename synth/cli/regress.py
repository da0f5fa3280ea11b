"""``synth regress``: whether another model's rewards are as good as the committed ones."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003  typer reads the annotations at run time
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from synth.cli.console import PhaseProgress, errors, output
from synth.cli.crew import FasterRounds, Scheduler, UnansweredRequests
from synth.errors import ModelError, SynthError, UsageError
from synth.task.paths import GENERATED, task_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.regress import Attempt, Attempted, Regression, RegressionOptions
    from synth.regress.regression import TaskRegression

__all__ = ["regress"]

COLOURS = {"better": "green", "same": "green", "worse": "bold red", "undecided": "yellow"}
SHOWN = ("passes", "goal wrong", "truth", "agreement", "us a frame", "calls", "tokens", "cost")
"""The figures that fit a terminal; files hold all."""
WIDE = 132
"""Columns of the table where there is no terminal to fit it to."""


def regress(
    tasks: Annotated[
        list[str] | None,
        typer.Argument(help="Committed tasks; all of them if left out.", metavar="TASK"),
    ] = None,
    model: Annotated[str, typer.Option(help="The new model, as for `synth run`.")] = "builtin",
    samples: Annotated[int, typer.Option(help="Attempts at each task, for either side.")] = 5,
    fresh: Annotated[
        bool,
        typer.Option(
            "--fresh",
            help="Ask again what was asked under this name before: a service may have changed "
            "the model behind it. Old and new journals stay.",
        ),
    ] = False,
    against: Annotated[
        str | None,
        typer.Option(help="Another model whose attempts are the old side, as many of them."),
    ] = None,
    expect: Annotated[
        float,
        typer.Option(
            help="Without --against: how often the committed reward's model is taken to pass."
        ),
    ] = 0.8,
    margin: Annotated[
        float, typer.Option(help="Difference of pass rates from which on it matters.")
    ] = 0.3,
    level: Annotated[
        float, typer.Option(help="Chance at most of a false alarm over all tasks.")
    ] = 0.05,
    episodes: Annotated[
        int, typer.Option(help="Fresh episodes of each kind on which rewards are compared.")
    ] = 20,
    prompts: Annotated[
        Path | None, typer.Option(help="Folder of templates in place of synth's own.")
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(help="Of a compatible or local server, for the new model.")
    ] = None,
    max_output_tokens: Annotated[int | None, typer.Option(help="Limit on one answer.")] = None,
    max_images: Annotated[int | None, typer.Option(help="Pictures in one request at most.")] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds to wait for one answer.")] = None,
    temperature: Annotated[float | None, typer.Option(help="Sent only where set.")] = None,
    rounds: Annotated[
        int | None,
        typer.Option(
            help="Budget of rounds of an attempt; 8 if left out, or as many as the committed "
            "reward's run was allowed where that is more.",
        ),
    ] = None,
    faster_rounds: FasterRounds = 2,
    calls: Annotated[int | None, typer.Option(help="Budget of requests of an attempt.")] = None,
    tokens: Annotated[int | None, typer.Option(help="Budget of tokens of an attempt.")] = None,
    money: Annotated[float | None, typer.Option(help="Budget of money of an attempt.")] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=256,
            help="Attempts at once on this machine; one, unless told otherwise, and the only one "
            "whose rounds are shown.",
        ),
    ] = None,
    scheduler: Scheduler = None,
    markdown: Annotated[
        Path | None, typer.Option(help="Write a comment for a pull request here.")
    ] = None,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML here.")] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json-file", help="Write everything as JSON here.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Everything as JSON on standard output.")
    ] = False,
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="Run programs where no sandbox holds. Do not.")
    ] = False,
) -> None:
    """Attempt committed tasks anew with a model, beside what is committed, and compare.

    Exit code 1 where the model is worse at any task.
    """
    from synth.loop import LoopOptions  # noqa: PLC0415 - start-up stays quick
    from synth.regress import RegressionOptions, Rules  # noqa: PLC0415
    from synth.regress import regress as compare  # noqa: PLC0415
    from synth.regress.regression import attempts_at  # noqa: PLC0415
    from synth.regress.telling import keep, to_json, to_junit, to_markdown  # noqa: PLC0415

    access = {
        "base_url": base_url,
        "max_output_tokens": max_output_tokens,
        "max_images": max_images,
        "timeout": timeout,
        "temperature": temperature,
    }
    options = RegressionOptions(
        model=model,
        samples=samples,
        against=against,
        expected=expect,
        rules=Rules(level=level, margin=margin),
        fresh=episodes,
        anew=fresh,
        prompts=prompts,
        loop=LoopOptions(
            rounds=LoopOptions().rounds if rounds is None else rounds,
            faster_rounds=faster_rounds,
            calls=calls,
            tokens=tokens,
            money=money,
        ),
        as_allowed=rounds is None,
        access=tuple((name, value) for name, value in access.items() if value is not None),
        unsafe=unsafe,
    )
    folders = _folders(tasks)
    for file in (markdown, junit, json_file):
        if file is not None and not file.parent.is_dir():
            raise UsageError(f"{file}: there is no folder {file.parent}.")
    # Before anything is played: a name that nobody has, or a key that is missing.
    for old in options.sides:
        attempts_at(folders[0], options, old=old)[0].open()
    _say_rounds(folders, options)
    with PhaseProgress("comparing") as tell:
        known: dict[Attempt, Attempted | SynthError] = {}
        if scheduler is not None or (jobs or 1) > 1:
            known = _all_attempts(folders, options, tell, jobs=jobs, scheduler=scheduler)
        found = compare(
            folders,
            options,
            lambda one: _known(known[one]) if one in known else _attempt(one, tell),
            on_progress=lambda task, phase, done, total: tell(f"{task}: {phase}", done, total),
        )
    keep(found)
    if markdown is not None:
        markdown.write_text(to_markdown(found), encoding="utf-8")
    if junit is not None:
        junit.write_text(to_junit(found), encoding="utf-8")
    content = json.dumps(to_json(found), indent=2)
    if json_file is not None:
        json_file.write_text(content + "\n", encoding="utf-8")
    if as_json:
        typer.echo(content)
    else:
        _print(found)
    raise typer.Exit(found.exit_code)


def _folders(tasks: list[str] | None) -> list[Path]:
    """The committed folders that are meant.

    Raises:
        UsageError: One is not committed, or there is none.
    """
    if tasks:
        folders = [task_folder(name) for name in tasks]
    else:
        folders = sorted(p.parent for p in GENERATED.glob("*/reward.py"))
    for folder in folders:
        if not (folder / "reward.py").exists():
            raise UsageError(
                f"{folder}: nothing is committed here to compare with; "
                f"`synth run {folder.name}` makes a first reward."
            )
    if not folders:
        raise UsageError(f"{GENERATED}: no reward is committed; `synth run TASK` makes one.")
    return folders


def _say_rounds(folders: list[Path], options: RegressionOptions) -> None:
    """Say where attempts have a larger budget than others."""
    from synth.regress.regression import rounds_at  # noqa: PLC0415 - start-up stays quick

    for folder in folders:
        allowed = rounds_at(folder, options)
        if allowed > options.loop.rounds:
            told = (
                f"{folder.name}: an attempt may take {allowed} rounds, as the committed reward's "
                "run might; --rounds sets another budget"
            )
            errors().print(told, markup=False, soft_wrap=True)


def _all_attempts(
    folders: list[Path],
    options: RegressionOptions,
    tell: PhaseProgress,
    *,
    jobs: int | None,
    scheduler: str | None,
) -> dict[Attempt, Attempted | SynthError]:
    """Make all attempts at once, as far as there are workers.

    Raises:
        ModelError: The service failed at some; all others are made, and kept.
    """
    from synth.regress import make_attempt  # noqa: PLC0415 - start-up stays quick
    from synth.regress.regression import attempts_at  # noqa: PLC0415
    from synth.scheduling import fan_out, hire  # noqa: PLC0415

    pieces = [
        one for f in folders for old in options.sides for one in attempts_at(f, options, old=old)
    ]
    known: dict[Attempt, Attempted | SynthError] = {}
    waiting = UnansweredRequests(one.asked for one in pieces)

    def tick() -> None:
        waiting.tell()
        tell("attempts", len(known), len(pieces))

    with hire(scheduler, jobs, most=len(pieces)) as crew:
        for done in fan_out(crew, make_attempt, pieces, on_tick=tick):
            known[done.piece] = done.error or done.result()
            _say(done.piece, known[done.piece])
    failed = [error for error in known.values() if isinstance(error, ModelError)]
    if failed:
        errors().print(
            f"{len(failed)} of {len(pieces)} attempts were cut short: nothing is compared yet.",
            markup=False,
        )
        raise failed[0]
    return known


def _known(made: Attempted | SynthError) -> Attempted:
    if isinstance(made, SynthError):
        raise made
    return made


def _attempt(one: Attempt, tell: PhaseProgress) -> Attempted:
    """Make one attempt, and say how it goes."""
    from synth.cli.lines import line_of  # noqa: PLC0415 - start-up stays quick
    from synth.regress import make_attempt  # noqa: PLC0415

    name, begun = _name(one), False

    def observe(event: object) -> None:
        nonlocal begun
        begun, line = True, line_of(event)
        if line is not None:
            tell(f"{name}: {line.strip()}", 0)

    went = make_attempt(one, observer=observe, on_wait=_waits)
    _say(one, went, before=not begun)
    return went


def _say(one: Attempt, went: Attempted | SynthError, *, before: bool = False) -> None:
    if isinstance(went, SynthError):
        told = f"not made: {went}"
    else:
        told = f"{'passed' if went.passed else 'did not pass'}: {went.reason}"
        if before:
            told += f" (made before, in {one.folder}; --fresh asks again)"
        elif went.calls and went.replayed == went.calls:
            told += f" (all answers were in {one.folder}; --fresh asks again)"
    errors().print(f"{_name(one)}: {told}", markup=False)


def _name(one: Attempt) -> str:
    return f"{one.task.name} {one.model} {one.series}-{one.sample}"


def _waits(folder: Path) -> None:
    errors().print(f"  waiting for {folder / 'answer.md'}", markup=False)


def _lines(task: TaskRegression) -> Iterator[str]:
    """What is behind the ruling of a task."""
    from synth.regress.telling import whose_figures, wrong_frames  # noqa: PLC0415

    yield f"{task.task}: {task.ruling.call}: {task.sentence}"
    if whose := whose_figures(task):
        yield f"    {whose}"
    if not task.committed.passes:
        yield "    the committed reward fails its own suite today"
    for one in task.candidates:
        if not one.good:
            number = f"{one.went.attempt.series}-{one.went.attempt.sample}"
            wrong = wrong_frames(one.figures)
            yield f"    {number} did not pass: {one.why}{f'; {wrong}' if wrong else ''}"
        if one.pictures:
            many = "1 episode differs" if one.differing == 1 else f"{one.differing} episodes differ"
            yield f"    {many}: look at {one.pictures[0].parent}"


def _print(found: Regression) -> None:
    """A row for each task, and a sentence for each ruling."""
    from synth.regress.telling import MARKS, figures_of  # noqa: PLC0415 - start-up stays quick

    out, options = output(), found.options
    wide = out if out.is_terminal else Console(width=WIDE, highlight=False)
    beside = options.against or "what is committed"
    out.print(f"{options.model} beside {beside}; new / old", markup=False)
    if found.tasks:
        table = Table("task", "verdict", *SHOWN, box=None, pad_edge=False)
        for task in found.tasks:
            call = task.ruling.call
            mark = f"[{COLOURS[call]}]{MARKS[call]}[/]"
            figures = figures_of(task)
            table.add_row(task.task, mark, *(figures[name] for name in SHOWN))
        wide.print(table)
    for task in found.tasks:
        for line in _lines(task):
            out.print(line, markup=False)
    if not options.fresh and found.tasks:
        out.print("no fresh episodes were played: only the suite has spoken", markup=False)
    for problem in found.problems:
        told = f"{problem.task}: not compared: {problem.fault}: {problem.message}"
        out.print(told, markup=False)
