"""Episodes on disk: the store, whole or not at all, and the pictures people look at.

A folder is written beside its place and then moved there, so that an interruption leaves
what was there before. Pictures are for people; nothing reads them back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.episode import read_store, write_store
from synth.episode.replace import rebuilt_folder, recover_folder
from synth.record.contact_sheet import write_contact_sheet
from synth.record.pictures import write_animation
from synth.record.recorder import record

if TYPE_CHECKING:
    from pathlib import Path

    from synth.episode import EpisodeStore
    from synth.record.serving import OnProgress, OnSkip
    from synth.spec import Spec

__all__ = ["record_folder", "replace_folder"]


def record_folder(
    spec: Spec,
    folder: Path,
    *,
    force: bool = False,
    on_progress: OnProgress | None = None,
    on_skip: OnSkip | None = None,
) -> EpisodeStore:
    """Record a spec's episodes into a folder, or keep those that are there and still fit.

    Args:
        spec: What to record.
        folder: ``generated/TASK/episodes``.
        force: Record again whatever is there.
        on_progress: Told of every episode recorded.
        on_skip: Told of every kind of near miss that a seed does not allow.

    Returns:
        The store that lies in the folder.

    Raises:
        StaleEpisodes: There are episodes of another version of the spec, and no `force`.
        ExpertFailed: The expert does not succeed.
        EnvironmentFault: The simulator is missing or misbehaves.
        SpecError: The spec names what does not exist.
    """
    recover_folder(folder)
    if not force and (folder / "manifest.json").exists():
        store = read_store(folder)
        store.require_fit(spec, folder=str(folder))
        return store
    store = record(spec, on_progress=on_progress, on_skip=on_skip)
    return replace_folder(spec, folder, store)


def replace_folder(spec: Spec, folder: Path, store: EpisodeStore) -> EpisodeStore:
    """Put a store in the place of whatever the folder holds, whole or not at all.

    Args:
        spec: Whose episodes they are.
        folder: ``generated/TASK/episodes``.
        store: Written with the pictures that people look at.

    Returns:
        The store that lies in the folder.
    """
    with rebuilt_folder(folder) as fresh:
        write_store(fresh, store)
        _draw(fresh, store, spec)
    return read_store(folder)


def _draw(folder: Path, store: EpisodeStore, spec: Spec) -> None:
    write_contact_sheet(folder / "contact-sheet.png", store, title=spec.name)
    first = store.select(kind="expert", split="visible")[0]
    write_animation(folder / f"{first.id}.gif", store, first)
