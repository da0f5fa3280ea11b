"""Episodes: what was recorded, in memory and on disk."""

from __future__ import annotations

from synth.episode.files import read_store, write_store
from synth.episode.rollout import Rollout
from synth.episode.store import (
    SPLITS,
    Episode,
    EpisodeStore,
    Kind,
    SceneEvent,
    Split,
    Variant,
    frame_digest,
)

__all__ = [
    "SPLITS",
    "Episode",
    "EpisodeStore",
    "Kind",
    "Rollout",
    "SceneEvent",
    "Split",
    "Variant",
    "frame_digest",
    "read_store",
    "write_store",
]
