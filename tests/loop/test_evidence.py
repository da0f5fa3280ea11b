"""What a model is shown, and how verdicts are kept: the loop's small parts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from squares import PLAN, SPEC, Squares, episode, program

from synth.episode import EpisodeStore
from synth.errors import UsageError
from synth.failure import Failure
from synth.loop import RunFolder, RunStatus, SuiteJudge, Verdict, read_status
from synth.loop.answer import read_program
from synth.loop.demonstrations import demonstrations, shot
from synth.loop.feedback import reports
from synth.loop.pictures import PictureFolder
from synth.loop.verdict import GROUPS, Score

if TYPE_CHECKING:
    from pathlib import Path

tests = st.builds(
    lambda group, check, number: f"{group}::{check}[expert-{number:04d}]",
    st.sampled_from(GROUPS),
    st.sampled_from(["credits", "goal"]),
    st.integers(0, 5),
)


@given(st.sets(tests), st.sets(tests))
def test_a_verdict_survives_the_journal(passed: set[str], failed: set[str]) -> None:
    """One character a test is enough to get it back."""
    failures = [Failure(t, t.partition("::")[0], f"{t} fails", subtask="a") for t in sorted(failed)]
    verdict = Verdict.of(passed - failed, failed, failures)
    record = verdict.record("program", "evidence", 1.0)
    assert Verdict.from_record(record, verdict.suite().ids) == verdict
    assert len(record.marks) == len(passed | failed)
    assert sum(1 + e.also for e in verdict.exemplars) == len(failures)


def test_a_verdict_whose_test_names_are_lost_is_judged_again() -> None:
    """Marks without names are no verdict."""
    verdict = Verdict.of(["a::b"], [], [])
    assert Verdict.from_record(verdict.record("p", "e", 0.0), ()) is None


def test_scores_put_the_stage_before_the_count() -> None:
    """Ten passed tests weigh less than one more stage."""
    early = Verdict.of([f"program::p{k}" for k in range(10)], ["contract::c"], [])
    late = Verdict.of(["program::p0"], ["random::r"], [])
    assert late.score > early.score
    assert Verdict.of(["program::p0"], [], []).score == Score(len(GROUPS), 1)
    assert not Verdict.of([], [], []).passes


def test_a_held_out_failure_has_no_place_in_a_verdict() -> None:
    """It is refused at the door, before it can get into a journal."""
    failure = Failure("expert::a", "expert", "fails", "held-expert-0000", 1, held_out=True)
    with pytest.raises(ValueError, match="held-out"):
        Verdict.of([], ["expert::a"], [failure])


def test_demonstrations_are_three_that_differ_and_the_frames_that_tell(squares: Squares) -> None:
    """Initial and goal image of each, and one of them in full where it is short."""
    shown = demonstrations(squares.store)
    assert len(shown) == 3
    assert len({d.episode for d in shown}) == 3
    assert shown[0].complete
    assert len(shown[0].shots) == 6
    for demonstration in shown:
        one = squares.store[demonstration.episode]
        assert one.split == "visible"
        assert (demonstration.shots[0].frame == squares.store.initial_of(one)).all()
        assert "goal is reached" in demonstration.shots[-1].caption
    assert [d.episode for d in shown] == [d.episode for d in demonstrations(squares.store)]


def test_of_a_long_episode_the_frames_around_the_changes_are_shown() -> None:
    """First, last, and before and after each moment at which colours change."""
    rng = np.random.default_rng(0)
    _, base = episode("expert-0000", seed=1)
    frames = np.full((31, 24, 24, 3), 40, np.uint8)
    for t in range(31):  # something moves all the time
        frames[t, 20, t % 24] = 200
    frames[11:, :8, :8] = (250, 0, 0)
    frames[23:, 8:16, :8] = (0, 250, 0)
    success = np.zeros(31, np.bool_)
    success[30] = True
    long = replace(
        base,
        frame_index=np.arange(31, dtype=np.int32),
        actions=tuple(range(30)),
        rewards=rng.random(30),
        success=success,
        truth={},
    )
    (shown,) = demonstrations(EpisodeStore(frames, (long,), "", ""))
    numbers = [int(s.name[-4:]) for s in shown.shots]
    assert {0, 10, 11, 22, 23, 30} <= set(numbers)
    assert len(numbers) == 8
    assert numbers == sorted(numbers)
    assert not shown.complete


def test_a_held_out_frame_cannot_be_shown(squares: Squares) -> None:
    """The function that makes pictures for requests refuses it."""
    one = squares.store.select(split="held_out")[0]
    with pytest.raises(ValueError, match="held-out"):
        shot(squares.store, one, 0, "leaked")


def failing(*failures: Failure) -> Verdict:
    """A verdict with these failures."""
    return Verdict.of([], {f.test for f in failures}, failures)


def test_complaints_are_few_and_different(squares: Squares) -> None:
    """One for each check and sub-task, earlier groups first, and the rest counted."""
    verdict = failing(
        *(
            Failure(f"expert::credits[expert-{k:04d}]", "expert", "never", f"expert-{k:04d}", 5, s)
            for k in range(4)
            for s in ("take_key", "reach_goal")
        ),
        Failure("expert::goal[expert-0000]", "expert", "late", "expert-0000", 5, "reach_goal"),
        Failure("contract::total", "contract", "raises"),
    )
    found = reports(verdict, PLAN, squares, limit=3)
    assert [(c.failure.test, c.failure.subtask, c.also) for c in found] == [
        ("contract::total", None, 0),
        ("expert::credits[expert-0000]", "take_key", 3),
        ("expert::goal[expert-0000]", "reach_goal", 0),
    ]
    assert not found[0].shots


def test_a_wrong_goal_is_shown_beside_a_right_one(squares: Squares) -> None:
    """A missed success comes with the nearest frame that is none, and the other way round."""
    missed = Failure("expert::goal[expert-0000]", "expert", "m", "expert-0000", 5, "reach_goal")
    (report,) = reports(failing(missed), PLAN, squares, limit=6)
    assert [int(s.name[-4:]) for s in report.shots] == [0, 5, 4]
    assert "not reached" in report.shots[-1].caption
    early = replace(missed, frame=0)
    (report,) = reports(failing(early), PLAN, squares, limit=6)
    assert [int(s.name[-4:]) for s in report.shots] == [0, 5]
    assert "goal is reached" in report.shots[-1].caption


def test_a_program_that_stands_alone_is_taken_whole() -> None:
    """Merged, it would keep a `perceive` that changes what its checkers are given."""
    base = (
        "def perceive(frame):\n    return frame.mean()\n\n\n"
        "def reach(now, initial):\n    return bool(now > 3)\n\n\nSUBTASKS = [reach]\n"
    )
    whole = "def reach(frame, initial):\n    return bool(frame.sum() > 3)\n\n\nSUBTASKS = [reach]\n"
    assert read_program(f"```python\n{whole}```", base).source == whole
    patch = "def reach(now, initial):\n    return bool(now > 5)\n"
    merged = read_program(f"```python\n{patch}```", base).source
    assert merged == base.replace("> 3", "> 5")


def test_a_patch_that_is_not_python_is_not_merged() -> None:
    """The reason is a sentence for the model."""
    read = read_program("```python\ndef take_key(frame, initial:\n```", program())
    assert read.source is None
    assert "could not be merged" in read.problem


def test_a_picture_is_stored_once_and_losslessly(tmp_path: Path) -> None:
    """Equal frames share a file, whatever they are called."""
    frame = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    folder = PictureFolder(tmp_path / "pictures")
    assert folder.keep(frame) == folder.keep(frame.copy())
    assert folder.keep(frame + 1) != folder.keep(frame)
    assert len(list(folder.path.iterdir())) == 2
    stored = np.asarray(Image.open(folder.path / f"{folder.keep(frame)}.png"))
    assert (stored == frame).all()


def test_a_status_is_read_back_and_damage_is_named(tmp_path: Path) -> None:
    """`synth tasks` reads it without opening the journal."""
    status = RunStatus(task="squares", model="m", state="stopped", calls=3, cost=0.5)
    assert read_status(tmp_path) is None
    RunFolder(tmp_path).write_status(status)
    assert read_status(tmp_path) == status
    RunFolder(tmp_path).status.write_text("{")
    with pytest.raises(UsageError, match=r"status\.json: damaged"):
        read_status(tmp_path)


def test_evidence_differs_where_verdicts_may(squares: Squares, tmp_path: Path) -> None:
    """Other episodes, another plan or other gates mean judging anew; nothing else does."""
    same = SuiteJudge(Squares(), tmp_path).evidence(PLAN)
    assert SuiteJudge(squares, tmp_path / "elsewhere").evidence(PLAN) == same
    goal_only = PLAN.model_copy(update={"stages": PLAN.stages[1:]})
    gates = SPEC.gate.model_copy(update={"random_completion": 0.5})
    changed = {
        SuiteJudge(squares, tmp_path).evidence(goal_only),
        SuiteJudge(
            Squares(SPEC.model_copy(update={"gate": gates}), squares.store), tmp_path
        ).evidence(PLAN),
        SuiteJudge(
            Squares(SPEC, replace(squares.store, episodes=squares.store.episodes[1:])), tmp_path
        ).evidence(PLAN),
    }
    assert len(changed | {same}) == 4
