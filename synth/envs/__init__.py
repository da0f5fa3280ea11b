"""Families of environments: make, render, expert and truth."""

from __future__ import annotations

from synth.envs.base import Family, Moment, Policy, Simulator, Staged, Worded
from synth.envs.policies import find_policy
from synth.envs.registry import families, family_of

__all__ = [
    "Family",
    "Moment",
    "Policy",
    "Simulator",
    "Staged",
    "Worded",
    "families",
    "family_of",
    "find_policy",
]
