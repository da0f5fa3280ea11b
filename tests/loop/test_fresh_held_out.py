"""Held-out episodes that were looked at in vain are replaced before the next look."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from squares import (
    GOAL,
    NARROW,
    PLAN_TEXT,
    SPEC,
    TRUTH,
    Markers,
    Squares,
    block,
    fresh_held_out,
    function,
    make_store,
    program,
    real_goal,
    real_program,
)

from synth.episode import frame_digest
from synth.errors import EnvironmentFault
from synth.journal import HeldOutRecord, read_journal
from synth.loop import LoopOptions, Outcome, events, run_loop
from synth.loop.episodes import visible_digest
from synth.models.replay import ReplayModel
from synth.models.scripted import ScriptedModel
from synth.prompts.requests import RefineRequest
from synth.spec import TargetSpec

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Go

NARROWS = [block(program(key="narrow", microseconds=20 + k)) for k in range(2)]
STORY = [PLAN_TEXT, *NARROWS, block(program())]


def looks(outcome: Outcome) -> list[tuple[bool, int, int]]:
    """Passed or not, which look, and which generation, as the journal has them."""
    kept = read_journal(outcome.folder / "journal.jsonl").records
    return [(r.passes, r.look, r.generation) for r in kept if isinstance(r, HeldOutRecord)]


def refuse(*_: object) -> None:
    """What a missing simulator does."""
    raise EnvironmentFault("no simulator is installed here.")


def test_each_look_after_a_failed_one_is_at_other_episodes(go: Go, markers: Markers) -> None:
    """The generation goes up with every failure, and is in the journal and in the outcome."""
    outcome = go(ScriptedModel(STORY))
    assert outcome.accepted
    assert looks(outcome) == [(False, 1, 0), (False, 2, 1), (True, 3, 2)]
    assert markers.generations == [0, 1, 2]
    assert (outcome.looks, outcome.replaced) == (3, 2)
    deciding = outcome.deciding_store()
    assert deciding is not None
    assert deciding.generation == 2


def test_a_look_that_is_passed_replaces_nothing(go: Go, markers: Markers) -> None:
    """A faster program is judged by the very episodes that the slow one passed."""
    slow, fast = block(program(microseconds=90)), block(function("look", "30"))
    outcome = go(ScriptedModel([PLAN_TEXT, slow, fast]))
    assert outcome.looks == 2
    assert markers.generations == [0, 0]
    assert outcome.replaced == 0


def test_what_decided_is_what_the_accepted_program_passed(go: Go) -> None:
    """A faster program that fails afterwards does not change the slower one's episodes."""
    slow = block(program(microseconds=90))
    narrow = block(program(key="narrow", microseconds=30))
    outcome = go(ScriptedModel([PLAN_TEXT, slow, narrow, "No."]))
    assert outcome.accepted
    assert looks(outcome) == [(True, 1, 0), (False, 2, 0)]
    deciding = outcome.deciding_store()
    assert deciding is not None
    assert deciding.generation == 0


def test_a_program_that_failed_is_not_looked_at_again_on_fresh_episodes(
    go: Go, markers: Markers
) -> None:
    """It is refuted for good; luck with other episodes must not save it."""
    outcome = go(ScriptedModel([PLAN_TEXT, NARROWS[0], NARROWS[0], block(program())]))
    assert markers.generations == [0, 1]
    assert outcome.looks == 2


