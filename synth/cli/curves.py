"""``synth curves``: what trained agents reached against steps, as a table and a figure."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import Annotated

import typer
from rich.table import Table

from synth.cli.console import output
from synth.cli.drawn import drawable
from synth.errors import UsageError
from synth.task.paths import RUNS

__all__ = ["curves"]


def curves(
    tasks: Annotated[
        list[str] | None, typer.Argument(help="Tasks' names; by default all that were trained.")
    ] = None,
    figure: Annotated[
        Path | None,
        typer.Option(callback=drawable, help="Draw success against steps into this PNG or SVG."),
    ] = None,
    results: Annotated[
        Path | None, typer.Option(help="A folder of results, in place of runs/.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Figures as JSON.")] = False,
) -> None:
    """Success against steps over seeds: interquartile means with 95% bootstrap intervals."""
    from synth.training.curves import summary_of  # noqa: PLC0415 - start-up stays quick
    from synth.training.results import results_in  # noqa: PLC0415 - as above

    home = results or RUNS
    found = results_in(home, tasks or ())
    if not found:
        raise UsageError(
            f"{home} holds no finished run"
            + (f" of {', '.join(tasks)}" if tasks else "")
            + "; `synth train TASK --reward code --reward sparse` makes some."
        )
    rows = [summary_of(seeds) for arms in found.values() for seeds in arms.values()]
    if figure is not None:
        from synth.training.figure import draw  # noqa: PLC0415 - draws

        draw(found, figure)
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in rows], indent=2))
        return
    table = Table(
        "task", "arm", "seeds", "reached 90%", "steps to 90%", "95% interval", "success at the end",
        box=None, pad_edge=False,
    )  # fmt: skip
    for row in rows:
        bound = "> " if row.bound else ""
        table.add_row(
            row.task,
            row.arm,
            str(row.seeds),
            f"{row.reached} of {row.seeds}",
            f"{bound}{row.steps:,.0f}",
            f"{row.low:,.0f} to {row.high:,.0f}",
            f"{row.final:.0%}",
        )
    output().print(table)
    if figure is not None:
        output().print(f"drawn: {figure}")
