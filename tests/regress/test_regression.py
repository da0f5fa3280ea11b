"""Candidates by scripted models are called by their right name, and nothing is asked twice."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from synth.errors import EnvironmentFault, ModelUnavailable, UsageError
from synth.loop import LoopOptions
from synth.models.scripted import ScriptedModel
from synth.regress import RegressionOptions, attempt, regress
from synth.regress.comparison import Yardstick, yardstick
from synth.regress.regression import attempts_at
from synth.regress.telling import keep, to_json, to_junit, to_markdown
from synth.task import TaskFolder
from synth.task.provenance import file_digests
from tests.loop.squares import GOAL, PLAN_TEXT, Markers, block
from tests.regress.conftest import right_program, scripted_make

if TYPE_CHECKING:
    from pathlib import Path

    from synth.regress import Attempt, Attempted

NEW, OLD = "scripted:new", "scripted:old"
BRIEF = LoopOptions(rounds=2)


YARDSTICKS: dict[str, Yardstick] = {}


@pytest.fixture
def measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The committed reward of these tests is always the same, and is judged and timed once."""

    def known(task: TaskFolder, **more: object) -> Yardstick:
        made = YARDSTICKS.setdefault("squares", yardstick(task, **more)) if not YARDSTICKS else None
        return made or replace(YARDSTICKS["squares"], task=task)

    monkeypatch.setattr("synth.regress.regression.yardstick", known)


def options(samples: int, against: str | None = OLD, **more: object) -> RegressionOptions:
    """Options of a comparison of two scripted models."""
    return RegressionOptions(model=NEW, samples=samples, against=against, loop=BRIEF, **more)


@pytest.mark.usefixtures("measured_once")
@pytest.mark.parametrize(
    ("new", "old", "call", "code"),
    [
        ([False] * 4 + [True], [True] * 5, "worse", 1),
        ([True] * 5, [False] * 5, "better", 0),
        ([True] * 9, [True] * 9, "same", 0),
        ([True, True, False, True, True], [True] * 5, "undecided", 0),
    ],
)
def test_candidates_are_called_by_their_right_name(
    committed: Path, new: list[bool], old: list[bool], call: str, code: int
) -> None:
    """Each by attempts that were made, judged and held against the committed reward."""
    before = file_digests(committed)
    found = regress([committed], options(len(new)), scripted_make({NEW: new, OLD: old}))
    (task,) = found.tasks
    assert (task.ruling.call, found.exit_code) == (call, code), task.sentence
    assert f"{sum(new)} of {len(new)}" in task.sentence
    assert (task.ruling.needed is not None) == (call == "undecided")
    assert file_digests(committed) == before


@pytest.mark.usefixtures("measured_once")
@pytest.mark.parametrize(
    ("new", "call"),
    [([False] * 5, "worse"), ([True] * 5, "same"), ([True] * 3, "undecided")],
)
def test_without_another_model_the_committed_rewards_is_taken_to_pass_most_attempts(
    committed: Path, new: list[bool], call: str
) -> None:
    """The assumption is in the sentence and in the comment; nothing is better than it."""
    found = regress([committed], options(len(new), None), scripted_make({NEW: new}))
    (task,) = found.tasks
    assert task.ruling.call == call
    assert "the committed reward's model is taken to pass 80%" in task.sentence
    assert "it is taken to pass 80% of attempts" in to_markdown(found)
    assert task.committed.passes


def test_an_attempt_may_take_as_many_rounds_as_the_committed_run_might(committed: Path) -> None:
    """Or a reward that took its maker twelve would never be made again; fewer are not taken."""
    journal = committed / "journal.jsonl"
    text = journal.read_text(encoding="utf-8")
    assert '"rounds":8' in text
    journal.write_text(text.replace('"rounds":8', '"rounds":24'), encoding="utf-8")

    def rounds(allowed: int, *, as_allowed: bool) -> set[int]:
        chosen = RegressionOptions(
            model=NEW, against=OLD, loop=LoopOptions(rounds=allowed), as_allowed=as_allowed
        )
        both = [attempts_at(committed, chosen, old=old) for old in chosen.sides]
        return {one.options.rounds for side in both for one in side}

    assert rounds(8, as_allowed=True) == {24}
    assert rounds(30, as_allowed=True) == {30}
    assert rounds(8, as_allowed=False) == {8}


def test_a_candidate_that_passes_where_the_committed_reward_fails_today_is_better(
    committed: Path,
) -> None:
    """The committed side is what it is now, not what it was."""
    (committed / "reward.py").write_text(right_program("False"))
    found = regress([committed], options(5, None), scripted_make({NEW: [True] * 5}))
    assert found.tasks[0].ruling.call == "better"
    assert "fails its own suite today" in to_markdown(found)


