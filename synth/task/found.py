"""Finds kept: played again, and put among a task's episodes as ``found``.

A find needs only its seed, its actions and its mission; frames, success and truth are the
simulator's own, as for every other episode. No program is asked here, and nothing is written.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from synth.episode import frame_digest
from synth.episode.frame_file import FrameFile, joined
from synth.record.player import Player
from synth.record.recorder import FramePool, episode_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from synth.episode import Episode, EpisodeStore, Rollout, Split
    from synth.failure import Find
    from synth.spec import Spec

__all__ = ["add_found", "found_like", "play", "shown_in"]


def play(spec: Spec, find: Find) -> Rollout:
    """Play a find again.

    Args:
        spec: Whose environment.
        find: The find.

    Returns:
        The episode as far as the find's last action.

    Raises:
        EnvironmentFault: The simulator is missing or misbehaves.
        SpecError: The spec names what does not exist.
    """
    with Player(spec) as player:
        return player.play(find.seed, find.actions, mission=find.mission)


def add_found(
    store: EpisodeStore,
    spec: Spec,
    rollouts: Sequence[tuple[Rollout, str]],
    split: Split = "visible",
) -> EpisodeStore:
    """A store with further episodes of kind ``found``, after all others.

    An episode of a seed, mission and actions that a find of the store already has is left out.

    Args:
        store: It stays as it is.
        spec: What it was recorded from.
        rollouts: Episodes, each with a note on how it was found.
        split: Where they belong.

    Raises:
        StaleEpisodes: The store was made from another version of the spec.
        EnvironmentFault: Their frames are not of the store's size.
    """
    store.require_fit(spec)
    known = {_name(e.seed, e.actions, e.mission) for e in store.select(kind="found")}
    prefix = "held-found" if split == "held_out" else "found"
    taken = [int(e.id.rpartition("-")[2]) for e in store.select(kind="found", split=split)]
    number = max(taken, default=-1) + 1
    used = {int(i) for e in store.select(split=split) for i in e.frame_index}
    added: list[Episode] = []
    with FrameFile(store.frames.shape[1:]) as file:
        there = {frame_digest(store.frames[i]): i for i in sorted(used)}
        pool = FramePool(file, known=there, after=len(store.frames))
        for rolled, note in rollouts:
            name = _name(rolled.seed, rolled.actions, rolled.mission)
            if name not in known:
                known.add(name)
                id_ = f"{prefix}-{number + len(added):04d}"
                added.append(episode_of(rolled, pool, "found", split, id_, note=note))
        if not added:
            return store
        frames = joined([store.frames, file.array()])
    return replace(store, frames=frames, episodes=(*store.episodes, *added))


def shown_in(rolled: Rollout) -> bytes:
    """Digest of all that is done and seen in an episode; two seeds may show the very same."""
    return _shown(rolled.actions, rolled.mission, rolled.frames)


def found_like(store: EpisodeStore, rolled: Rollout) -> tuple[Episode, ...]:
    """The visible finds that are this episode, or show the very same under another seed."""
    shown = shown_in(rolled)
    return tuple(
        e
        for e in store.select(kind="found", split="visible")
        if (e.actions, e.mission) == (rolled.actions, rolled.mission)
        and (e.seed == rolled.seed or _shown(e.actions, e.mission, store.frames_of(e)) == shown)
    )


def _shown(actions: Sequence[object], mission: str | None, frames: NDArray[np.uint8]) -> bytes:
    told = json.dumps([list(actions), mission]).encode()
    return hashlib.sha256(told + frame_digest(frames)).digest()


def _name(seed: int, actions: Sequence[object], mission: str | None) -> str:
    return json.dumps([seed, list(actions), mission])
