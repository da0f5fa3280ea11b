"""Promotion: what was accepted becomes the committed reward, and nothing is lost on the way."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from flawed_programs import find_of, played
from squares import (
    GOAL,
    PLAN,
    PLAN_TEXT,
    SPEC,
    Squares,
    block,
    fresh_held_out,
    program,
    real_goal,
    real_program,
)

from synth.episode import Untold, read_store, write_store
from synth.errors import StaleEpisodes, UsageError
from synth.loop import Comparison, Outcome, Provenance, compare, promote, run_loop
from synth.models.replay import ReplayModel
from synth.models.scripted import ScriptedModel
from synth.plan import Plan
from synth.spec import TargetSpec
from synth.task import TaskFolder
from synth.task.found import add_found
from synth.task.provenance import file_digests

if TYPE_CHECKING:
    from pathlib import Path

    from synth.episode import EpisodeStore

PATIENT = SPEC.model_copy(update={"target": TargetSpec(microseconds_per_frame=1e6)})


@pytest.fixture(scope="module")
def run(squares: Squares, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """An accepted run."""
    model = ScriptedModel([PLAN_TEXT, block(real_program("False")), block(real_goal(GOAL))])
    folder = tmp_path_factory.mktemp("promote") / "run"
    outcome = run_loop(Squares(PATIENT, squares.store), model, folder)
    assert outcome.accepted
    return outcome


@pytest.fixture
def target(squares: Squares, tmp_path: Path) -> Path:
    """``generated/squares`` with its episodes and nothing else."""
    folder = tmp_path / "generated" / "squares"
    write_store(folder / "episodes", squares.store)
    return folder


def test_a_promoted_folder_is_whole(run: Outcome, target: Path) -> None:
    """Program, plan, suite, journal, pictures, and a digest of every file."""
    provenance = promote(run.folder, target)
    assert (target / "reward.py").read_text() == real_program()
    assert TaskFolder.read(target).plan == PLAN
    assert {p.name for p in target.iterdir()} == {
        "episodes",
        "journal.jsonl",
        "pictures",
        "provenance.json",
        "reward.py",
        "task.toml",
        "test_squares.py",
    }
    written = json.loads((target / "provenance.json").read_text())
    assert written == provenance.model_dump(mode="json")
    assert written["files"] == file_digests(target)
    assert (written["model"], written["answered_by"]) == ("scripted", ["scripted"])
    assert (written["rounds"], written["calls"], written["looks"]) == (3, 3, 1)
    assert written["microseconds_single"] > 0
    assert TaskFolder.read(target).digests == written["files"]


def test_a_promoted_reward_passes_its_audit(run: Outcome, target: Path) -> None:
    """`pytest generated/TASK` is green, by the files alone."""
    promote(run.folder, target)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."],
        cwd=target,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_a_promoted_journal_reproduces_its_reward(run: Outcome, target: Path) -> None:
    """What is committed is enough to make it again."""
    promote(run.folder, target)
    task = TaskFolder.read(target)
    again = run_loop(task, ReplayModel(target / "journal.jsonl"), target.parent / "again")
    assert again.accepted
    assert (again.folder / "reward.py").read_bytes() == (target / "reward.py").read_bytes()


def test_a_promotion_cut_short_is_completed_by_the_next(
    run: Outcome, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At whichever file it stops, every file is whole and promoting again ends the same."""
    module = importlib.import_module("synth.loop.promote")
    write = module.replace_file
    promote(run.folder, target)
    wanted = file_digests(target)
    for stop in range(100):
        shutil.rmtree(target)
        write_store(target / "episodes", Squares().store)
        count = 0

        def crash(path: Path, content: bytes, stop: int = stop) -> None:
            nonlocal count
            if count == stop:
                raise KeyboardInterrupt
            count += 1
            write(path, content)

        with monkeypatch.context() as patch:
            patch.setattr(module, "replace_file", crash)
            try:
                promote(run.folder, target)
            except KeyboardInterrupt:
                assert not (target / "provenance.json").exists()
            else:
                break
        for name, digest in file_digests(target).items():
            assert wanted[name] == digest
        promote(run.folder, target)
        assert file_digests(target) == wanted
    assert stop > 6


@pytest.fixture
def deciding(squares: Squares) -> EpisodeStore:
    """Episodes with one find and with held-out ones that were replaced twice."""
    fresh = fresh_held_out(SPEC, squares.store, 2)
    return add_found(fresh, SPEC, [(played(SPEC, find_of(7)), "a lie")])


