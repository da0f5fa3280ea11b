"""What the search finds reaches the model and stays: in this run, a resumed one, a replayed one."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from flawed_programs import GROUNDLESS, KNOWN, LIVE, Blind, Liars, find_of, liar, mended, played
from squares import PLAN, PLAN_TEXT, SPEC, Squares, block

from synth.episode import read_store, write_store
from synth.errors import EnvironmentFault
from synth.journal import DecisionRecord, FoundRecord, VerdictRecord, read_journal
from synth.loop import LoopOptions, Outcome, events, promote, run_loop
from synth.models.replay import ReplayModel
from synth.models.scripted import ScriptedModel
from synth.prompts.requests import RefineRequest

if TYPE_CHECKING:
    from pathlib import Path

    from synth.episode import Rollout
    from synth.failure import Find
    from synth.models.base import Model
    from synth.spec import Spec

STORY = (PLAN_TEXT, block(liar(7, 8, 9)), mended(8, 9), mended(9), mended(7), mended())
"""Three lies, one after the other; before the end one that had been mended comes back."""


@pytest.fixture(autouse=True)
def simulator(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Seeds that were played; the suite is that of `liars`."""
    seeds: list[int] = []

    def play(spec: Spec, find: Find) -> Rollout:
        seeds.append(find.seed)
        return played(spec, find)

    monkeypatch.setattr("synth.task.found.play", play)
    monkeypatch.setattr("synth.loop.run.SuiteJudge", Liars)
    return seeds


def go(model: Model, folder: Path, task: Squares | None = None, **options: object) -> Outcome:
    """Run the loop with the suite of `liars`."""
    observer = options.pop("observer", None)
    return run_loop(task or Squares(), model, folder, LoopOptions(**options), observer)


def found_ids(outcome: Outcome) -> list[tuple[str, int]]:
    """Id and seed of the episodes that came with a run."""
    assert outcome.episodes is not None
    return [(e.id, e.seed) for e in outcome.episodes.store.select(kind="found")]


def records(folder: Path, kind: type) -> list[object]:
    """A journal's records of a kind."""
    return [r for r in read_journal(folder / "journal.jsonl").records if isinstance(r, kind)]


def test_a_find_becomes_an_episode_and_its_pictures_reach_the_model(tmp_path: Path) -> None:
    """Initial frame, frame at fault, and the most similar true success, from another episode."""
    model = ScriptedModel([PLAN_TEXT, block(liar(7)), mended()])
    outcome = go(model, tmp_path / "run")
    assert outcome.accepted
    assert found_ids(outcome) == [("found-0000", 7)]
    assert outcome.finds == 1
    refine = model.requests[2]
    assert isinstance(refine, RefineRequest)
    (report,) = refine.reports
    assert report.failure.episode == "found-0000"
    assert [s.name for s in report.shots[:2]] == [
        "found-0000-frame-0000",
        "found-0000-frame-0003",
    ]
    assert report.shots[2].name.startswith("expert-")
    assert "another episode" in report.shots[2].caption
    assert report.labels == (False, False, None)


def test_every_later_candidate_is_judged_by_what_was_found(tmp_path: Path) -> None:
    """A lie that comes back is no progress, even where the search would not find it again."""
    model = ScriptedModel(STORY)
    outcome = go(model, tmp_path / "run")
    assert outcome.accepted
    assert outcome.source == liar()
    assert found_ids(outcome) == [("found-0000", 7), ("found-0001", 8), ("found-0002", 9)]
    last = model.requests[-1]
    assert isinstance(last, RefineRequest)
    assert last.source == liar(9)
    assert "reverted, since no more tests pass" in last.notes[0]


def test_a_program_that_lies_less_is_better_though_it_still_lies(tmp_path: Path) -> None:
    """What was found is judged on the base as well, so that mending one lie is progress."""
    model = ScriptedModel(STORY)
    go(model, tmp_path / "run")
    sources = [r.source for r in model.requests if isinstance(r, RefineRequest)]
    assert sources == [liar(7, 8, 9), liar(8, 9), liar(9), liar(9)]


