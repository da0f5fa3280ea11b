"""Episodes: what was recorded, in memory and on disk."""

from __future__ import annotations

from synth.episode.files import read_store, write_store
from synth.episode.store import (
    SPLITS,
    Change,
    Episode,
    EpisodeStore,
    Kind,
    Split,
    Variant,
    frame_digest,
)

__all__ = [
    "SPLITS",
    "Change",
    "Episode",
    "EpisodeStore",
    "Kind",
    "Split",
    "Variant",
    "frame_digest",
    "read_store",
    "write_store",
]
