"""``synth import``: a task without a simulator, from pictures of elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from synth.cli.console import PhaseProgress, output
from synth.errors import UsageError
from synth.spec import require_task_name
from synth.task.paths import SPECS, require_room, task_folder

__all__ = ["import_"]


def import_(
    name: Annotated[str, typer.Argument(help="The task's name: lower case, digits, dashes.")],
    source: Annotated[
        str,
        typer.Argument(help="A folder of episodes, one video, GIF or archive, or minari:ID."),
    ],
    success: Annotated[
        str,
        typer.Option(
            help="folders, last, a csv file, or for Minari a condition; by default what the "
            "source has: success.csv, its own flags, folders, else the last picture."
        ),
    ] = "",
    unsure: Annotated[
        int, typer.Option(min=0, help="Frames before the first success that are not judged.")
    ] = 0,
    every: Annotated[int, typer.Option(min=1, help="Take every so many frames.")] = 1,
    size: Annotated[
        str, typer.Option(help="Pixels of the longer side, as 128, or both, as 128x96.")
    ] = "",
    crop: Annotated[
        str, typer.Option(help="The part that is kept: left,top,right,bottom, as 0,40,640,440.")
    ] = "",
    goal: Annotated[str, typer.Option(help="The goal in words; may stay empty.")] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Replace the spec and the episodes that are there.")
    ] = False,
) -> None:
    """Write specs/NAME.toml and its episodes from frames, videos, GIFs, archives or Minari."""
    from synth.record.folder import replace_folder  # noqa: PLC0415 - start-up stays quick
    from synth.sources import ImportOptions, import_source  # noqa: PLC0415
    from synth.sources.shaping import FrameShape  # noqa: PLC0415

    require_task_name(name)
    path, folder = SPECS / f"{name}.toml", task_folder(name) / "episodes"
    require_room(SPECS, folder)
    for there in (path, folder):
        if there.exists() and not force:
            raise UsageError(f"{there} exists; choose another name, or replace it with --force.")
    options = ImportOptions(success, unsure, every, FrameShape.read(size, crop), goal)
    with PhaseProgress(f"importing {name}") as tell:
        made = import_source(name, source, options, tell)
    replace_folder(made.spec, folder, made.store)
    SPECS.mkdir(exist_ok=True)
    path.write_text(made.text, encoding="utf-8")
    out = output()
    out.print(f"wrote {path} and {folder}; look at {Path(folder) / 'contact-sheet.png'}")
    for remark in made.remarks:
        out.print(remark, markup=False)
    out.print(
        "not checked without a simulator: near misses made on purpose, scenes, search, and "
        "whether success was told right"
    )
    out.print(f"next: `synth run {name}`")