def test_the_episodes_that_decided_are_promoted(
    run: Outcome, target: Path, deciding: EpisodeStore
) -> None:
    """Finds and the last held-out episodes lie in the folder, and their digests fit."""
    provenance = promote(run.folder, target, deciding)
    there = read_store(target / "episodes")
    assert there.generation == 2
    assert [e.id for e in there.select(kind="found")] == ["found-0000"]
    seeds = {e.seed for e in there.select(split="held_out")}
    assert seeds == {e.seed for e in deciding.select(split="held_out")}
    assert (provenance.generation, provenance.finds, provenance.replaced) == (2, 1, 0)
    assert provenance.files == file_digests(target)
    assert TaskFolder.read(target).digests == provenance.files


def test_promoting_the_same_episodes_again_leaves_their_files_alone(
    run: Outcome, target: Path, deciding: EpisodeStore
) -> None:
    """What is there already is not written anew, pictures for people included."""
    first = promote(run.folder, target, deciding)
    marks = {p: p.stat().st_mtime_ns for p in (target / "episodes").iterdir()}
    assert promote(run.folder, target, deciding) == first
    assert {p: p.stat().st_mtime_ns for p in (target / "episodes").iterdir()} == marks


def test_episodes_are_replaced_whole_or_not_at_all(
    run: Outcome, target: Path, deciding: EpisodeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interruption leaves those that were there, and the next promotion completes it."""
    before = file_digests(target)

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("synth.record.folder.write_contact_sheet", crash)
        with pytest.raises(KeyboardInterrupt):
            promote(run.folder, target, deciding)
    assert file_digests(target) == before
    assert [p.name for p in target.iterdir()] == ["episodes"]
    promote(run.folder, target, deciding)
    assert read_store(target / "episodes").generation == 2


def test_episodes_of_another_spec_are_not_promoted(
    run: Outcome, target: Path, deciding: EpisodeStore
) -> None:
    """They are refused before anything is written."""
    before = file_digests(target)
    with pytest.raises(StaleEpisodes):
        promote(run.folder, target, replace(deciding, spec_digest="another"))
    assert file_digests(target) == before


def test_a_provenance_of_an_earlier_version_is_read(run: Outcome, target: Path) -> None:
    """One without finds and generations says that there were none."""
    old = promote(run.folder, target).model_dump(mode="json")
    for name in ("generation", "finds", "replaced"):
        assert old.pop(name) == 0
    assert Provenance.model_validate_json(json.dumps(old)).generation == 0


def test_what_cannot_be_told_from_success_is_in_the_provenance(run: Outcome, target: Path) -> None:
    """Trainers take the goal from the environment where pictures of success were met as none."""
    plain = promote(run.folder, target)
    assert (plain.goal_from, plain.untold) == ("reward", 0)
    episodes = target / "episodes"
    untold = Untold(3, 7, 9, leaves=True)
    write_store(episodes, replace(read_store(episodes), untold=untold))
    told = promote(run.folder, target)
    assert (told.goal_from, told.untold) == ("environment", 3)
    assert json.loads((target / "provenance.json").read_text())["goal_from"] == "environment"


def test_pictures_of_an_earlier_run_are_cleared_away(run: Outcome, target: Path) -> None:
    """The folder holds what its journal refers to, and no more."""
    (target / "pictures").mkdir(parents=True)
    (target / "pictures" / "0123456789abcdef.png").write_bytes(b"old")
    (target / ".reward.py-killed.tmp").write_bytes(b"half")
    promote(run.folder, target)
    assert {p.name for p in (target / "pictures").iterdir()} == {
        p.name for p in (run.folder / "pictures").iterdir()
    }
    assert not list(target.glob(".*"))


def test_a_journal_that_came_without_its_pictures_gets_them_again(
    run: Outcome, target: Path, squares: Squares, tmp_path: Path
) -> None:
    """A run that goes on from a journal alone asks nothing, and has its pictures again."""
    alone = tmp_path / "run"
    alone.mkdir()
    shutil.copy(run.folder / "journal.jsonl", alone)
    outcome = run_loop(Squares(PATIENT, squares.store), ScriptedModel([]), alone)
    assert outcome.accepted
    promote(alone, target)
    pictures = {p.name: p.read_bytes() for p in (run.folder / "pictures").iterdir()}
    assert pictures
    assert {p.name: p.read_bytes() for p in (target / "pictures").iterdir()} == pictures


def test_a_run_without_pictures_is_promoted(run: Outcome, target: Path, tmp_path: Path) -> None:
    """They are for people: nothing else hangs on them."""
    folder = tmp_path / "bare"
    shutil.copytree(run.folder, folder)
    shutil.rmtree(folder / "pictures")
    promote(folder, target)
    assert (target / "reward.py").is_file()
    assert not (target / "pictures").exists()


def test_a_run_that_accepted_nothing_is_not_promoted(
    go: object, target: Path, squares: Squares
) -> None:
    """Half a reward is not committed, and the target is left alone."""
    outcome = go(ScriptedModel([PLAN_TEXT, block(program(key="wrong"))]), rounds=2)
    with pytest.raises(UsageError, match="accepted no reward"):
        promote(outcome.folder, target)
    assert [p.name for p in target.iterdir()] == ["episodes"]


def test_a_program_changed_by_hand_is_not_promoted(
    run: Outcome, target: Path, tmp_path: Path
) -> None:
    """What is promoted is what was judged."""
    folder = tmp_path / "tampered"
    shutil.copytree(run.folder, folder)
    (folder / "reward.py").write_text(real_program("True"))
    with pytest.raises(UsageError, match=r"not the program that journal\.jsonl accepted"):
        promote(folder, target)


def test_without_episodes_there_is_nothing_to_promote_to(run: Outcome, tmp_path: Path) -> None:
    """The message names what makes them."""
    with pytest.raises(UsageError, match="synth record"):
        promote(run.folder, tmp_path / "empty")


def compared(squares: Squares, folder: Path, candidate: str, plan: Plan = PLAN) -> Comparison:
    """A candidate beside the right program."""
    task = Squares(PATIENT, squares.store)
    return compare(task, (real_program(), PLAN), (candidate, plan), folder=folder)


@pytest.fixture(scope="module")
def agreeing(squares: Squares, tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """A program beside itself."""
    return compared(squares, tmp_path_factory.mktemp("agreeing"), real_program())


def test_a_reward_agrees_with_itself(agreeing: Comparison) -> None:
    """The same program is no worse, and says the same on every held-out frame."""
    result = agreeing
    assert not result.worse
    assert [a.same for a in result.agreements] == [1.0, 1.0]
    assert result.goal is not None
    assert (result.goal.committed, result.goal.candidate) == ("reach_goal", "reach_goal")
    assert result.goal.frames == 20
    assert result.committed.passes
    assert result.committed.single is not None


@pytest.mark.parametrize(
    ("before", "after", "times", "slower"),
    [
        (40.0, 170.0, 4.1, True),
        (40.0, 170.0, 3.9, False),  # in batches it is not: the machine was busy
        (40.0, 150.0, 9.0, False),
        (10.0, 50.0, 9.0, False),
        (100.0, 350.0, 9.0, False),
    ],
)
def test_a_reward_that_passes_is_worse_only_where_it_is_much_too_slow(
    agreeing: Comparison, before: float, after: float, times: float, slower: bool
) -> None:
    """Past the target of 60 and over four times as slow: what a machine's load does not explain."""
    result = replace(
        agreeing,
        target=60.0,
        committed=replace(agreeing.committed, single=before, batched=20.0),
        candidate=replace(agreeing.candidate, single=after, batched=20.0 * times),
    )
    assert result.worse is slower


def test_a_wrong_goal_is_worse_and_the_disagreement_is_counted(
    squares: Squares, tmp_path: Path
) -> None:
    """Both of the held-out successes are missed: two frames of twenty."""
    result = compared(squares, tmp_path, real_program("bool(frame.size == 1)"))
    assert result.worse
    assert result.goal is not None
    assert result.goal.same == pytest.approx(0.9)
    assert result.agreements[1].same == 1.0


def test_rewards_with_different_plans_are_compared_from_the_goal_backwards(
    squares: Squares, tmp_path: Path
) -> None:
    """Sub-tasks need neither the same names nor the same number."""
    plan = Plan(task="reach it", stages=(PLAN.stages[1],))
    only_goal = real_program().replace("[take_key, reach_goal]", "[reach_goal]")
    result = compared(squares, tmp_path, only_goal, plan)
    assert [a.candidate for a in result.agreements] == ["reach_goal"]
    assert result.goal is not None
    assert result.goal.same == 1.0


def test_a_candidate_that_cannot_be_run_is_worse_and_compared_in_nothing(
    squares: Squares, tmp_path: Path
) -> None:
    """A program that does not parse is a side without a speed."""
    result = compared(squares, tmp_path, "def reach_goal(:\n")
    assert result.worse
    assert not result.agreements
    assert result.goal is None
    assert result.candidate.single is None
