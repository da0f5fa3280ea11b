"""Specs: one TOML file per task, validated on reading."""

from __future__ import annotations

from synth.spec.reading import (
    find_specs,
    load_spec,
    parse_spec,
    require_task_name,
    spec_file,
    validate_spec,
)
from synth.spec.speed import speed_target
from synth.spec.tables import (
    RECORDED,
    ExpertSpec,
    GateSpec,
    HeldOutSpec,
    LabelsSpec,
    MetamorphicSpec,
    MissionSpec,
    NearMissSpec,
    RandomSpec,
    SearchSpec,
    Spec,
    SuccessSpec,
    TargetSpec,
)

__all__ = [
    "RECORDED",
    "ExpertSpec",
    "GateSpec",
    "HeldOutSpec",
    "LabelsSpec",
    "MetamorphicSpec",
    "MissionSpec",
    "NearMissSpec",
    "RandomSpec",
    "SearchSpec",
    "Spec",
    "SuccessSpec",
    "TargetSpec",
    "find_specs",
    "load_spec",
    "parse_spec",
    "require_task_name",
    "spec_file",
    "speed_target",
    "validate_spec",
]
