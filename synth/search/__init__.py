"""The search for lies: episodes on which a program is wrong, made by drawing actions."""

from __future__ import annotations

from synth.search.found import add_found, play
from synth.search.ground import missing
from synth.search.hunt import Hunt, hunt
from synth.search.lies import Kind, Lie

__all__ = ["Hunt", "Kind", "Lie", "add_found", "hunt", "missing", "play"]
