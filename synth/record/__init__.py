"""Recording: policies and seeds to episodes."""

from __future__ import annotations

from synth.episode import Rollout
from synth.record.folder import record_folder
from synth.record.near_miss import NearMiss, near_misses
from synth.record.player import Player, missing, roll_expert, roll_random
from synth.record.recorder import episode_count, record
from synth.record.rollout import rollout
from synth.record.seeds import Seeds
from synth.record.serving import MOST, OnProgress, OnSkip, Serving
from synth.record.streams import Stream
from synth.record.variants import with_variants

__all__ = [
    "MOST",
    "NearMiss",
    "OnProgress",
    "OnSkip",
    "Player",
    "Rollout",
    "Seeds",
    "Serving",
    "Stream",
    "episode_count",
    "missing",
    "near_misses",
    "record",
    "record_folder",
    "roll_expert",
    "roll_random",
    "rollout",
    "with_variants",
]