def test_a_resumed_run_records_nothing_for_looks_that_it_knows(
    go: Go, markers: Markers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two looks are in the journal; the third, after the resume, is at the third generation."""
    go(ScriptedModel(STORY[:3]), calls=3)
    assert markers.generations == [0, 1]
    outcome = go(ScriptedModel({"refine-3-0": STORY[3]}))
    assert outcome.accepted
    assert markers.generations == [0, 1, 2]
    monkeypatch.setattr("synth.loop.episodes.fresh_held_out", refuse)
    assert go(ScriptedModel([])).accepted
    assert markers.generations == [0, 1, 2]


def test_a_replay_takes_over_looks_at_episodes_that_are_gone(
    go: Go, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the last generation is committed; on it the program is judged anew."""
    outcome = go(ScriptedModel(STORY))
    monkeypatch.setattr("synth.loop.episodes.fresh_held_out", refuse)
    task, judge = Squares(store=make_store(2)), Markers()
    replay = ReplayModel(outcome.folder / "journal.jsonl")
    again = run_loop(task, replay, tmp_path / "replay", judge=judge)
    assert again.accepted
    assert (again.folder / "reward.py").read_text() == program()
    assert judge.generations == [2]
    assert looks(again) == looks(outcome)


def test_a_store_that_was_replaced_before_goes_on_from_there(go: Go, markers: Markers) -> None:
    """A later run begins with the committed generation, and replaces that one."""
    outcome = go(ScriptedModel([*STORY[:2], STORY[3]]), task=Squares(store=make_store(4)))
    assert outcome.accepted
    assert markers.generations == [4, 5]
    assert outcome.replaced == 1


def test_the_event_tells_that_the_episodes_are_fresh(go: Go) -> None:
    """Whoever listens can say so."""
    seen: list[events.Event] = []
    go(ScriptedModel(STORY), observer=seen.append)
    assert [e.generation for e in seen if isinstance(e, events.HeldOut)] == [0, 1, 2]


PATIENT = SPEC.model_copy(update={"target": TargetSpec(microseconds_per_frame=1e6)})


def test_nothing_of_any_generation_is_in_the_journal_or_in_a_prompt(tmp_path: Path) -> None:
    """The suite itself judges; the model hears one fixed sentence, whichever episodes fail."""
    task = Squares(PATIENT, make_store())
    first, second = real_program(NARROW), real_goal(f"{NARROW} and True")
    model = ScriptedModel([PLAN_TEXT, block(first), block(second), block(real_goal(GOAL))])
    outcome = run_loop(task, model, tmp_path / "run", LoopOptions(faster_rounds=0))
    assert outcome.accepted
    assert looks(outcome) == [(False, 1, 0), (False, 2, 1), (True, 3, 2)]
    said = {r.reports[0].failure.message for r in model.requests if isinstance(r, RefineRequest)}
    assert len(said) == 1
    text = (outcome.folder / "journal.jsonl").read_text()
    pictures = {p.stem for p in (outcome.folder / "pictures").iterdir()}
    shown = {frame_digest(s.frame).hex()[:16] for r in model.requests for s in r.shots}
    assert TRUTH not in text
    assert "held-" not in text.replace("held-out", "")
    for generation in range(3):
        store = fresh_held_out(SPEC, task.store, generation)
        for episode in store.select(split="held_out"):
            assert str(episode.seed) not in text
            for frame in store.frames_of(episode):
                digest = frame_digest(frame).hex()[:16]
                assert digest not in pictures | shown
                assert digest not in text


def test_without_a_simulator_the_next_look_is_an_environment_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old episodes are never looked at twice, whatever it takes."""
    monkeypatch.setattr("synth.loop.episodes.fresh_held_out", refuse)
    task = Squares(PATIENT, make_store())
    model = ScriptedModel([PLAN_TEXT, block(real_program(NARROW)), block(real_goal(GOAL))])
    with pytest.raises(EnvironmentFault, match="no simulator"):
        run_loop(task, model, tmp_path / "run")
    kept = read_journal(tmp_path / "run" / "journal.jsonl").records
    assert sum(isinstance(r, HeldOutRecord) for r in kept) == 1


def test_held_out_episodes_are_not_part_of_the_evidence_for_visible_verdicts() -> None:
    """Else a promotion with fresh ones would have the finished run judge anew."""
    one, other = make_store(), make_store(3)
    assert visible_digest(one) == visible_digest(other)
    fewer = replace(one, episodes=one.episodes[1:])
    assert visible_digest(one) != visible_digest(fewer)
