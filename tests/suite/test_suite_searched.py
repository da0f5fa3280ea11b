"""`--reward-search`: which audits search for counterexamples."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

GENERATED = Path(__file__).parents[2] / "generated"


@pytest.mark.parametrize(("tasks", "searched"), [("doorkey,taxi", False), ("empty,taxi", True)])
def test_a_task_that_is_left_out_says_so(pytester, tasks, searched):
    """Its search is skipped with the reason, and the last line tells; a named one is searched."""
    result = pytester.runpytest(
        str(GENERATED / "empty"), f"--reward-search={tasks}", "-k", "search or parses", "-q"
    )
    told = "search (--reward-search leaves this task out)" in result.stdout.str()
    assert told is not searched
    assert result.ret == 0
