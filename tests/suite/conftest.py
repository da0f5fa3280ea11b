"""A task for the whole session: reading is pure, so the tests may share it."""

from __future__ import annotations

import pytest
from keydoor import make_task

from synth.suite import all_checks
from synth.suite.pytest import audit  # noqa: F401 - loaded early, see below
from synth.task.folder import TaskFolder

# An inner pytest forgets the modules that it was the first to import, and neither NumPy's nor
# Hypothesis's can be loaded a second time: what an audit needs is loaded before the first one.
all_checks()


@pytest.fixture(scope="session")
def task() -> TaskFolder:
    """Six expert and six random episodes of each split, in memory."""
    return make_task()
