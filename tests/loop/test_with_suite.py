"""The loop with the suite and the sandbox that it is used with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from squares import (
    GOAL,
    NARROW,
    PLAN_TEXT,
    SPEC,
    TRUTH,
    WRONG,
    Squares,
    block,
    real_goal,
    real_program,
)

from synth.episode import frame_digest
from synth.errors import EnvironmentFault
from synth.journal import HeldOutRecord, Record, VerdictRecord, read_journal
from synth.loop import LoopOptions, Outcome, events, run_loop
from synth.models.replay import ReplayModel
from synth.models.scripted import ScriptedModel
from synth.prompts.requests import RefineRequest
from synth.spec import TargetSpec

if TYPE_CHECKING:
    from pathlib import Path

PATIENT = SPEC.model_copy(update={"target": TargetSpec(microseconds_per_frame=1e6)})
ANSWERS = (
    PLAN_TEXT,
    block(real_program(extra="import os")),
    block(real_program(WRONG)),
    block(real_goal(NARROW)),
    block(real_goal(GOAL)),
)


def journal_of(outcome: Outcome) -> tuple[Record, ...]:
    """The records of a run."""
    return read_journal(outcome.folder / "journal.jsonl").records


@pytest.fixture(scope="module")
def task(squares: Squares) -> Squares:
    """The task without a hurry."""
    return Squares(PATIENT, squares.store)


@pytest.fixture(scope="module")
def finished(
    task: Squares, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Outcome, ScriptedModel]:
    """A run with a lint error, a wrong goal, and one that fits the shown episodes only."""
    model = ScriptedModel(ANSWERS)
    return run_loop(task, model, tmp_path_factory.mktemp("real") / "run"), model


def test_lint_error_wrong_goal_and_narrow_goal_are_repaired(
    finished: tuple[Outcome, ScriptedModel],
) -> None:
    """Each round repairs what the one before got wrong, and the last one is accepted."""
    outcome, model = finished
    assert outcome.accepted
    assert outcome.source == real_program()
    assert outcome.calls == 5
    assert outcome.looks == 2
    groups = [
        request.reports[0].failure.test
        for request in model.requests
        if isinstance(request, RefineRequest)
    ]
    assert groups[0] == "program::lints"
    assert groups[1].startswith(("contract::", "expert::"))
    assert groups[2] == "program::generalises"


def test_a_held_out_failure_is_shown_on_fresh_visible_episodes(
    finished: tuple[Outcome, ScriptedModel],
) -> None:
    """As any other failure is: episode, message and pictures, none of them held out."""
    _, model = finished
    request = model.requests[-1]
    assert isinstance(request, RefineRequest)
    general, fresh = request.reports[0], request.reports[1]
    assert "made anew" in general.failure.message
    assert fresh.failure.episode == "fresh-1-expert-0000"
    assert not fresh.failure.held_out
    assert fresh.shots
    assert all(shot.name.startswith("fresh-1-") for shot in fresh.shots)


def test_without_a_simulator_the_kind_of_failure_is_said(
    task: Squares, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sub-task and promise, from the journal on a resume; nobody fails to be told why."""

    def refuse(*_: object) -> None:
        raise EnvironmentFault("no simulator is installed here.")

    monkeypatch.setattr("synth.loop.episodes.fresh_visible", refuse)
    seen: list[events.Event] = []
    model = ScriptedModel([PLAN_TEXT, block(real_program(NARROW)), block(real_goal(GOAL))])
    outcome = run_loop(task, model, tmp_path / "run", observer=seen.append)
    assert outcome.accepted
    request = model.requests[2]
    assert isinstance(request, RefineRequest)
    (report,) = request.reports
    assert "What fails there: `reach_goal`, of which is asked: " in report.failure.message
    assert "held-" not in report.failure.message
    assert [e.text for e in seen if isinstance(e, events.Noticed)] == [
        "no fresh episodes are shown to the model: no simulator is installed here."
    ]
    again = run_loop(task, ScriptedModel([]), tmp_path / "run")
    assert again.replayed == outcome.calls == 3


def test_nothing_held_out_and_no_truth_is_in_the_journal(
    finished: tuple[Outcome, ScriptedModel], task: Squares
) -> None:
    """No id, seed, frame or truth, though two candidates were judged on held-out episodes."""
    outcome, model = finished
    text = (outcome.folder / "journal.jsonl").read_text()
    held_out = task.store.select(split="held_out")
    assert sum(isinstance(r, HeldOutRecord) for r in journal_of(outcome)) == 2
    assert TRUTH not in text
    shown = {frame_digest(s.frame) for request in model.requests for s in request.shots}
    pictures = {p.stem for p in (outcome.folder / "pictures").iterdir()}
    for episode in held_out:
        assert episode.id not in text
        assert str(episode.seed) not in text
        for frame in task.store.frames_of(episode):
            digest = frame_digest(frame)
            assert digest not in shown
            assert digest.hex()[:16] not in pictures
            assert digest.hex()[:16] not in text
    assert "held-" not in text.replace("held-out", "")


def test_the_pictures_of_the_journal_are_there(finished: tuple[Outcome, ScriptedModel]) -> None:
    """Every picture that a request refers to lies beside it, once."""
    outcome, _ = finished
    records = journal_of(outcome)
    named = {p.sha for r in records if r.type == "request" for p in r.pictures}
    assert {p.stem for p in (outcome.folder / "pictures").iterdir()} == named


def test_replaying_a_journal_reproduces_the_reward_byte_for_byte(
    finished: tuple[Outcome, ScriptedModel], task: Squares, tmp_path: Path
) -> None:
    """Without a model, in another folder, judged anew."""
    outcome, _ = finished
    replay = run_loop(task, ReplayModel(outcome.folder / "journal.jsonl"), tmp_path / "replay")
    assert replay.accepted
    assert (tmp_path / "replay" / "reward.py").read_bytes() == (
        outcome.folder / "reward.py"
    ).read_bytes()
    ours = journal_of(outcome)
    theirs = read_journal(tmp_path / "replay" / "journal.jsonl").records

    def verdicts(records: tuple[object, ...]) -> list[tuple[str, str]]:
        return [(r.program, r.marks) for r in records if isinstance(r, VerdictRecord)]

    assert verdicts(ours) == verdicts(theirs)


def test_a_finished_run_is_not_judged_again(
    finished: tuple[Outcome, ScriptedModel], task: Squares
) -> None:
    """Running it once more asks, judges and writes nothing."""
    outcome, _ = finished
    before = (outcome.folder / "journal.jsonl").read_bytes()
    model = ScriptedModel([])
    again = run_loop(task, model, outcome.folder)
    assert again.accepted
    assert again.replayed == 5
    assert (outcome.folder / "journal.jsonl").read_bytes() == before


def test_a_real_profile_reaches_the_request_for_speed(squares: Squares, tmp_path: Path) -> None:
    """Where the target cannot be met, the model is told where the time goes."""
    hurry = SPEC.model_copy(update={"target": TargetSpec(microseconds_per_frame=0.001)})
    model = ScriptedModel([PLAN_TEXT, block(real_program()), "No."])
    task = Squares(hurry, squares.store)
    outcome = run_loop(task, model, tmp_path / "run", LoopOptions(faster_rounds=1))
    assert outcome.accepted
    assert outcome.fast_enough is False
    costs = model.requests[2].profile
    assert {c.function for c in costs} == {"count", "take_key", "reach_goal"}
    assert [c.microseconds for c in costs] == sorted((c.microseconds for c in costs), reverse=True)
