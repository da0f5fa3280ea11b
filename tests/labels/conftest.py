"""What the tests of labels share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from key_row import make_task

if TYPE_CHECKING:
    from synth.task import TaskFolder


@pytest.fixture(scope="session")
def keys() -> TaskFolder:
    """The task, in memory."""
    return make_task()


@pytest.fixture(autouse=True)
def _no_mutants(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutants cost time; a test that is about them asks for some."""
    monkeypatch.setattr("synth.labels.questions.MUTANTS", 0)
