"""Lamps whose light is a change of the scene, for tests of what a program says of changes.

Lamps ``a`` and ``b`` are things: written ``a`` a lamp is lit, written ``A`` it glows, and
what else is lit (``c``, ``d``) is where the agent is and no change of the scene.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lamps import NAMES, lamps

from synth.episode import SceneEvent

if TYPE_CHECKING:
    import numpy as np

    from synth.task.folder import TaskFolder

THINGS = "ab"
GLOW = 128
LIT = "bool(frame[0, {at}, 0] == 255)"
"""What a right checker of a thing returns."""


def staged(stages: str, *written: tuple[str, str], split: str = "visible") -> TaskFolder:
    """A task as `lamps` makes it, with the changes of its things recorded."""
    task = lamps(stages, *written, split=split)
    frames = task.store.frames.copy()
    episodes = []
    for episode, (_, lit) in zip(task.store.episodes, written, strict=True):
        for index, part in zip(episode.frame_index, lit.split(), strict=True):
            for name in THINGS:
                if name.upper() in part:
                    frames[index, 0, NAMES.index(name)] = GLOW
        episodes.append(replace(episode, scene_events=_changes(frames[episode.frame_index])))
    store = replace(task.store, frames=frames, episodes=tuple(episodes))
    return replace(task, store=store)


def _changes(frames: np.ndarray) -> tuple[SceneEvent, ...]:
    """Changes of the lamps that are things."""
    found = []
    for t in range(1, len(frames)):
        for name in THINGS:
            at = NAMES.index(name)
            first, before, now = (int(frames[i, 0, at, 0]) for i in (0, t - 1, t))
            if before != now:
                box = (0, at, 1, at + 1)
                found.append(SceneEvent(t, box, leaves=before == first, returns=now == first))
    return tuple(found)
