"""Experts: who shows a task."""

from __future__ import annotations

from synth.experts.demonstrations import Demonstrated, Recording
from synth.experts.find import demonstrated, find_policy

__all__ = ["Demonstrated", "Recording", "demonstrated", "find_policy"]
