"""What moves by itself: things that leave their place as readily for nobody as for an expert.

Where balls roll about, something in the scene changes on every frame of every success, and yet
no stage of the task is missing. A thing is known by its look in the first picture. It is
*restless* where, frame for frame, it leaves its place at least half as often in random episodes as
in experts': what chance brings about as readily as skill is nothing that a success has to do.
Told from the recorded episodes alone.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from synth.suite.looks import cut, overlap, spots
from synth.vision import pack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from synth.episode import Episode, EpisodeStore, Split

    Look = NDArray[np.uint32]

__all__ = ["restless_looks", "steady"]

SHARE = 0.5
"""Of the experts' rate that chance must reach."""

ENOUGH = 2
"""Random episodes in which a thing must leave its place: once may be luck."""


@lru_cache(maxsize=4)  # many programs are judged on the same episodes
def steady(store: EpisodeStore, split: Split) -> Mapping[str, Episode]:
    """A split's episodes with the scene events of restless things left out.

    Args:
        store: Where they are.
        split: Nothing held out colours what is told of visible episodes.

    Returns:
        Episode id to episode; those in which nothing is restless are as they were.
    """
    episodes = store.select(split=split)
    looks = restless_looks(store, episodes)
    if not looks:
        return {e.id: e for e in episodes}
    return {e.id: _without(store, e, looks) for e in episodes}


def restless_looks(store: EpisodeStore, episodes: Sequence[Episode]) -> tuple[Look, ...]:
    """The looks of things that move by themselves.

    Args:
        store: Where the pictures are.
        episodes: Of one split, of every kind.

    Returns:
        Codes ``uint32[h, w]`` each, as in the first pictures.
    """
    told = [e for e in episodes if e.scene_events is not None]
    randoms = [e for e in told if e.kind == "random"]
    experts = [e for e in told if e.kind == "expert"]
    if len(randoms) < ENOUGH or not experts:
        return ()
    left: dict[bytes, tuple[Look, set[str]]] = {}
    for episode in randoms:
        first = pack(store.initial_of(episode))
        for event in episode.scene_events or ():
            look = cut(first, event.box)
            if event.leaves and (look != look[0, 0]).any():
                key = f"{look.shape}".encode() + look.tobytes()
                left.setdefault(key, (look, set()))[1].add(episode.id)
    return tuple(
        look
        for look, ids in left.values()
        if len(ids) >= ENOUGH
        and _shown(store, experts, look)
        and _rate(store, randoms, look) >= SHARE * _rate(store, experts, look)
    )


def _shown(store: EpisodeStore, episodes: Sequence[Episode], look: Look) -> bool:
    """Whether any of the episodes begins with a thing of that look.

    A key of a colour that no expert met has no rate to compare with, and is no ball for that.
    """
    return any(spots(pack(store.initial_of(e)), look) for e in episodes)


def _rate(store: EpisodeStore, episodes: Sequence[Episode], look: Look) -> float:
    """How often, frame for frame, a thing of that look leaves its place for the first time."""
    times, frames = 0, 0
    for episode in episodes:
        first = pack(store.initial_of(episode))
        if not spots(first, look):
            continue
        at = min(
            (
                event.frame
                for event in episode.scene_events or ()
                if event.leaves and np.array_equal(cut(first, event.box), look)
            ),
            default=None,
        )
        times += at is not None
        frames += len(episode) if at is None else at
    return times / frames if frames else 0.0


def _without(store: EpisodeStore, episode: Episode, looks: Sequence[Look]) -> Episode:
    if not episode.scene_events:
        return episode
    first = pack(store.initial_of(episode))
    # Two that lie side by side change in one box, so that it is enough to reach over one.
    places = [
        (row, column, row + look.shape[0], column + look.shape[1])
        for look in looks
        for row, column in spots(first, look)
    ]
    kept = tuple(e for e in episode.scene_events if not any(overlap(e.box, p) for p in places))
    return (
        episode if len(kept) == len(episode.scene_events) else replace(episode, scene_events=kept)
    )
