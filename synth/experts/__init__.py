"""Experts: who shows a task."""

from __future__ import annotations

from synth.experts.find import find_policy

__all__ = ["find_policy"]
