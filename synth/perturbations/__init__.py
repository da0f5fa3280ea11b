"""Perturbations: changes of the picture that must not change any verdict."""

from __future__ import annotations

from synth.perturbations.base import (
    Alter,
    Computed,
    Perturbation,
    Repaint,
    Replay,
    Replayed,
    Retake,
    Stage,
)
from synth.perturbations.registry import PerturbationWay, asked, perturbation_of, perturbations

__all__ = [
    "Alter",
    "Computed",
    "Perturbation",
    "PerturbationWay",
    "Repaint",
    "Replay",
    "Replayed",
    "Retake",
    "Stage",
    "asked",
    "perturbation_of",
    "perturbations",
]
