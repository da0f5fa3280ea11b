"""`--reward-search`: which audits search for counterexamples."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

GENERATED = Path(__file__).parents[2] / "generated"


@pytest.mark.parametrize(
    ("tasks", "searched", "absent"),
    [("doorkey,taxi", False, "doorkey, taxi"), ("empty,taxi", True, "taxi"), ("none", False, "")],
)
def test_a_task_that_is_left_out_says_so(pytester, tasks, searched, absent):
    """Its search is skipped with the reason, and the last lines tell; a named one is searched.

    A name of no audited task may be a slip, and is told.
    """
    result = pytester.runpytest(
        str(GENERATED / "empty"), f"--reward-search={tasks}", "-k", "search or parses", "-q"
    )
    told = "search (--reward-search does not name this task)" in result.stdout.str()
    assert told is not searched
    names = "--reward-search names what was not audited: "
    slips = [one.removeprefix(names) for one in result.outlines if one.startswith(names)]
    assert slips == ([absent] if absent else [])
    assert result.ret == 0


def test_the_last_lines_say_how_far_the_search_is_from_the_end_and_how_to_make_it_again(pytester):
    """The same key gives the same search; it is the printed one."""
    result = pytester.runpytest(
        str(GENERATED / "empty"), "--search-day=monday", "-k", "no_lie_is_found", "-q"
    )
    line = next(one for one in result.outlines if "search:" in one)
    assert line.endswith("states were new (--search-day monday)")
    assert "distinct states" in line
