"""Specs of the corridor."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from synth.spec import Spec, validate_spec

sys.path.insert(0, str(Path(__file__).parent))
import corridor  # noqa: F401  it registers the environment


@pytest.fixture
def spec_of():
    """A spec of the corridor with another expert, and whatever else is said."""

    def make(policy: str, *, expert: dict | None = None, **tables) -> Spec:
        content = {
            "env": "Corridor-v0",
            "max_steps": 20,
            "success": {"when": "reward > 0"},
            "expert": {"policy": policy, "episodes": 2, **(expert or {})},
            "random": {"episodes": 2},
            "held_out": {"episodes": 2},
            **tables,
        }
        return validate_spec(content, name="corridor", file="specs/corridor.toml")

    return make
