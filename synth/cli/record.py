"""``synth record`` and ``synth suite``: episodes, and the suite over them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from synth.cli.console import EpisodeProgress, output
from synth.spec import load_spec
from synth.task.paths import task_folder

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from synth.spec import Spec

__all__ = ["ensure_episodes", "record", "suite"]


def record(
    task: Annotated[str, typer.Argument(help="A spec's name, or its path.")],
    force: Annotated[bool, typer.Option(help="Record again over existing episodes.")] = False,
) -> None:
    """Record a task's episodes into generated/TASK/episodes."""
    spec = load_spec(task)
    folder = ensure_episodes(spec, force=force)
    output().print(f"look at {folder / 'contact-sheet.png'}")


def suite(task: Annotated[str, typer.Argument(help="A spec's name, or its path.")]) -> None:
    """Write a task's pytest suite, generated/TASK/test_TASK.py."""
    from synth.suite import write_suite  # noqa: PLC0415 - start-up stays quick

    spec = load_spec(task)
    ensure_episodes(spec)
    path = write_suite(spec, task_folder(spec.name))
    output().print(f"wrote {path}; `pytest {path.parent}` runs it")


def ensure_episodes(spec: Spec, *, force: bool = False, console: Console | None = None) -> Path:
    """Record where nothing is recorded yet; refuse where what is there does not fit.

    Returns:
        The folder of the episodes.

    Raises:
        StaleEpisodes: They were made from another version of the spec.
    """
    from synth.record import episode_count, record_folder  # noqa: PLC0415 - start-up stays quick

    folder = task_folder(spec.name) / "episodes"
    fresh = force or not (folder / "manifest.json").exists()
    skips: list[tuple[str, int, str]] = []
    with EpisodeProgress(f"recording {spec.name}", episode_count(spec)) as advance:
        store = record_folder(
            spec, folder, force=force, on_episode=advance, on_skip=lambda *skip: skips.append(skip)
        )
    size = sum(path.stat().st_size for path in folder.iterdir())
    verb = "recorded" if fresh else "kept"
    say = console or output()
    say.print(
        f"{verb} {len(store.episodes)} episodes, {len(store.frames)} distinct frames, "
        f"{size / 1e3:.0f} kB in {folder}"
    )
    counted = Counter(recipe for recipe, *_ in skips)
    for recipe, number in counted.most_common():
        reason = next(why for name, _, why in skips if name == recipe)
        times = "once" if number == 1 else f"{number} times"
        say.print(f"left out {times}: {recipe} ({reason})", highlight=False, markup=False)
    return folder
