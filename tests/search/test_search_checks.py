"""The suite's checks by search: what they say, and what becomes of them without a simulator."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from small_worlds import EMPTY, EMPTY_ENV, WRONG, plan_of, small_spec

from synth.errors import EnvironmentFault
from synth.program import parse
from synth.record import Seeds, record
from synth.search.layouts import FRESH
from synth.suite import judge, render_suite
from synth.suite.pytest.audit import Audit
from synth.suite.registry import find_check
from synth.suite.subject import Subject
from synth.task import TaskFolder
from synth.task.found import add_found, play

FALSE = EMPTY.replace(
    "return (row, column) == (3, 3)",
    "return (row, column, facing) in ((3, 3, DOWN), (1, 2, RIGHT))",
)
MISSED = next(w for w in WRONG if w.name == "on the goal, coming from above only").source
SKIPPED = next(w for w in WRONG if w.kind == "skipped_subtask" and w.env == EMPTY_ENV).source


@cache
def stored():
    """The recorded walk."""
    return record(small_spec(EMPTY_ENV, episodes=2, search=40))


def task_of(source: str, **changes) -> TaskFolder:
    """The walk with the program's own plan."""
    names = [name for stage in parse(source).stages for name in stage]
    task = TaskFolder(
        Path("small"), small_spec(EMPTY_ENV, episodes=2, search=40), plan_of(*names), stored()
    )
    return dataclasses.replace(task, **changes)


@cache
def judged(source: str, split: str = "visible"):
    """What the search group says."""
    return judge(source, task_of(source), splits=(split,), groups=("search", "necessity"))


def test_a_lie_is_a_failure_that_can_be_played_again():
    """The sentence names seed, actions, frame and goal; the find gives the same frame again."""
    (failure,) = [f for f in judged(FALSE).failures if f.expected == "False"]
    assert failure.test == "search::no_lie_is_found"
    assert failure.message.startswith(f"search, seed {failure.find.seed}, 1 action (forward): ")
    assert (failure.frame, failure.subtask, failure.actual) == (1, "reach_goal", "True")
    assert (failure.episode, failure.held_out) == (None, False)
    assert len(play(small_spec(EMPTY_ENV), failure.find)) == failure.frame


def test_a_missed_success_is_a_failure_the_other_way():
    """The goal was to hold."""
    failures = [f for f in judged(FALSE).failures if f.expected == "True"]
    assert [f.actual for f in failures] == ["False"]
    assert "the environment reports success" in failures[0].message


def test_the_right_program_passes():
    """Nothing is found, and that nothing was found before is said."""
    assert "search::no_lie_is_found" in judged(EMPTY).passed
    assert "finds of earlier searches (there is none)" in judged(EMPTY).reasons
    assert judged(EMPTY).accepted


def test_seeds_follow_the_split_and_failures_stay_held_out():
    """Finds come from the split's block or from the key, for each split others, and are marked."""
    seeds = Seeds.of(small_spec(EMPTY_ENV, episodes=2))
    for split, block in (("visible", seeds.visible_search), ("held_out", seeds.held_out_search)):
        failures = judged(FALSE, split).failures
        assert failures
        assert all(f.find.seed in block or f.find.seed in FRESH for f in failures)
        assert all(f.held_out == (split == "held_out") for f in failures)


def test_a_success_that_skips_is_blamed_on_the_plan():
    """It is no failure of the search group, but one of necessity."""
    task = task_of(SKIPPED)
    judgement = judge(SKIPPED, task, groups=("search", "necessity"), cascade=False)
    (failure,) = judgement.failures
    assert failure.test == "necessity::no_success_is_found_that_skips"
    assert failure.subtask == "walk_along"
    assert "so the plan is wrong" in failure.message
    assert failure.find is not None


def test_a_known_find_is_judged_like_any_episode():
    """A kept find fails without any search, and its message quotes the note."""
    lie = next(f.find for f in judged(MISSED).failures)
    spec = small_spec(EMPTY_ENV, episodes=2, search=40)
    store = add_found(stored(), spec, [(play(spec, lie), lie.note)])
    subject = Subject(MISSED, task_of(MISSED, store=store), splits=("visible",))
    (failure,) = find_check("search::known_finds_are_told_right").run(subject).failures
    assert failure.message.startswith(f"found-0000 ({lie.note}), frame {len(lie.actions)}: ")
    assert (failure.episode, failure.expected, failure.find) == ("found-0000", "True", None)
    right = Subject(EMPTY, task_of(EMPTY, store=store), splits=("visible",))
    assert not find_check("search::known_finds_are_told_right").run(right).failures


def test_without_the_table_nothing_of_it_is_made():
    """A task whose spec has no search is judged and written as it always was."""
    bare = small_spec(EMPTY_ENV, episodes=2).model_copy(update={"search": None})
    judgement = judge(EMPTY, task_of(EMPTY, spec=bare), groups=("search", "necessity"))
    assert not judgement.passed + judgement.failed + judgement.unjudged
    assert "search" not in render_suite(bare)
    assert 'audit("search::no_lie_is_found")' in render_suite(small_spec(EMPTY_ENV))


@pytest.fixture
def no_simulator(monkeypatch):
    """A machine without minigrid, on which episodes were recorded before."""
    stored()

    def gone(_self, spec):
        raise EnvironmentFault(f"{spec.env} needs the package 'minigrid', which is not installed.")

    monkeypatch.setattr("synth.envs.minigrid.MiniGridFamily.make", gone)


def test_without_a_simulator_the_search_neither_passes_nor_fails(no_simulator):
    """It is skipped with its reason; all else is judged, and a right program is accepted."""
    judgement = judge(EMPTY, task_of(EMPTY))
    skipped = {skip.test: skip.reason for skip in judgement.skipped}
    assert "needs the package 'minigrid'" in skipped["search::no_lie_is_found"]
    assert "search::no_lie_is_found" not in judgement.passed
    assert not judgement.failed + judgement.unjudged
    assert judgement.accepted


def test_without_a_simulator_pytest_shows_a_skip_with_the_reason(no_simulator):
    """It is to be seen that the search was not made, and why."""

    class Audited:
        folder = Path("small")
        subject = Subject(EMPTY, task_of(EMPTY), splits=("visible", "held_out"))
        left_out = ()
        origin = ""

    records = []
    with pytest.raises(pytest.skip.Exception, match="needs the package 'minigrid'"):
        Audit(Audited(), records.append)("search::no_lie_is_found")
    assert "needs the package 'minigrid'" in records[0]["skipped"]
    assert records[0]["failures"] == []


def test_the_search_runs_once_for_all_its_checks(monkeypatch):
    """What it came to is kept with the program."""
    calls = []
    import synth.search as home  # noqa: PLC0415 - patched here alone

    real = home.hunt
    monkeypatch.setattr(home, "hunt", lambda *a, **k: calls.append(1) or real(*a, **k))
    subject = Subject(EMPTY, task_of(EMPTY), splits=("visible",))
    for name in ("search::no_lie_is_found", "necessity::no_success_is_found_that_skips"):
        assert not find_check(name).run(subject).failures
    assert np.sum(calls) == 1
