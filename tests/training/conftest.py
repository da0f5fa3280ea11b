"""A committed task, and an expert's way through it."""

from __future__ import annotations

from pathlib import Path

import pytest

from synth.record import Seeds, roll_expert
from synth.task import read_task

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def doorkey() -> Path:
    """The folder of the committed reward."""
    return ROOT / "generated" / "doorkey"


@pytest.fixture(scope="session")
def actions(doorkey) -> tuple[int, tuple[int, ...]]:
    """A fresh seed, and the expert's actions on it."""
    spec = read_task(doorkey / "task.toml").spec
    seed = Seeds.of(spec).fresh[0]
    return seed, roll_expert(spec, seed).actions
