"""Families of environments: make, render, expert and truth."""

from __future__ import annotations

from synth.envs.base import (
    UNDRAWN,
    Alterable,
    Backdrop,
    Comparable,
    Defaults,
    Enumerable,
    Family,
    Instructable,
    Missioned,
    Native,
    Nudged,
    Pictured,
    PlainFamily,
    PlainSimulator,
    Policy,
    Scenery,
    Simulator,
    TimeStep,
    Worded,
)
from synth.envs.finding import Conditioned, Finds, SuccessFinding
from synth.envs.recipe import Recipe
from synth.envs.registry import families, family_of
from synth.envs.trainable import Picture, Trainable

__all__ = [
    "UNDRAWN",
    "Alterable",
    "Backdrop",
    "Comparable",
    "Conditioned",
    "Defaults",
    "Enumerable",
    "Family",
    "Finds",
    "Instructable",
    "Missioned",
    "Native",
    "Nudged",
    "Picture",
    "Pictured",
    "PlainFamily",
    "PlainSimulator",
    "Policy",
    "Recipe",
    "Scenery",
    "Simulator",
    "SuccessFinding",
    "TimeStep",
    "Trainable",
    "Worded",
    "families",
    "family_of",
]
