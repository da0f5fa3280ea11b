"""Which episodes a page shows: few, and such that they tell of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from synth.episode import Episode, EpisodeStore, Scene

__all__ = ["choose"]

T = TypeVar("T")

MOST_FRAMES = 120
"""Of an episode that was not made on purpose; a longer one is shown only where all are longer."""


def choose(
    store: EpisodeStore, most: int
) -> tuple[dict[str, tuple[Episode, ...]], tuple[Scene, ...]]:
    """Visible episodes by kind, and scenes.

    Held-out pictures are left out: a page may be shown to anyone, a model included.

    Args:
        store: The episodes.
        most: Of each kind, at most; of random ones, which tell least, half as many.

    Returns:
        Kind to episodes, each kind in recording order; and scenes.
    """
    chosen: dict[str, tuple[Episode, ...]] = {}
    for kind, limit in (("expert", most), ("near_miss", 2 * most), ("random", most // 2 or 1)):
        episodes = store.select(kind=kind, split="visible")  # type: ignore[arg-type]
        if kind == "random":
            episodes = tuple(sorted(episodes, key=lambda e: len(e) > MOST_FRAMES))
            episodes = _with_success(episodes)
        chosen[kind] = _spread(episodes, limit, _sort_of)
    chosen["found"] = store.select(kind="found", split="visible")[-2 * most :]
    scenes = tuple(scene for scene in store.scenes if scene.split == "visible")
    return chosen, _spread(scenes, most, lambda scene: scene.way[-2:])


def _sort_of(episode: Episode) -> str:
    """By which near misses are of one sort: how they were made, without what differs."""
    return episode.note.partition(": ")[0] if "mission" in episode.note else episode.note


def _with_success(episodes: Sequence[Episode]) -> tuple[Episode, ...]:
    """One that succeeds by chance first, since it tells most."""
    return tuple(sorted(episodes, key=lambda e: not e.success.any()))


def _spread(items: Sequence[T], most: int, sort: Callable[[T], Hashable]) -> tuple[T, ...]:
    """The first of each sort, then others evenly; in their order."""
    first = {sort(item): at for at, item in reversed(list(enumerate(items)))}
    picked = sorted(first.values())
    if len(picked) > most:
        even = np.linspace(0, len(picked) - 1, most).round().astype(int)
        picked = [picked[i] for i in dict.fromkeys(even.tolist())]
    rest = [at for at in range(len(items)) if at not in picked]
    missing = min(most - len(picked), len(rest))
    if missing > 0:
        even = np.linspace(0, len(rest) - 1, missing).round().astype(int)
        picked += [rest[i] for i in even.tolist()]
    return tuple(items[at] for at in sorted(set(picked)))
