"""``synth accuracy``: a committed reward against simulator truth, on fresh seeds."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from synth.cli.console import EpisodeProgress, output
from synth.spec import load_spec
from synth.task.paths import task_folder

if TYPE_CHECKING:
    from rich.console import Console

    from synth.report import Accuracy, LabelAccuracy

__all__ = ["accuracy"]

SCENES = 12
"""Kinds of scene of which wrong frames are counted one by one."""


def accuracy(
    task: Annotated[str, typer.Argument(help="A spec's name, or its path.")],
    seeds: Annotated[int, typer.Option(min=1, max=5000, help="Fresh seeds per policy.")] = 100,
    reward: Annotated[
        str | None,
        typer.Option(help="Another program than the committed one, or clip:... or vlm:..."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Figures as JSON.")] = False,
) -> None:
    """Compare a reward with simulator truth on seeds that were never recorded."""
    from synth.named_reward import is_alternative, open_reward  # noqa: PLC0415
    from synth.report import (  # noqa: PLC0415 - start-up stays quick
        measure_accuracy,
        measure_label_accuracy,
    )
    from synth.task import TaskFolder  # noqa: PLC0415
    from synth.task.labels import LABELS  # noqa: PLC0415

    spec = load_spec(task)
    folder = task_folder(spec.name)
    with (
        open_reward(reward or folder, folder) as program,
        EpisodeProgress(f"rolling out {spec.name}", 2 * seeds) as advance,
    ):
        committed = (
            reward is not None and is_alternative(reward) and (folder / "reward.py").exists()
        )
        figures = measure_accuracy(
            spec,
            program,
            seeds=seeds,
            meant=open_reward(folder, folder) if committed else None,
            on_episode=advance,
        )
        cost = str(getattr(program.answerers, "cost", ""))
    labels: tuple[LabelAccuracy, ...] = ()
    if reward is None and (folder / LABELS).exists():
        labels = measure_label_accuracy(TaskFolder.read(folder), figures.subtasks)
    if as_json:
        content = {**asdict(figures), "labels": [asdict(row) for row in labels]}
        content |= {"cost": cost} if cost else {}
        typer.echo(json.dumps(content, indent=2))
        return
    out = output()
    out.print(
        f"{spec.name}: {seeds} expert and {seeds} random episodes on fresh seeds, "
        f"{figures.frames} frames"
    )
    out.print(_judged(figures))
    if figures.skipped:
        out.print(
            f"{figures.skipped} seeds passed over: solved at the start, or failed by the expert"
        )
    out.print(
        f"experts credited with every sub-task: {figures.experts_in_order}/{seeds}; random "
        f"episodes complete: {figures.random_complete}, of which true successes: "
        f"{figures.random_success}{_of_missions(figures)}"
    )
    table = Table(
        "sub-task", "truth", "agreement", "wrong", "precision", "recall", box=None, pad_edge=False
    )
    for row in figures.subtasks:
        if not row.predicate:
            table.add_row(row.subtask, "none told", "", "", "", "")
            continue
        strict = f" ({row.strictly_wrong} of {figures.frames} strictly)"
        table.add_row(
            row.subtask,
            row.predicate,
            f"{row.agreement:.4%}",
            f"{row.wrong} of {row.frames}" + (strict if row.frames < figures.frames else ""),
            f"{row.precision:.4f}",
            f"{row.recall:.4f}",
        )
    out.print(table)
    for line in figures.ranking.sentences():
        out.print(line)
    if len(figures.scenes) > 1:
        _print_scenes(figures, out)
    if labels:
        out.print(_labels(labels))
    if cost:
        out.print(cost)


def _print_scenes(figures: Accuracy, out: Console) -> None:
    """The kinds of scene on which something is wrong, the worst first."""
    faulty = sorted((s for s in figures.scenes if any(s.wrong)), key=lambda s: -sum(s.wrong))
    right = len(figures.scenes) - len(faulty)
    if faulty:
        names = [row.subtask for row in figures.subtasks]
        table = Table("scene", "episodes", "frames", *(f"wrong: {n}" for n in names), box=None)
        for scene in faulty[:SCENES]:
            table.add_row(
                scene.scene, str(scene.episodes), str(scene.frames), *(str(w) for w in scene.wrong)
            )
        out.print(table)
    more = f"; {len(faulty) - SCENES} more have some" if len(faulty) > SCENES else ""
    out.print(f"kinds of scene without a wrong frame: {right} of {len(figures.scenes)}{more}")


def _judged(figures: Accuracy) -> str:
    """Wrong judged frames of the goal, and what was not judged, with the strict figure beside."""
    goal, frames, successes = figures.subtasks[-1], figures.frames, figures.successes
    wrong = f"{goal.wrong} wrong of {goal.frames} judged frames of the goal"
    if figures.judged == frames:
        return f"{wrong}; every frame is judged"
    return (
        f"{wrong}; not judged, too near to the threshold of success or hidden: "
        f"{_share(frames - figures.judged, frames)} of the frames and "
        f"{_share(successes - figures.judged_successes, successes)} of the successes; hidden: "
        f"{_share(figures.hidden_successes, successes)} of the successes; strictly, all frames "
        f"judged: {goal.strictly_wrong} wrong ({1 - goal.strictly_wrong / frames:.4%} right)"
    )


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / max(whole, 1):.1%})"


def _of_missions(figures: Accuracy) -> str:
    """What came of other missions, as a further line; nothing where they do not vary."""
    told = figures.missions
    if told is None:
        return ""
    line = (
        f"\nmissions: {told.distinct} different ones; right deeds for another mission: "
        f"{told.others}, of which complete: {told.completed}"
    )
    if not told.completed:
        return line
    return f"{line}\n[bold red]the reward is wrong: it takes other missions' deeds for its own[/]"


def _labels(rows: tuple[LabelAccuracy, ...]) -> Table:
    table = Table(
        "labels of", "by", "truth", "right", "withdrawn", "unsettled", "wrong", box=None,
        pad_edge=False,
    )  # fmt: skip
    for row in rows:
        table.add_row(
            row.subtask,
            row.by,
            row.predicate or "none told",
            f"{row.right} of {row.labels}" if row.predicate else f"{row.labels}",
            f"{row.withdrawn}" + (f" ({row.withdrawn_right} right)" if row.withdrawn else ""),
            str(row.unsettled),
            ", ".join(row.wrong) if row.predicate else "",
        )
    return table
