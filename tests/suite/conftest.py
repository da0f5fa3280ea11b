"""A task for the whole session: reading is pure, so the tests may share it."""

from __future__ import annotations

import pytest
from keydoor import make_task

from synth.suite.task import TaskFolder


@pytest.fixture(scope="session")
def task() -> TaskFolder:
    """Six expert and six random episodes of each split, in memory."""
    return make_task()
