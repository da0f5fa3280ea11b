"""``synth matrix``: which model is good enough for which task."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from synth.cli.console import PhaseProgress, errors, output
from synth.cli.crew import FasterRounds, Jobs, Scheduler, UnansweredRequests
from synth.cli.drawn import drawable
from synth.errors import UsageError
from synth.task.paths import GENERATED, task_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.matrix import Column, Matrix, Sample
    from synth.matrix.cells import Problem

__all__ = ["matrix"]

WIDE = 160
"""Columns of the table where there is no terminal."""


def matrix(
    models: Annotated[
        str,
        typer.Option(
            help="Names as for `synth run`, with commas between; {task} in one stands for each "
            "task's name. builtin is always a column."
        ),
    ] = "builtin",
    tasks: Annotated[
        str | None, typer.Option(help="Committed tasks, with commas between; all by default.")
    ] = None,
    samples: Annotated[int, typer.Option(min=1, max=1000, help="Attempts at each task.")] = 1,
    prompts: Annotated[
        str,
        typer.Option(
            help="Sets of templates to compare, with commas between: folders, and `default`."
        ),
    ] = "default",
    rounds: Annotated[int, typer.Option(help="Budget of rounds of an attempt.")] = 8,
    faster_rounds: FasterRounds = 2,
    calls: Annotated[int | None, typer.Option(help="Budget of requests of an attempt.")] = None,
    tokens: Annotated[int | None, typer.Option(help="Budget of tokens of an attempt.")] = None,
    money: Annotated[float | None, typer.Option(help="Budget of money of an attempt.")] = None,
    seconds: Annotated[float | None, typer.Option(help="Budget of seconds of an attempt.")] = None,
    base_url: Annotated[str | None, typer.Option(help="Of a compatible or local server.")] = None,
    max_output_tokens: Annotated[int | None, typer.Option(help="Limit on one answer.")] = None,
    max_images: Annotated[int | None, typer.Option(help="Pictures in one request at most.")] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds to wait for one answer.")] = None,
    temperature: Annotated[float | None, typer.Option(help="Sent only where set.")] = None,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    figure: Annotated[
        Path | None, typer.Option(callback=drawable, help="Draw the table into this PNG or SVG.")
    ] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the table here.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything as JSON.")] = False,
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="Run programs where no sandbox holds. Do not.")
    ] = False,
) -> None:
    """Attempt tasks with several models, beside what is committed: who passes, at what price.

    The same command goes on where it was interrupted; nothing that was answered is asked again.
    """
    from synth.loop import LoopOptions  # noqa: PLC0415 - start-up stays quick
    from synth.matrix import MatrixOptions, columns_of, measure_matrix  # noqa: PLC0415
    from synth.matrix.table import wanted_samples  # noqa: PLC0415
    from synth.matrix.telling import to_json, to_markdown  # noqa: PLC0415
    from synth.scheduling import hire  # noqa: PLC0415

    access = {
        "base_url": base_url,
        "max_output_tokens": max_output_tokens,
        "max_images": max_images,
        "timeout": timeout,
        "temperature": temperature,
    }
    options = MatrixOptions(
        samples=samples,
        loop=LoopOptions(
            rounds=rounds,
            faster_rounds=faster_rounds,
            calls=calls,
            tokens=tokens,
            money=money,
            seconds=seconds,
        ),
        access={name: value for name, value in access.items() if value is not None},
        unsafe=unsafe,
    )
    folders = _folders(tasks)
    columns = columns_of(_names(models, "--models"), _names(prompts, "--prompts"))
    for file in (figure, markdown):
        if file is not None and not file.parent.is_dir():
            raise UsageError(f"{file}: there is no folder {file.parent}.")

    def told(done: int, total: int, newest: Sample | Problem | None) -> None:
        if newest is not None:
            errors().print(_line(newest, columns), markup=False)
        waiting.tell()
        tell("attempts", done, total)

    wanted = list(wanted_samples(folders, columns, options))
    waiting, most = UnansweredRequests(one.attempt.asked for one in wanted), len(wanted)
    with PhaseProgress("matrix") as tell, hire(scheduler, jobs, most=most) as crew:
        found = measure_matrix(folders, columns, options, crew, on_sample=told)
    if figure is not None:
        from synth.matrix.figure import draw_matrix  # noqa: PLC0415 - draws

        draw_matrix(found, figure)
    if markdown is not None:
        markdown.write_text(to_markdown(found), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(to_json(found), indent=2))
    else:
        _print(found)
    for problem in found.problems:
        raise problem.error


def _names(text: str, option: str) -> list[str]:
    names = [part.strip() for part in text.split(",") if part.strip()]
    if not names:
        raise UsageError(f"{option}: name at least one.")
    return names


def _folders(tasks: str | None) -> list[Path]:
    """The committed folders that are meant.

    Raises:
        UsageError: One is not committed, or there is none.
    """
    if tasks is None:
        folders = sorted(path.parent for path in GENERATED.glob("*/reward.py"))
    else:
        folders = [task_folder(name) for name in dict.fromkeys(_names(tasks, "--tasks"))]
    for folder in folders:
        if not (folder / "reward.py").exists():
            raise UsageError(
                f"{folder}: no reward is committed, so there is nothing frozen to attempt; "
                f"`synth run {folder.name}` makes one."
            )
    if not folders:
        raise UsageError(f"{GENERATED}: no reward is committed; `synth run TASK` makes one.")
    return folders


def _line(newest: Sample | Problem, columns: Sequence[Column]) -> str:
    from synth.matrix import Sample  # noqa: PLC0415 - start-up stays quick

    if not isinstance(newest, Sample):
        name = columns[newest.column].name
        return f"{newest.task}, {name}, sample {newest.number}: not made: {newest.error}"
    words = "" if newest.prompt_set == "default" else f", {newest.prompt_set}"
    what = "passes" if newest.passed else f"does not pass: {newest.reason}"
    return f"{newest.task}, {newest.model}{words}, sample {newest.number}: {what}"


def _print(found: Matrix) -> None:
    from synth.matrix.telling import HEAD, difference_in_words, rows  # noqa: PLC0415

    # Where there is no terminal to fit it to, nothing is cut off.
    wide = output() if output().is_terminal else Console(width=WIDE, highlight=False)
    table = Table(*HEAD, box=None, pad_edge=False)
    before = ""
    for task, *rest in rows(found):
        table.add_row(task if task != before else "", *rest)
        before = task
    wide.print(table)
    for difference in found.differences:
        output().print(difference_in_words(difference), markup=False)
