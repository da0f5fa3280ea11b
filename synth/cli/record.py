"""``synth record`` and ``synth suite``: episodes, and the suite over them."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from synth.cli.console import PhaseProgress, output
from synth.spec import load_spec
from synth.suite.diagnosis import count
from synth.task.paths import RUNS, require_room, task_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

    from synth.spec import Spec

__all__ = ["ensure_episodes", "ensure_suite", "record", "suite"]


def record(
    task: Annotated[str, typer.Argument(help="A spec's name, or its path.")],
    force: Annotated[
        bool, typer.Option("--force", help="Record again over existing episodes.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Say of each kind of episode why it was left out.")
    ] = False,
) -> None:
    """Record a task's episodes into generated/TASK/episodes."""
    spec = load_spec(task)
    folder = ensure_episodes(spec, force=force, verbose=verbose)
    output().print(f"look at {folder / 'contact-sheet.png'}")


def suite(task: Annotated[str, typer.Argument(help="A spec's name, or its path.")]) -> None:
    """Write a task's pytest suite, generated/TASK/test_TASK.py."""
    from synth.suite import write_suite  # noqa: PLC0415 - start-up stays quick

    spec = load_spec(task)
    ensure_episodes(spec)
    path = write_suite(spec, task_folder(spec.name))
    output().print(f"wrote {path}; `pytest {path.parent}` runs it")


def ensure_suite(spec: Spec) -> None:
    """Write the suite where there is none, so that any program can be audited by it."""
    from synth.suite import write_suite  # noqa: PLC0415 - start-up stays quick

    folder = task_folder(spec.name)
    if not (folder / f"test_{spec.name}.py").exists():
        write_suite(spec, folder)


def ensure_episodes(
    spec: Spec, *, force: bool = False, verbose: bool = False, console: Console | None = None
) -> Path:
    """Record where nothing is recorded yet; refuse where what is there does not fit.

    Returns:
        The folder of the episodes.

    Raises:
        StaleEpisodes: They were made from another version of the spec.
    """
    from synth.record import record_folder  # noqa: PLC0415 - start-up stays quick
    from synth.report.standing import keep_time  # noqa: PLC0415

    folder = task_folder(spec.name) / "episodes"
    require_room(folder, RUNS / spec.name)
    fresh = force or not (folder / "manifest.json").exists()
    skips: list[LeftOut] = []
    begun = time.process_time()
    with PhaseProgress(f"recording {spec.name}") as tell:
        store = record_folder(
            spec,
            folder,
            force=force,
            on_progress=tell,
            on_skip=lambda *skip: skips.append(LeftOut(*skip)),
        )
    if fresh:
        keep_time(spec, time.process_time() - begun)
    size = sum(path.stat().st_size for path in folder.iterdir())
    verb = "recorded" if fresh else "kept"
    say = console or output()
    say.print(
        f"{verb} {len(store.episodes)} episodes, {len(store.frames)} distinct frames, "
        f"{size / 1e3:.0f} kB in {folder}"
    )
    if store.scenes:
        stills = sum(len(scene.stills) for scene in store.scenes)
        say.print(f"{verb} {count(len(store.scenes), 'scene')} with {count(stills, 'still')}")
    if fresh and store.untold is not None:
        say.print(str(store.untold), highlight=False, markup=False)
    for line in left_out(skips, verbose=verbose):
        say.print(line, highlight=False, markup=False)
    return folder


class LeftOut(NamedTuple):
    """What a seed or an episode did not allow."""

    kind: str
    seed: int
    reason: str


def left_out(skips: Sequence[LeftOut], *, verbose: bool = False) -> list[str]:
    """What recording left out: one line for all, or one for each kind with its reason.

    A single kind is told with its reason either way.
    """
    counted = Counter(skip.kind for skip in skips)
    if len(counted) > 1 and not verbose:
        return [
            (
                f"left out: {count(len(skips), 'episode')} of {len(counted)} kinds that seeds did "
                "not allow (`synth record TASK --force --verbose` names each)"
            )
        ]
    lines = []
    for kind, number in counted.most_common():
        reason = next(skip.reason for skip in skips if skip.kind == kind)
        times = "once" if number == 1 else f"{number} times"
        lines.append(f"left out {times}: {kind} ({reason})")
    return lines