def test_an_accepted_program_that_is_wrong_on_fresh_frames_counts_as_failed(
    committed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A suite that is passed by luck does not make a model as good; the strips show where."""
    monkeypatch.setattr(
        "synth.regress.comparison.fresh_unrecorded", lambda _spec, store, *_, **__: fresh(store)
    )
    early = f"{GOAL} or count(frame, YELLOW) == 0"
    found = regress([committed], options(5, None), scripted_make({NEW: [True] * 5}, early))
    (task,) = found.tasks
    assert task.episodes == "11 fresh episodes, 56 frames"
    assert task.ruling.call == "worse"
    candidate = task.best
    assert candidate.went.passed
    assert "its goal is wrong on" in candidate.why
    assert candidate.pictures[0].name.startswith("01-expert-")
    assert all(p.exists() and "held" not in p.name for p in candidate.pictures)
    (goal,) = [pair for pair in candidate.matched if pair.one == "reach_goal"]
    assert 0 < goal.same < 1
    assert candidate.figures.goal is not None
    assert candidate.figures.goal.wrong == goal.differing


def fresh(store: object) -> object:
    """The same episodes as a store of their own: there is no simulator of squares."""
    return replace(store)


@pytest.mark.usefixtures("measured_once")
def test_a_killed_comparison_goes_on_and_asks_nothing_twice(committed: Path) -> None:
    """Attempts that were made are answered from their journals."""
    asked: list[str] = []

    def make(one: Attempt) -> Attempted:
        def answer(request: object) -> str | Exception:
            asked.append(f"{one.sample}-{request.key}")
            if one.sample == 2 and len(asked) == 4:
                return ModelUnavailable("down")
            return PLAN_TEXT if request.kind == "describe" else block(right_program())

        return attempt(one, model=ScriptedModel(answer, name=NEW), judge=Markers())

    with pytest.raises(ModelUnavailable):
        regress([committed], options(3, None), make)
    found = regress([committed], options(3, None), make)
    assert [c.good for c in found.tasks[0].candidates] == [True] * 3
    assert asked == [
        "1-describe-0-0",
        "1-write-1-0",
        "2-describe-0-0",
        "2-write-1-0",  # the service failed, so that it is asked once more
        "2-write-1-0",
        "3-describe-0-0",
        "3-write-1-0",
    ]


@pytest.mark.usefixtures("measured_once")
def test_fresh_asks_again_under_a_name_that_was_asked_before_and_keeps_both_journals(
    committed: Path, tmp_path: Path
) -> None:
    """A fresh series that was cut short is gone on with, not begun once more."""
    home = tmp_path / "runs" / "squares" / "regress" / "scripted-new"
    before, after = scripted_make({NEW: [True]}), scripted_make({NEW: [False]})
    keep(regress([committed], options(1, None), before))
    again = regress([committed], options(1, None), after)
    assert again.tasks[0].candidates[0].good, "without --fresh the old journal answers"
    anew = regress([committed], options(1, None, anew=True), after)
    assert (anew.tasks[0].series, anew.tasks[0].candidates[0].good) == (2, False)
    once_more = regress([committed], options(1, None, anew=True), after)
    assert once_more.tasks[0].series == 2, "the series has no comparison yet"
    keep(once_more)
    assert json.loads((home / "2.json").read_text())["call"] == "undecided"
    assert {p.parent.name for p in home.glob("*/journal.jsonl")} == {"1-1", "2-1"}
    assert regress([committed], options(1, None), before).tasks[0].series == 2


@pytest.mark.usefixtures("measured_once")
def test_a_model_that_answers_the_same_each_time_is_attempted_once(committed: Path) -> None:
    """Five equal answers would be taken for five witnesses otherwise."""
    choice = RegressionOptions(model="builtin", samples=5, loop=BRIEF)
    found = regress([committed], choice, scripted_make({"builtin": [True]}))
    (task,) = found.tasks
    assert (len(task.candidates), task.ruling.call) == (1, "same")
    assert task.rates[0].fixed == 1.0


@pytest.mark.usefixtures("measured_once")
def test_a_task_that_cannot_be_compared_keeps_no_other_from_it(committed: Path) -> None:
    """It is told with its party, and the exit code is that party's."""
    other = committed.parent / "other"
    committed.rename(other)
    committed.symlink_to(other)

    def make(one: Attempt) -> Attempted:
        if one.task.name == "other":
            raise EnvironmentFault("the simulator is missing.")
        return scripted_make({NEW: [True] * 5})(one)

    found = regress([other, committed], options(5, None), make)
    assert [t.task for t in found.tasks] == ["squares"]
    assert (found.problems[0].task, found.exit_code) == ("other", 4)
    assert "**other was not compared**: environment" in to_markdown(found)


@pytest.mark.usefixtures("measured_once")
def test_the_comparison_is_told_as_json_markdown_and_junit(committed: Path) -> None:
    """The reason comes first, figures are properties, and no path is absolute."""
    pytest.importorskip("junitparser")
    found = regress([committed], options(5), scripted_make({NEW: [False] * 5, OLD: [True] * 5}))
    content = json.loads(json.dumps(to_json(found)))
    assert content["tasks"][0]["call"] == "worse"
    assert content["worse"] == ["squares"]
    suite = ET.fromstring(to_junit(found))[0]
    assert (suite.get("name"), suite.get("failures")) == ("squares", "1")
    failure = suite.find("testcase/failure")
    assert failure.get("message").startswith("worse: passes 0 of 5; the old side passes 5 of 5")
    assert {p.get("name") for p in suite.iter("property")} >= {"passes", "us a frame", "tokens"}
    comment = to_markdown(found)
    assert "**1 worse**" in comment
    assert "| squares | **WORSE** |" in comment
    assert "figures of the program are those of attempt 1-1, the best one" in comment
    assert str(committed.parents[1]) not in comment + json.dumps(content)


def test_a_committed_rewards_own_figures_come_from_today_and_its_provenance(
    committed: Path,
) -> None:
    """Suite and speed are measured; calls and tokens are as they were paid."""
    beside = yardstick(TaskFolder.read(committed))
    assert beside.figures.passes
    assert (beside.figures.rounds, beside.figures.calls) == (2, 2)
    assert beside.figures.held_out_right == 1.0
    assert beside.figures.single is not None
    assert not beside.fresh
    assert "since no fresh ones can be played" in beside.words


def test_options_out_of_range_are_refused() -> None:
    """Before anything is asked or paid."""
    with pytest.raises(UsageError, match="samples = 0"):
        options(0)
    with pytest.raises(UsageError, match="expect = 1"):
        options(1, None, expected=1.0)
