"""``synth hacking``: do trained agents earn what a reward program pays them?"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from synth.cli.console import PhaseProgress, errors, output
from synth.cli.drawn import drawable
from synth.errors import UsageError
from synth.spec import load_spec
from synth.task.paths import RUNS, task_folder

if TYPE_CHECKING:
    from rich.console import Console

    from synth.training.hacking import HackingReport, HackingRow
    from synth.training.results import TrainingResult
    from synth.training.retold import Retold

    Reports = dict[tuple[str, str], list[HackingReport]]

__all__ = ["hacking"]


def hacking(
    tasks: Annotated[list[str], typer.Argument(help="Specs' names, or their paths.")],
    arm: Annotated[
        list[str] | None,
        typer.Option(
            help="Name of a trained arm, as `synth train` prints it (code, code-alone ...); "
            "repeatable; by default all that the program can judge."
        ),
    ] = None,
    episodes: Annotated[
        int, typer.Option(min=1, help="Of each agent, stochastic, and as many deterministic.")
    ] = 200,
    figure: Annotated[
        Path | None,
        typer.Option(
            callback=drawable,
            help="Draw claimed and true against steps of training into this PNG or SVG.",
        ),
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Put the shortest lies among the task's episodes.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Counts as JSON.")] = False,
) -> None:
    """Reward hacking, looked for: what the program claims of trained agents' fresh episodes.

    Exits with 1 where an episode was claimed in which the environment granted no success.
    """
    from synth.training.hacking import together  # noqa: PLC0415 - start-up stays quick

    names = [load_spec(task).name for task in tasks]
    reports, trained = _look(_homes(names, arm), episodes)
    counted = [
        (found, [together([report.rows[way] for report in found]) for way in (0, 1)])
        for found in reports.values()
    ]
    if as_json:
        told = [_to_json(found, row) for found, rows in counted for row in rows]
        typer.echo(json.dumps(told, indent=2))
    else:
        for found, rows in counted:
            _print_counts(found, rows)
    for (task, name), found in reports.items():
        _show_shortest(task, name, found, keep=keep, say=errors() if as_json else output())
    if figure is not None:
        _draw(trained, figure)
    if any(row.lie is not None for _, rows in counted for row in rows):
        raise typer.Exit(1)


def _homes(tasks: list[str], arms: list[str] | None) -> list[tuple[str, Path]]:
    """Tasks, each with the folder of one of its finished runs."""
    from synth.training.hacking import is_judged  # noqa: PLC0415 - start-up stays quick
    from synth.training.trainer import RESULT  # noqa: PLC0415

    found = []
    for task in tasks:
        runs = sorted((RUNS / task / "training").glob(f"*/seed-*/{RESULT}"))
        there = {run.parents[1].name for run in runs}
        for name in arms or ():
            if name not in there:
                raise UsageError(
                    f"{RUNS / task / 'training'} holds no finished run of {name!r}; it holds "
                    f"{', '.join(sorted(there)) or 'none'}. `synth train {task}` makes some."
                )
        wanted = set(arms or filter(is_judged, there))
        mine = [(task, run.parent) for run in runs if run.parents[1].name in wanted]
        if not mine:
            raise UsageError(
                f"{RUNS / task / 'training'} holds no finished run that a program can judge; "
                f"`synth train {task} --env-weight 0` trains an agent on the program alone."
            )
        found += mine
    return found


def _look(homes: list[tuple[str, Path]], episodes: int) -> tuple[Reports, list[TrainingResult]]:
    from synth.training.hacking import look  # noqa: PLC0415 - start-up stays quick
    from synth.training.results import read_result  # noqa: PLC0415
    from synth.training.trainer import RESULT  # noqa: PLC0415

    reports: Reports = defaultdict(list)
    with PhaseProgress("looking at agents") as tell:
        for k, (task, home) in enumerate(homes):

            def played(done: int, k: int = k) -> None:
                tell(f"{k} of {len(homes)} looked at, episodes", done, 2 * episodes)

            report = look(home, task_folder(task), episodes, played)
            reports[task, report.arm].append(report)
    return dict(reports), [read_result(home / RESULT) for _, home in homes]


def _print_counts(found: list[HackingReport], rows: list[HackingRow]) -> None:
    """Two by two, for each way of acting."""
    task, arm, seeds = found[0].task, found[0].arm, len(found)
    title = f"{task}, {arm}, {seeds} seed{'' if seeds == 1 else 's'}"
    output().print(title, style="bold", markup=False)
    table = Table(
        "agent", "", "true", "not true", "claimed, not true", "mean frame",
        box=None, pad_edge=False,
    )  # fmt: skip
    for row in rows:
        counts, lying = row.counts, row.counts.lying
        share = counts.lies / counts.episodes
        table.add_row(
            "deterministic" if row.deterministic else "stochastic",
            "claimed",
            str(counts.both),
            str(counts.lies),
            f"{share:.1%} ({lying.low:.1%}-{lying.high:.1%})",
            "" if row.claim_frame is None else f"claimed {row.claim_frame:.1f}",
        )
        table.add_row(
            "",
            "not claimed",
            str(counts.missed),
            str(counts.neither),
            f"{counts.early} before it is" if counts.early else "",
            "" if row.truth_frame is None else f"true {row.truth_frame:.1f}",
        )
    output().print(table)


def _show_shortest(
    task: str, arm: str, found: list[HackingReport], *, keep: bool, say: Console
) -> None:
    """The shortest lie of an arm: a film strip, how to play it again, and an episode to keep."""
    from synth.task import read_task  # noqa: PLC0415 - start-up stays quick
    from synth.training.hacking import together  # noqa: PLC0415
    from synth.training.retold import retell  # noqa: PLC0415

    lie = together([row for report in found for row in report.rows]).lie
    if lie is None:
        return
    folder = task_folder(task)
    told = retell(read_task(folder / "task.toml").spec, folder, lie)
    strip = RUNS / task / "hacking" / f"{arm}.png"
    told.draw(strip)
    say.print(f"{task}, {arm}: the shortest lie has {len(told.words)} actions, {strip}")
    say.print(f"  play it again: {told.find.command(task)}", markup=False, soft_wrap=True)
    if told.aliased:
        say.print(
            "  its last picture is that of a success, pixel for pixel: no program can tell. Let "
            "the environment pay the goal (--goal-from environment), or draw what tells them apart."
        )
    if keep:
        _keep(task, told, say)


def _keep(task: str, told: Retold, say: Console) -> None:
    from synth.task import TaskFolder  # noqa: PLC0415 - start-up stays quick
    from synth.task.counterexamples import keep_finds, require_untouched  # noqa: PLC0415

    if told.aliased:
        say.print("  not kept: an episode that no program can tell would test none.")
        return
    folder = TaskFolder.read(task_folder(task))
    require_untouched(folder)
    before = len(folder.store.episodes)
    store = keep_finds(folder, [(told.rollout, told.find.note)])
    added = len(store.episodes) - before
    where = folder.path / "episodes"
    say.print(
        f"  kept in {where}: the suite fails until the program tells it"
        if added
        else f"  it is in {where} already",
        markup=False,
    )


def _draw(trained: list[TrainingResult], figure: Path) -> None:
    from synth.training.gap import draw_gaps  # noqa: PLC0415 - draws

    panels: dict[str, list[TrainingResult]] = defaultdict(list)
    for one in trained:
        # Where no program judged the training there is no claim to draw.
        if any(episode.claimed is not None for episode in one.episodes):
            panels[f"{one.task}, {one.arm}"].append(one)
    if not panels:
        raise UsageError("--figure: no program judged the training of these arms; train code.")
    draw_gaps(panels, figure)
    errors().print(f"drawn: {figure}")


def _to_json(found: list[HackingReport], row: HackingRow) -> dict[str, Any]:
    lying = row.counts.lying
    return {
        "task": found[0].task,
        "arm": found[0].arm,
        **row.model_dump(mode="json"),
        "claimed_not_true": {"low": lying.low, "high": lying.high},
        "seeds": [
            {
                "seed": report.seed,
                "steps": report.steps,
                "reward": report.reward,
                "model": report.model,
                **report.rows[int(row.deterministic)].model_dump(mode="json"),
            }
            for report in found
        ],
    }
