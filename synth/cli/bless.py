"""``synth bless``: a candidate becomes the committed reward, in one step."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  typer reads the annotations at run time
from typing import TYPE_CHECKING, Annotated

import typer

from synth.cli.console import output
from synth.errors import UsageError
from synth.spec import load_spec
from synth.task.paths import RUNS, task_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["bless"]


def bless(
    task: Annotated[str, typer.Argument(help="A spec's name, or its path.")],
    candidate: Annotated[
        Path | None,
        typer.Argument(
            help="The folder of an accepted run or attempt, as runs/TASK/regress/MODEL/1-2. It may "
            "be left out where there is only one whose program is not the committed one."
        ),
    ] = None,
    note: Annotated[str, typer.Option(help="Why, for the changelog.")] = "",
) -> None:
    """Make an accepted candidate the committed reward: whole or not at all, with provenance."""
    from synth.cli.run import audit  # noqa: PLC0415 - start-up stays quick
    from synth.loop import deciding_store, promote  # noqa: PLC0415

    spec = load_spec(task)
    folder = task_folder(spec.name)
    run = candidate if candidate is not None else _only_candidate(spec.name)
    if not (run / "journal.jsonl").exists():
        raise UsageError(f"{run}: no run lies here; name a folder below runs/{spec.name}.")
    origin = promote(run, folder, deciding_store(run, folder), note=note)
    output().print(
        f"{run} is now {folder}: program {origin.program[:8]} by {origin.model}", markup=False
    )
    raise typer.Exit(0 if audit(spec, output()) else 1)


def _only_candidate(task: str) -> Path:
    """The one accepted run of a task whose program is not the committed one.

    Raises:
        UsageError: There is none, there are several, or something else was accepted after it.
    """
    accepted = list(_accepted(task))
    committed = task_folder(task) / "reward.py"
    text = committed.read_bytes() if committed.exists() else b""
    found = [run for run in accepted if (run / "reward.py").read_bytes() != text]
    if len(found) == 1:
        newest = max(accepted, key=lambda run: (run / "status.json").stat().st_mtime)
        if newest == found[0]:
            return newest
        raise UsageError(
            f"{task}: what was accepted last, {newest.as_posix()}, has the committed program. The "
            f"only other candidate is older; name it if you mean it: {found[0].as_posix()}."
        )
    if not found:
        raise UsageError(
            f"runs/{task}: no accepted run has another program than the committed one; "
            f"`synth run {task}` or `synth regress {task}` makes candidates."
        )
    listed = ", ".join(p.as_posix() for p in found)
    raise UsageError(f"{task}: there are {len(found)} candidates; name one of them: {listed}.")


def _accepted(task: str) -> Iterator[Path]:
    from synth.loop import read_status  # noqa: PLC0415 - start-up stays quick

    for status in sorted((RUNS / task).rglob("status.json")):
        known = read_status(status.parent)
        if known is not None and known.accepted:
            yield status.parent
