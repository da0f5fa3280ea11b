"""Episodes: what was recorded, in memory and on disk."""

from __future__ import annotations

from synth.episode.files import read_store, write_store
from synth.episode.rollout import Rollout
from synth.episode.scene import Scene, Still
from synth.episode.store import (
    SPLITS,
    Episode,
    EpisodeKind,
    EpisodeStore,
    SceneEvent,
    Split,
    Variant,
    frame_digest,
)
from synth.episode.untold import Untold

__all__ = [
    "SPLITS",
    "Episode",
    "EpisodeKind",
    "EpisodeStore",
    "Rollout",
    "Scene",
    "SceneEvent",
    "Split",
    "Still",
    "Untold",
    "Variant",
    "frame_digest",
    "read_store",
    "write_store",
]
