"""The episodes that a run judges by: those recorded, and those that came with the run.

What the search finds is added to the visible ones; what was held out and has been looked
at in vain is replaced by fresh episodes. A run that is resumed, or replayed on what it
left behind, must see every episode come when it came at first: so finds that a journal
names are put aside at the start and wait there. Which of them come, and when, is for
`synth.loop.cached_judge` to say.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np

from synth.record.refresh import fresh_held_out, fresh_visible, renewable, with_held_out

if TYPE_CHECKING:
    from collections.abc import Iterable

    from synth.episode import Episode, EpisodeStore, Rollout
    from synth.failure import Find
    from synth.journal import FoundRecord
    from synth.spec import Spec
    from synth.task.labels import Label

__all__ = ["Episodes", "find_key", "visible_digest"]


class Episodes:
    """The episodes of one run, as they grow. Itself a `synth.loop.judge.Task`.

    Args:
        spec: The spec.
        store: As recorded.
        awaited: Finds that a journal names; those that `store` holds are put aside until
            they are found again.
        labels: What people have answered about pictures of the task.

    Attributes:
        labels: What eyes have answered so far, people's answers first; it grows, and what is
            taken back is marked.
    """

    def __init__(
        self,
        spec: Spec,
        store: EpisodeStore,
        awaited: Iterable[FoundRecord] = (),
        labels: Iterable[Label] = (),
    ) -> None:
        self.spec = spec
        self.labels: tuple[Label, ...] = tuple(labels)
        self.finds: tuple[Find, ...] = ()
        keys = {find_key(record) for record in awaited}
        self._aside = {key: e for key, e in _found(store).items() if key in keys}
        self.original = _without(store, self._aside.values())
        self._visible = self.original
        self._generations = {store.generation: self.original}
        self._fresh: dict[int, EpisodeStore] = {}

    @property
    def store(self) -> EpisodeStore:
        """All that a program is judged by now, the held-out episodes as recorded."""
        return self._visible

    def add(self, find: Find) -> bool:
        """Take in what the search found.

        Returns:
            Whether it is new.

        Raises:
            EnvironmentFault: It must be played for that, and the simulator is missing.
        """
        # The episode's id is no key: numbers depend on what was found before.
        key = find_key(find)
        if key in _found(self._visible):
            return False
        if key in self._aside:
            episodes = (*self._visible.episodes, self._aside[key])
            self._visible = dataclasses.replace(self._visible, episodes=episodes)
        else:
            from synth.task.found import add_found, play  # noqa: PLC0415 - few runs need Hypothesis

            played = play(self.spec, find)
            self._visible = add_found(self._visible, self.spec, [(played, find.note)])
        self.finds = (*self.finds, find)
        return True

    def at(self, generation: int) -> EpisodeStore:
        """The visible episodes of now, with the held-out ones of a generation.

        Raises:
            EnvironmentFault: They must be recorded for that, and the simulator is missing.
        """
        if generation not in self._generations:
            fresh = fresh_held_out(self.spec, self.original, generation)
            self._generations[generation] = fresh
        if self._generations[generation] is self.original:
            return self._visible
        return with_held_out(self._visible, self._generations[generation])

    @property
    def renewable(self) -> bool:
        """Whether held-out episodes that have told something can be replaced by fresh ones."""
        return renewable(self.spec)

    def fresh(self, batch: int) -> EpisodeStore:
        """Visible episodes that are in no recording, to be shown and not kept.

        Raises:
            EnvironmentFault: They cannot be played: the simulator is missing.
            SpecError: There are no seeds for so many batches.
        """
        if batch not in self._fresh:
            self._fresh[batch] = fresh_visible(self.spec, self.original, batch)
        return self._fresh[batch]


def find_key(one: Find | FoundRecord | Episode | Rollout) -> str:
    """By what two finds are the same: seed, actions, and the mission where there is one."""
    told = [] if one.mission is None else [one.mission]
    return json.dumps([one.seed, list(one.actions), *told])


def visible_digest(store: EpisodeStore) -> str:
    """Digest of all that a verdict on the visible split depends on.

    Where frames lie in the store is left out: it changes when a store is written.
    """
    episodes = store.select(split="visible")
    indices = [e.frame_index for e in episodes]
    # Only visible frames: a fresh held-out split must leave visible verdicts as they are.
    used = np.unique(np.concatenate(indices)) if indices else np.zeros(0, dtype=np.int64)
    digest = hashlib.blake2b(store.spec_digest.encode(), digest_size=16)
    digest.update(np.ascontiguousarray(store.frames[used]).data)
    for e in episodes:
        digest.update(f"{e.id}|{e.kind}|{e.seed}|{e.note}|{e.scene_events}|".encode())
        if e.mission is not None:
            digest.update(f"{e.mission!r}|".encode())
        digest.update(np.searchsorted(used, e.frame_index).tobytes() + e.success.tobytes())
    for v in store.variants:
        if v.split == "visible":
            digest.update(f"{v.name}|{v.base}|{v.frames.shape}|".encode())
            digest.update(v.frames[v.frame_index].tobytes())
    for scene in store.scenes:
        if scene.split == "visible":
            flags = [still.success for still in scene.stills]
            digest.update(f"{scene.id}|{scene.base}|{scene.way}|{scene.ahead}|{flags}|".encode())
            for picture in (scene.backdrop, *(still.frame for still in scene.stills)):
                digest.update(np.ascontiguousarray(picture).data)
    return digest.hexdigest()


def _found(store: EpisodeStore) -> dict[str, Episode]:
    episodes = store.select(kind="found", split="visible")
    return {find_key(e): e for e in episodes}


def _without(store: EpisodeStore, episodes: Iterable[Episode]) -> EpisodeStore:
    """The store itself where there is nothing to leave out."""
    dropped = {e.id for e in episodes}
    if not dropped:
        return store
    kept = tuple(e for e in store.episodes if e.id not in dropped)
    return dataclasses.replace(store, episodes=kept)
