"""The suite against a red team: wrong programs that were written to be green under it.

Judging them takes minutes, so that they are marked slow. The table is in docs/red-team.md.
"""

from __future__ import annotations

import pytest

from benchmarks import red_team

MOST_GREEN = 2


def test_every_program_says_what_it_is_and_how_wrong() -> None:
    """A header names the fault, its class, and the measurement on simulator state."""
    count = 0
    for task in red_team.TASKS:
        for kind in ("wrong", "right"):
            for path in red_team.programs(task, kind):
                head = path.read_text(encoding="utf-8").split('"""')[1]
                assert head.startswith(f"{kind.upper()}: ")
                assert "Class: " in head
                assert "Proven: " in head
                count += kind == "wrong"
    assert count >= 40


@pytest.mark.slow
@pytest.mark.parametrize("task", red_team.TASKS)
def test_wrong_programs_are_red(task: str) -> None:
    """At most two of a task's are green, whatever they were written to exploit."""
    green = [one.name for one in red_team.judged(task, "wrong") if one.green]
    assert len(green) <= MOST_GREEN, green


@pytest.mark.slow
@pytest.mark.parametrize("task", red_team.TASKS)
def test_right_programs_are_green(task: str) -> None:
    """In whatever style they are written."""
    assert [one for one in red_team.judged(task, "right") if not one.green] == []
