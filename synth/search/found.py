"""Finds kept: played again, and put among a task's episodes as ``found``.

A find needs only its seed and its actions; frames, success and truth are the simulator's
own, as for every other episode. No program is asked here, and nothing is written.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from synth.episode import Episode, frame_digest
from synth.errors import UsageError
from synth.search.ground import Ground

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from synth.episode import EpisodeStore, Split
    from synth.failure import Find
    from synth.record.rolling import Rollout
    from synth.spec import Spec

__all__ = ["add_found", "play"]


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
    with Ground(spec) as ground:
        return ground.play(find.seed, find.actions)


def add_found(
    store: EpisodeStore,
    spec: Spec,
    rollouts: Sequence[tuple[Rollout, str]],
    split: Split = "visible",
) -> EpisodeStore:
    """A store with further episodes of kind ``found``, after all others.

    An episode of a seed and actions that a find of the store already has is left out.

    Args:
        store: It stays as it is.
        spec: What it was recorded from.
        rollouts: Episodes, each with a note on how it was found.
        split: Where they belong.

    Raises:
        StaleEpisodes: The store was made from another version of the spec.
        UsageError: Their frames are not of the store's size.
    """
    store.require_fit(spec)
    known = {_name(e.seed, e.actions) for e in store.select(kind="found")}
    prefix = "held-found" if split == "held_out" else "found"
    taken = [int(e.id.rpartition("-")[2]) for e in store.select(kind="found", split=split)]
    number = max(taken, default=-1) + 1
    pool = _Pool(store, split)
    added: list[Episode] = []
    for rolled, note in rollouts:
        name = _name(rolled.seed, rolled.actions)
        if name in known:
            continue
        known.add(name)
        added.append(
            Episode(
                id=f"{prefix}-{number + len(added):04d}",
                kind="found",
                split=split,
                seed=rolled.seed,
                policy=rolled.policy,
                frame_index=pool.add(rolled.frames),
                actions=rolled.actions,
                rewards=rolled.rewards,
                success=rolled.success,
                truth=rolled.truth,
                note=note,
                changes=rolled.changes,
            )
        )
    return replace(store, frames=pool.stack(), episodes=(*store.episodes, *added))


def _name(seed: int, actions: Sequence[object]) -> str:
    return json.dumps([seed, list(actions)])


class _Pool:
    """A store's frames and more; a split's own frames are found again, other splits' are not."""

    def __init__(self, store: EpisodeStore, split: Split) -> None:
        self._frames, self._more = store.frames, list[np.ndarray]()
        used = {int(i) for e in store.select(split=split) for i in e.frame_index}
        self._known = {frame_digest(store.frames[i]): i for i in sorted(used)}

    def add(self, frames: NDArray[np.uint8]) -> NDArray[np.int32]:
        """Take in ``uint8[T, H, W, 3]``; gives ``int32[T]``, their indices."""
        if frames.shape[1:] != self._frames.shape[1:]:
            raise UsageError(
                f"frames of {frames.shape[1:]} do not fit episodes of {self._frames.shape[1:]}; "
                "record the task anew with `synth record --force`."
            )
        return np.array([self._place(frame) for frame in frames], dtype=np.int32)

    def stack(self) -> NDArray[np.uint8]:
        """``uint8[N, H, W, 3]``."""
        if not self._more:
            return self._frames
        frames = np.concatenate([self._frames, np.stack(self._more)])
        frames.setflags(write=False)
        return frames

    def _place(self, frame: NDArray[np.uint8]) -> int:
        at = self._known.setdefault(frame_digest(frame), len(self._frames) + len(self._more))
        if at == len(self._frames) + len(self._more):
            self._more.append(frame)
        return at