def test_the_events_tell_of_each_find(tmp_path: Path) -> None:
    """Once each, right after the candidate that led to it was judged."""
    seen: list[events.Event] = []
    go(ScriptedModel(STORY), tmp_path / "run", observer=seen.append)
    told = [(e.key, e.find.seed) for e in seen if isinstance(e, events.FoundEpisode)]
    assert told == [("write-1-0", 7), ("refine-2-0", 8), ("refine-3-0", 9)]


def test_the_journal_names_each_find_once(tmp_path: Path) -> None:
    """With seed and actions, which is all that it takes to play it again."""
    go(ScriptedModel(STORY), tmp_path / "run")
    named = [(r.seed, r.actions, r.note) for r in records(tmp_path / "run", FoundRecord)]
    assert named == [(seed, (0, 1, 2), GROUNDLESS) for seed in (7, 8, 9)]


class Crash(BaseException):
    """What a crash looks like from within."""


def crash_at(write_number: int, folder: Path) -> bool:
    """Run the story until that write to the journal; whether it came to that."""
    write, writes = os.write, 0

    def crash(fd: int, data: bytes) -> int:
        nonlocal writes
        writes += 1
        if writes > write_number:
            raise Crash
        return write(fd, data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "write", crash)
        try:
            go(ScriptedModel(dict(zip(KEYS, STORY, strict=True))), folder)
        except Crash:
            return True
    return False


KEYS = ("describe-0-0", "write-1-0", *(f"refine-{k}-0" for k in range(2, 6)))


def test_a_run_that_crashes_anywhere_comes_to_the_same_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also between a verdict and the episode that it names; nothing is judged twice."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    whole = go(ScriptedModel(STORY), tmp_path / "whole")
    wanted = [(r.program, r.evidence) for r in records(tmp_path / "whole", VerdictRecord)]
    crashes = 0
    while crash_at(2 * crashes + 1, tmp_path / f"run-{crashes}"):
        folder = tmp_path / f"run-{crashes}"
        outcome = go(ScriptedModel(dict(zip(KEYS, STORY, strict=True))), folder)
        assert outcome.accepted
        assert found_ids(outcome) == found_ids(whole)
        assert [(r.program, r.evidence) for r in records(folder, VerdictRecord)] == wanted
        assert len(records(folder, FoundRecord)) == 3
        crashes += 1
    assert crashes > 10


@pytest.fixture
def committed(tmp_path: Path) -> Path:
    """The story's result, promoted with the episodes that decided."""
    outcome = go(ScriptedModel(STORY), tmp_path / "run")
    target = tmp_path / "generated"
    deciding = outcome.deciding_store()
    assert deciding is not None
    write_store(target / "episodes", Squares().store)
    promote(outcome.folder, target, deciding)
    return target


@pytest.mark.parametrize("judge", [Liars, Blind], ids=["with a simulator", "without"])
def test_a_replay_on_the_committed_episodes_gives_the_reward_byte_for_byte(
    committed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, judge: type[Liars]
) -> None:
    """Each find waits until it is found again, and nothing is played or asked."""
    monkeypatch.setattr("synth.loop.run.SuiteJudge", judge)
    monkeypatch.setattr("synth.task.found.play", refuse)
    task = Squares(SPEC, read_store(committed / "episodes"))
    assert len(task.store.select(kind="found")) == 3
    outcome = go(ReplayModel(committed / "journal.jsonl"), tmp_path / "replay", task)
    assert outcome.accepted
    assert (tmp_path / "replay" / "reward.py").read_bytes() == (
        committed / "reward.py"
    ).read_bytes()
    assert found_ids(outcome) == [("found-0000", 7), ("found-0001", 8), ("found-0002", 9)]

    def decided(folder: Path) -> list[tuple[str, str]]:
        return [(r.decision, r.program) for r in records(folder, DecisionRecord)]

    assert decided(tmp_path / "replay") == decided(tmp_path / "run")


def refuse(*_: object) -> Rollout:
    """What a missing simulator does."""
    raise EnvironmentFault("no simulator is installed here.")


