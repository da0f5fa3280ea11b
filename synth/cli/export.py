"""``synth export``: recorded episodes for others: a Minari dataset, videos, pictures, archives."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from synth.cli.console import output
from synth.cli.record import ensure_episodes
from synth.errors import EnvironmentFault, SpecError, UsageError
from synth.spec import load_spec
from synth.task.paths import require_room

if TYPE_CHECKING:
    from synth.spec import Spec

__all__ = ["export"]


def export(
    task: Annotated[str, typer.Argument(help="A spec's name, or its path.")],
    folder: Annotated[str, typer.Argument(help="Where files go; it must be empty.")] = "",
    form: Annotated[
        str, typer.Option("--as", help="frames, mp4, gif or npz: one of them an episode.")
    ] = "mp4",
    minari: Annotated[
        str, typer.Option(help="Make a Minari dataset of that id instead: synth/doorkey-v0.")
    ] = "",
) -> None:
    """Give a task's episodes to others, as files or as a Minari dataset."""
    from synth.episode import read_store  # noqa: PLC0415 - start-up stays quick
    from synth.sources.export import FORMATS, export_files, require_export  # noqa: PLC0415
    from synth.sources.minari_export import export_minari, require_minari  # noqa: PLC0415

    if bool(folder) == bool(minari):
        raise UsageError("name a folder for files, or a dataset with --minari.")
    chosen = next((one for one in FORMATS if one == form), None)
    if chosen is None:
        raise UsageError(f"--as {form}: say one of {', '.join(FORMATS)}.")
    spec = load_spec(task)
    if minari:
        require_minari(minari)
    else:
        require_room(Path(folder))
        require_export(Path(folder), chosen)
    store = read_store(ensure_episodes(spec))
    if minari:
        count = export_minari(store, minari, spec.name, _actions(spec))
        output().print(f"wrote {count} episodes into the Minari dataset {minari}")
        return
    count = export_files(store, Path(folder), chosen)
    output().print(f"wrote {count} episodes and success.csv into {folder}")
    output().print(f"`synth import NAME {folder}` makes a task of them", markup=False)


def _actions(spec: Spec) -> Any:
    """The environment's action space, where it can be made here."""
    from synth.envs import family_of  # noqa: PLC0415 - start-up stays quick

    try:
        simulator: Any = family_of(spec).make(spec)
    except (EnvironmentFault, SpecError):
        return None
    try:
        return getattr(getattr(simulator, "env", None), "action_space", None)
    finally:
        simulator.close()
