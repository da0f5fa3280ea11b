"""``synth sweep``: CLIP rewards at every threshold and temperature, beside the program."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import Annotated

import typer
from rich.table import Table

from synth.cli.console import EpisodeProgress, output
from synth.cli.drawn import drawable
from synth.spec import load_spec
from synth.task.paths import task_folder

__all__ = ["sweep"]


def sweep(
    task: Annotated[str, typer.Argument(help="A spec's name, or its path.")],
    reward: Annotated[
        list[str], typer.Option(help="clip:MODEL, with its words and negatives; repeatable.")
    ],
    seeds: Annotated[int, typer.Option(min=1, max=5000, help="Fresh seeds per policy.")] = 20,
    figure: Annotated[
        Path | None,
        typer.Option(callback=drawable, help="Draw precision against recall into this PNG or SVG."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The best points as JSON.")] = False,
) -> None:
    """How good a CLIP reward could be: precision and recall over threshold and temperature."""
    from synth.alternatives.sweep import sweep as try_all  # noqa: PLC0415 - start-up stays quick

    spec = load_spec(task)
    with EpisodeProgress(f"rolling out {spec.name}", 2 * seeds) as advance:
        swept = try_all(spec, task_folder(spec.name), reward, seeds=seeds, on_episode=advance)
    if figure is not None:
        from synth.alternatives.sweep_figure import draw_sweep  # noqa: PLC0415 - draws

        draw_sweep(swept, figure)
    if as_json:
        told = [
            {
                "reward": one.name,
                "subtask": row.subtask,
                "predicate": row.predicate,
                "frames": row.frames,
                "held": row.held,
                "best": {**asdict(row.best), "f1": row.best.f1},
                "program": {"precision": row.code[0], "recall": row.code[1]},
            }
            for one in swept
            for row in one.subtasks
        ]
        typer.echo(json.dumps(told, indent=2))
        return
    table = Table(
        "reward", "sub-task", "truth", "best F1", "precision", "recall", "temperature",
        "threshold", "program: precision", "recall", box=None, pad_edge=False,
    )  # fmt: skip
    for one in swept:
        for row in one.subtasks:
            best = row.best
            table.add_row(
                one.name,
                row.subtask,
                f"{row.predicate}, {row.held} of {row.frames}",
                f"{best.f1:.3f}",
                f"{best.precision:.3f}",
                f"{best.recall:.3f}",
                f"{best.temperature:g}",
                f"{best.threshold:.3g}",
                f"{row.code[0]:.3f}",
                f"{row.code[1]:.3f}",
            )
    output().print(table)
    if figure is not None:
        output().print(f"drawn: {figure}")
