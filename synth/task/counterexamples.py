"""Finds put among a task's episodes on disk, where every later audit replays them.

The folder is replaced whole, and the provenance records the episodes as they are then. No
program is asked here: that a find is worth keeping is for whoever found it to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.episode import read_store
from synth.episode.replace import rebuilt_folder, recover_folder
from synth.errors import UsageError
from synth.record.folder import replace_folder
from synth.task.found import add_found, found_like, shown_in
from synth.task.provenance import changed_files, read_digests, renew_episode_digests

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.episode import EpisodeStore, Rollout
    from synth.task.folder import TaskFolder

__all__ = ["keep_finds", "require_untouched"]


def require_untouched(task: TaskFolder) -> None:
    """Check that finds may be added: the episodes are those the reward was judged on.

    Raises:
        StaleEpisodes: They were made from another version of the spec.
        UsageError: One of the files is another one than the reward was judged on.
    """
    task.store.require_fit(task.spec, folder=str(task.path / "episodes"))
    changed = changed_files(task.path, read_digests(task.path) or {})
    if changed:
        raise UsageError(
            f"{task.path}: {changed[0]} is not what the reward was judged on, so nothing can "
            "be added to the episodes; restore it, or run `synth run` again."
        )


def keep_finds(task: TaskFolder, found: Sequence[tuple[Rollout, str]]) -> EpisodeStore:
    """Put episodes among a task's, those left out that are there already.

    What shows the very same as another find, as two seeds may, is there already.

    Args:
        task: Whose folder; see `require_untouched`.
        found: Episodes, each with a note on how it was found.

    Returns:
        The store as it lies in the folder now.
    """
    recover_folder(task.path)
    store = read_store(task.path / "episodes")
    unlike = {shown_in(one): (one, note) for one, note in reversed(found)}
    new = [pair for pair in unlike.values() if not found_like(store, pair[0])]
    more = add_found(store, task.spec, new[::-1])
    if len(more.episodes) == len(store.episodes):
        return store
    # Episodes and what the provenance says of them change in one step: a crash between the two
    # would leave a folder that nothing can be added to.
    with rebuilt_folder(task.path, from_old=True) as fresh:
        kept = replace_folder(task.spec, fresh / "episodes", more)
        renew_episode_digests(fresh)
    return kept
