"""Recording: policies and seeds to episodes."""

from __future__ import annotations

from synth.episode import Rollout
from synth.record.folder import record_folder
from synth.record.near_miss import NearMiss, OnSkip, near_misses
from synth.record.player import roll_expert, roll_random, rollout
from synth.record.recorder import OnEpisode, episode_count, record
from synth.record.seeds import Seeds
from synth.record.variants import with_variants

__all__ = [
    "NearMiss",
    "OnEpisode",
    "OnSkip",
    "Rollout",
    "Seeds",
    "episode_count",
    "near_misses",
    "record",
    "record_folder",
    "roll_expert",
    "roll_random",
    "rollout",
    "with_variants",
]
