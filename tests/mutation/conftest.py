"""The small task, recorded once."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_world import PLAN, SPEC

from synth.record import record
from synth.spec import Spec, parse_spec
from synth.task import TaskFolder


@pytest.fixture(scope="session")
def spec() -> Spec:
    """The spec."""
    return parse_spec(SPEC, name="walk")


@pytest.fixture(scope="session")
def task(spec: Spec) -> TaskFolder:
    """The task in memory: recorded once."""
    return TaskFolder(Path("walk"), spec, PLAN, record(spec))
