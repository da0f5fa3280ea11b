"""The index: every task, what its reward is known to be, and the page that tells more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.episode import read_store
from synth.errors import SynthError
from synth.page.album import Album
from synth.page.failures import Plate
from synth.page.render import render_index
from synth.report import measure
from synth.suite.omissions import left_out
from synth.task.paths import task_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from synth.report import Measured
    from synth.sandbox import Sandboxes
    from synth.spec import Spec

__all__ = ["Entry", "index_of"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One task of the index.

    Attributes:
        spec: The task.
        measured: What is known of it by what is recorded and committed.
        page: File name of its page, where one lies beside the index.
        not_checked: What its suite leaves out.
        plates: The start of an expert's episode, and its first success.
    """

    spec: Spec
    measured: Measured
    page: str
    not_checked: tuple[str, ...]
    plates: tuple[Plate, ...]


def index_of(
    specs: Sequence[Spec],
    folder: Path,
    *,
    sandboxes: Sandboxes,
    tell: Callable[[str, int, int], None],
) -> str:
    """The index as HTML.

    Args:
        specs: The tasks.
        folder: Where it will lie, with the tasks' pages.
        sandboxes: Where committed programs run, for their agreement with held-out episodes.
        tell: Called with a task, and how many of how many are done.
    """
    album, entries = Album(), []
    for number, spec in enumerate(specs):
        tell(spec.name, number, len(specs))
        page = f"{spec.name}.html"
        entries.append(
            Entry(
                spec,
                measure(spec, sandboxes=sandboxes),
                page if (folder / page).exists() else "",
                left_out(spec),
                _plates(spec, album),
            )
        )
    return render_index(entries, album.sheets())


def _plates(spec: Spec, album: Album) -> tuple[Plate, ...]:
    """Nothing where nothing is recorded."""
    try:
        store = read_store(task_folder(spec.name) / "episodes")
    except SynthError:
        return ()
    for episode in store.select(kind="expert", split="visible"):
        at = episode.first_success
        if at:
            frames = store.frames_of(episode)
            first, last = album.add(frames[0]), album.add(frames[at])
            return (Plate(first, "at the start"), Plate(last, "success"))
    return ()
