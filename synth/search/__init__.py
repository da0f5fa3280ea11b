"""The search for counterexamples: drawn episodes on which a program is wrong."""

from __future__ import annotations

from synth.record.player import missing
from synth.search.counterexample import Counterexample, ViolationKind
from synth.search.search import Hunt, hunt

__all__ = ["Counterexample", "Hunt", "ViolationKind", "hunt", "missing"]
