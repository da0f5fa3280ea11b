"""``synth diff``: two rewards of a task, in code and on the episodes on which they differ."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.syntax import Syntax

from synth.cli.console import PhaseProgress, output
from synth.errors import EnvironmentFault, SpecError
from synth.task.paths import RUNS, task_folder

__all__ = ["diff"]

COMMITTED = "committed"


def diff(
    task: Annotated[str, typer.Argument(help="The task's name.")],
    one: Annotated[
        str,
        typer.Argument(
            metavar="A", help="A program, a folder with a reward.py, or the word committed."
        ),
    ],
    other: Annotated[str, typer.Argument(metavar="B", help="Likewise.")],
    episodes: Annotated[
        int,
        typer.Option(min=0, help="Fresh episodes of each kind; with 0 the recorded visible ones."),
    ] = 20,
    most: Annotated[int, typer.Option(min=0, help="Film strips at most.")] = 6,
) -> None:
    """Show how two rewards differ: their code by sub-task, and film strips of episodes."""
    from synth.record.refresh import fresh_unrecorded  # noqa: PLC0415 - start-up stays quick
    from synth.regress.code import code_diffs  # noqa: PLC0415
    from synth.regress.comparison import draw_differences  # noqa: PLC0415
    from synth.regress.frames import differing, match, watch  # noqa: PLC0415
    from synth.task import TaskFolder  # noqa: PLC0415

    out, folder = output(), TaskFolder.read(task_folder(task))
    ours, theirs = (_source(folder.path, text, task) for text in (one, other))
    store = folder.store
    if episodes:
        try:
            with PhaseProgress(f"playing {task}") as tell:
                store = fresh_unrecorded(folder.spec, store, episodes, on_progress=tell)
        except (EnvironmentFault, SpecError) as error:
            out.print(
                f"on the recorded episodes, since no fresh ones can be played: {error}",
                markup=False,
            )
    both = watch(ours, store), watch(theirs, store)
    matched = match(*both)
    for part in code_diffs(ours, theirs, matched):
        out.print(f"[bold]{part.title}[/]" + ("" if part.lines else ": the same code"))
        if part.lines and out.is_terminal:
            out.print(Syntax("\n".join(part.lines), "diff", theme="ansi_light", word_wrap=True))
        elif part.lines:
            # Without a terminal to fit it to, `Syntax` would cut lines at 80 columns.
            out.print("\n".join(part.lines), markup=False)
    for pair in matched:
        out.print(
            f"{pair.one} and {pair.other} differ on {pair.differing} of {pair.frames} frames",
            markup=False,
        )
    found = differing(*both, matched)
    home = RUNS / task / "diff"
    drawn = draw_differences(home, store, both, matched, found, sides=(one, other), most=most)
    out.print(f"{len(found)} of {len(store.episodes)} episodes differ")
    for path in drawn:
        out.print(f"look at {path}", markup=False)


def _source(folder: Path, text: str, task: str) -> str:
    from synth.task import read_reward  # noqa: PLC0415 - start-up stays quick

    path = folder if text == COMMITTED else Path(text)
    return read_reward(path / "reward.py" if path.is_dir() else path, task)
