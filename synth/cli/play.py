"""``synth play``: a person demonstrates a task with the keyboard, and on screens with the mouse."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from synth.cli.console import output
from synth.errors import UsageError
from synth.spec import load_spec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.spec import Spec

__all__ = ["play"]

DEMONSTRATIONS = Path("demonstrations")


def play(
    task: Annotated[str, typer.Argument(help="A spec's name, or its path.")],
    into: Annotated[
        str, typer.Option(help="The folder of the demonstrations; demonstrations/TASK by default.")
    ] = "",
    window: Annotated[
        bool | None,
        typer.Option(
            "--window/--terminal", help="Where to play; a window where one can be opened."
        ),
    ] = None,
) -> None:
    """Demonstrate a task: what succeeds becomes expert episodes, by policy = "play:FOLDER"."""
    from synth.envs import family_of  # noqa: PLC0415 - start-up stays quick
    from synth.play import Controls, play_session  # noqa: PLC0415
    from synth.play.terminal import TerminalScreen  # noqa: PLC0415
    from synth.play.window import WindowScreen, can_open  # noqa: PLC0415

    spec = load_spec(task)
    folder = Path(into) if into else DEMONSTRATIONS / spec.name
    simulator = family_of(spec).make(spec)
    try:
        controls = Controls(simulator)
        windowed = not can_open() if window is None else window
        opened = (
            WindowScreen(spec.name)
            if windowed
            else TerminalScreen(output(), pointed=controls.pointed)
        )
        with opened as screen:
            seeds = _seeds(spec, folder)
            done = play_session(spec, simulator, controls, screen, seeds=seeds, folder=folder)
    finally:
        simulator.close()
    there = len(_played(spec, folder))
    out = output()
    out.print(f"kept {done.kept} demonstrations; {there} seeds are in {folder}", markup=False)
    wanted = spec.expert.episodes + spec.held_out.episodes
    if there < wanted:
        out.print(
            f"specs/{spec.name}.toml asks for {spec.expert.episodes} visible and "
            f"{spec.held_out.episodes} held-out experts: play {wanted - there} more, or ask for "
            "fewer"
        )
    if there:
        out.print(f'they are its expert with policy = "play:{folder}" under [expert]', markup=False)


def _seeds(spec: Spec, folder: Path) -> Iterator[int]:
    """Seeds from the spec's first on that nobody has demonstrated."""
    there = _played(spec, folder)
    return (seed for seed in count(spec.seed) if seed not in there)


def _played(spec: Spec, folder: Path) -> set[int]:
    from synth.experts.played import FILE, successes  # noqa: PLC0415 - start-up stays quick

    if not (folder / FILE).exists():
        return set()
    try:
        return {one.seed for one in successes(folder, spec.env)}
    except UsageError as error:
        raise UsageError(f"{error} Name another folder with --into.") from error