def test_a_finished_run_runs_again_on_what_it_has_committed(
    committed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is asked, judged, played or written, though the episodes are more by now."""
    monkeypatch.setattr("synth.task.found.play", refuse)
    before = (tmp_path / "run" / "journal.jsonl").read_bytes()
    task = Squares(SPEC, read_store(committed / "episodes"))
    model = ScriptedModel([])
    again = go(model, tmp_path / "run", task)
    assert again.accepted
    assert not model.requests
    assert (tmp_path / "run" / "journal.jsonl").read_bytes() == before


def test_finds_of_an_earlier_run_are_ordinary_episodes_of_the_next(
    committed: Path, tmp_path: Path
) -> None:
    """Another model's first program is judged by them at once, and they are not named again."""
    task = Squares(SPEC, read_store(committed / "episodes"))
    outcome = go(ScriptedModel([PLAN_TEXT, block(liar(9)), mended()]), tmp_path / "other", task)
    assert outcome.accepted
    assert outcome.finds == 0
    assert not records(tmp_path / "other", FoundRecord)
    first = records(tmp_path / "other", VerdictRecord)[0]
    assert {e.failure.test for e in first.exemplars} == {KNOWN, LIVE}


def test_without_a_simulator_a_find_that_no_store_holds_is_an_environment_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said so; the verdict is in the journal already and is not lost."""
    monkeypatch.setattr("synth.task.found.play", refuse)
    model = ScriptedModel([PLAN_TEXT, block(liar(7))])
    with pytest.raises(EnvironmentFault, match="no simulator"):
        go(model, tmp_path / "run")
    monkeypatch.setattr("synth.task.found.play", played)
    outcome = go(ScriptedModel({"refine-2-0": mended()}), tmp_path / "run")
    assert outcome.accepted
    assert found_ids(outcome) == [("found-0000", 7)]


def test_a_sample_is_not_accepted_against_what_a_later_one_led_to(tmp_path: Path) -> None:
    """The first of two seems right; the search, led on by the second, finds its lie as well."""
    hidden, honest = liar(7), liar()
    model = ScriptedModel(
        {
            "describe-0-0": PLAN_TEXT,
            "describe-0-1": PLAN_TEXT,
            "write-1-0": block(hidden),
            "write-1-1": block(liar(7, 8)),
            "refine-2-0": block(honest),
            "refine-2-1": block(honest),
        }
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("synth.loop.run.SuiteJudge", ShortSighted)
        outcome = go(model, tmp_path / "run", samples=2)
    assert outcome.accepted
    assert outcome.source == honest


class ShortSighted(Liars):
    """A search that finds nothing against a program with one lie alone."""

    def visible(self, source: str, plan: object) -> object:
        """See `synth.loop.Judge`."""
        verdict = super().visible(source, plan)
        if 'lies on 7"' not in source:
            return verdict
        kept = [e.failure for e in verdict.exemplars if e.failure.test != LIVE]
        failed = [test for test in verdict.failed if test != LIVE]
        return type(verdict).of({*verdict.passed, LIVE}, failed, kept)


def test_a_find_made_for_speed_can_undo_an_acceptance(tmp_path: Path) -> None:
    """Then the accepted program is refined, rather than committed against what is known."""
    model = ScriptedModel(
        {
            "describe-0-0": PLAN_TEXT,
            "write-1-0": block(liar(7, microseconds=90)),
            "faster-2-0": block(liar(7, 8, microseconds=30)),
            "refine-3-0": mended(),
            "faster-4-0": "No.",
            "faster-5-0": "No.",
        }
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("synth.loop.run.SuiteJudge", ShortSighted)
        outcome = go(model, tmp_path / "run")
    assert outcome.accepted
    assert outcome.source == liar(microseconds=90)
    refine = next(r for r in model.requests if isinstance(r, RefineRequest))
    assert refine.reports[0].failure.test == KNOWN


def test_a_find_that_was_told_right_elsewhere_keeps_its_verdict(tmp_path: Path) -> None:
    """The evidence of a plan is that of the episodes as recorded; finds are named beside it."""
    go(ScriptedModel(STORY), tmp_path / "run")
    verdicts = records(tmp_path / "run", VerdictRecord)
    assert verdicts[0].evidence == Liars(None, tmp_path).evidence(PLAN)
    assert len({r.evidence for r in verdicts}) == 4
    assert replace(find_of(7), note="") != find_of(7)
