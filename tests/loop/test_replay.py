"""Replaying a journal decides as the recorded run did, on any machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import crashing
from squares import (
    PLAN_TEXT,
    Markers,
    Squares,
    block,
    episode,
    held_out_episodes,
    program,
    store_of,
)

from synth.journal import SpeedRecord, read_journal
from synth.loop import LoopOptions, Outcome, Timing, run_loop
from synth.models.replay import ReplayModel
from synth.models.scripted import ScriptedModel

if TYPE_CHECKING:
    from pathlib import Path


class SlowMachine(Markers):
    """Every measurement comes out differently here."""

    def speed(self, source: str) -> Timing:
        """See `synth.loop.Judge`."""
        timing = super().speed(source)
        return Timing(300 - timing.single, timing.batched, timing.profile)


def replay(journal: Path, folder: Path, judge: Markers, **options: int) -> Outcome:
    """Replay with the options that somebody else happens to have."""
    return run_loop(Squares(), ReplayModel(journal), folder, LoopOptions(**options), judge=judge)


def test_another_machine_s_clock_changes_nothing(tmp_path: Path) -> None:
    """Speeds are taken from the tape, so that the same faster program wins."""
    crashing.run(tmp_path / "run")
    elsewhere = SlowMachine()
    outcome = replay(tmp_path / "run" / "journal.jsonl", tmp_path / "replay", elsewhere)
    assert outcome.accepted
    assert outcome.source == crashing.FINAL
    assert (tmp_path / "replay" / "reward.py").read_bytes() == crashing.FINAL.encode()
    assert not elsewhere.measured

    def speeds(folder: str) -> list[SpeedRecord]:
        records = read_journal(tmp_path / folder / "journal.jsonl").records
        return [r for r in records if isinstance(r, SpeedRecord)]

    assert speeds("replay") == speeds("run")


def test_a_replay_of_a_replay_is_the_same_again(tmp_path: Path) -> None:
    """A journal made by replaying is as good as the first."""
    crashing.run(tmp_path / "run")
    replay(tmp_path / "run" / "journal.jsonl", tmp_path / "a", Markers())
    replay(tmp_path / "a" / "journal.jsonl", tmp_path / "b", Markers(), samples=7, rounds=1)
    assert (tmp_path / "b" / "reward.py").read_bytes() == crashing.FINAL.encode()


def test_a_replay_ends_where_the_tape_ends(tmp_path: Path) -> None:
    """A run that was cut short replays to the same best program, without an error."""
    wrong = block(program(key="wrong"))
    model = ScriptedModel([PLAN_TEXT, wrong, wrong])
    run = run_loop(Squares(), model, tmp_path / "run", LoopOptions(calls=3), judge=Markers())
    assert run.ending == "budget"
    outcome = replay(tmp_path / "run" / "journal.jsonl", tmp_path / "replay", Markers())
    assert outcome.ending == "budget"
    assert "the replayed journal ends before refine-3-0" in outcome.reason
    assert outcome.source == run.source


def test_a_replay_that_stops_says_that_no_budget_helps_and_what_has_changed(tmp_path: Path) -> None:
    """Where other pictures are asked about than were recorded, the episodes have changed."""
    model = ScriptedModel([PLAN_TEXT, block(program(key="wrong"))])
    run_loop(Squares(), model, tmp_path / "run", LoopOptions(calls=2), judge=Markers())
    journal = tmp_path / "run" / "journal.jsonl"
    same = replay(journal, tmp_path / "same", Markers())
    assert same.tape_ended
    assert same.reason == "the replayed journal ends before refine-2-0"
    assert "larger budget gives it nothing: ask one with" in same.next_step
    episodes = [episode(f"expert-{k:04d}", seed=3000 + k) for k in range(4)]
    others = Squares(store=store_of([*episodes, *held_out_episodes(0)]))
    for _ in range(2):  # what the first replay left behind tells the second as much
        strayed = run_loop(others, ReplayModel(journal), tmp_path / "others", judge=Markers())
        assert "no answer to refine-2-0: from describe-0-0 on other pictures" in strayed.reason
        assert "since the episodes, or what judges by them, have changed" in strayed.reason
        assert "go back to the episodes that the journal was made with" in strayed.next_step
        assert "to go on" not in strayed.next_step


def test_a_folder_that_replayed_another_journal_replays_this_one(tmp_path: Path) -> None:
    """What an earlier replay left behind does not get into a later one."""
    first, second = tmp_path / "first", tmp_path / "second"
    one, other = block(program(microseconds=50)), block(program(microseconds=260))
    run_loop(Squares(), ScriptedModel([PLAN_TEXT, one]), first, judge=Markers())
    run_loop(Squares(), ScriptedModel([PLAN_TEXT, other]), second, judge=SlowMachine())
    replay(first / "journal.jsonl", tmp_path / "replay", Markers())
    outcome = replay(second / "journal.jsonl", tmp_path / "replay", Markers())
    assert outcome.source == program(microseconds=260)
    assert outcome.speed is not None
    assert outcome.speed.single == 40
    again = replay(first / "journal.jsonl", tmp_path / "replay", Markers())
    assert again.source == program(microseconds=50)
    assert (tmp_path / "replay" / "reward.py").read_text() == program(microseconds=50)
