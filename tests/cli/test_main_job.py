"""From a spec to an audited reward, by the commands a user types."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from synth.errors import ModelDeadEnd
from synth.loop import Comparison
from tests.cli.conftest import PLAN, PROGRAM, WRONG, Command

IDLE = """
def expert(simulator):
    return iter([0, 0])

def broken(simulator):
    raise KeyError("door")
"""


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test that needs a committed reward leaves it for the others."""
    return tmp_path_factory.mktemp("made")


@pytest.fixture
def committed(checkout: Path, synth_command: Command, scripted: object, made_once: Path) -> Path:
    """A task whose reward has been made and committed."""
    scripted(PLAN, PROGRAM)
    folders = ("generated", "runs")
    if any(made_once.iterdir()):
        for name in folders:
            shutil.copytree(made_once / name, checkout / name, dirs_exist_ok=True)
        return checkout / "generated" / "walk"
    ran = synth_command("run", "walk", "--model", "scripted:x")
    assert ran.code == 0, ran.all
    for name in folders:
        shutil.copytree(checkout / name, made_once / name)
    return checkout / "generated" / "walk"


def test_run_records_writes_judges_promotes_and_audits(committed: Path) -> None:
    """One command leaves a folder that audits itself."""
    names = {path.name for path in committed.iterdir()}
    assert names >= {
        "reward.py",
        "test_walk.py",
        "task.toml",
        "provenance.json",
        "episodes",
        "journal.jsonl",
        "pictures",
    }


REPLAY = ("run", "walk", "--model", "replay:generated/walk/journal.jsonl")


def test_run_without_a_model_makes_a_reward_from_nothing(
    checkout: Path, synth_command: Command
) -> None:
    """No key, no network, no journal: builtin does the whole job and says what a VLM adds."""
    ran = synth_command("run", "walk")
    assert ran.code == 0, ran.all
    assert "promoted to generated/walk/reward.py" in ran.out
    assert "passed" in ran.out
    assert "--model openai:NAME" in ran.out
    assert (checkout / "runs" / "walk" / "builtin" / "reward.py").exists()


def test_run_ends_with_all_that_the_audit_says_of_the_reward(
    synth_command: Command,
) -> None:
    """The task's line, what the held-out episodes prove, what was not checked, and the counts."""
    ran = synth_command("run", "walk")
    lines = ran.out.splitlines()
    told = lines[lines.index("auditing: pytest generated/walk") + 1 :]
    assert re.fullmatch(r"walk: 1 sub-tasks, .* tests: all passed, \d+ skipped", told[0])
    assert told[1].startswith("    held out, with 95% certainty: ")
    assert told[2].startswith("    not checked: ")
    assert re.match(r"\d+ passed, \d+ skipped in ", told[3])


@pytest.mark.usefixtures("unaudited")
def test_run_without_a_model_leaves_a_committed_reward_alone(
    committed: Path, synth_command: Command
) -> None:
    """What builtin makes is compared with it and stays in its run."""
    before = (committed / "reward.py").read_bytes()
    ran = synth_command("run", "walk")
    assert ran.code == 0, ran.all
    assert "agrees with the committed reach_goal on 100.00%" in ran.out
    assert (committed / "reward.py").read_bytes() == before


def test_a_replay_of_the_committed_journal_says_so(committed: Path, synth_command: Command) -> None:
    """It reproduces the reward byte for byte, and audits it."""
    before = (committed / "reward.py").read_bytes()
    ran = synth_command(*REPLAY)
    assert ran.code == 0, ran.all
    assert "replaying the committed journal" in ran.out
    assert "byte for byte" in ran.out
    assert "passed" in ran.out
    assert (committed / "reward.py").read_bytes() == before


@pytest.mark.usefixtures("unaudited")
def test_a_replay_that_does_not_reproduce_is_told(committed: Path, synth_command: Command) -> None:
    """A committed reward that was edited by hand does not pass for the journal's."""
    program = committed / "reward.py"
    program.write_text(program.read_text().replace("0 < now", "1 < now"), encoding="utf-8")
    ran = synth_command(*REPLAY)
    assert ran.code == 1
    assert "does NOT reproduce" in ran.out


@pytest.mark.usefixtures("unaudited")
def test_a_second_model_is_compared_and_the_committed_reward_left_alone(
    committed: Path, synth_command: Command, scripted: object
) -> None:
    """Only --bless replaces what is committed."""
    before = (committed / "reward.py").read_bytes()
    other = PROGRAM.replace("0 < now < initial", "now > 0 and now < initial")
    scripted(PLAN, other)
    for path in (committed.parent.parent / "runs" / "walk" / "scripted-x").rglob("*"):
        if path.is_file():
            path.unlink()
    ran = synth_command("run", "walk", "--model", "scripted:x")
    assert ran.code == 0, ran.all
    assert "agrees with the committed reach_goal on 100.00%" in ran.out
    assert (committed / "reward.py").read_bytes() == before
    assert synth_command("run", "walk", "--model", "scripted:x", "--bless").code == 0
    assert (committed / "reward.py").read_bytes() != before


@pytest.mark.usefixtures("unaudited")
def test_a_result_that_is_worse_than_the_committed_reward_is_exit_code_1(
    committed: Path,
    synth_command: Command,
    scripted: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As the README promises; the comparison stands in the JSON, and --bless overrules it."""
    monkeypatch.setattr(Comparison, "slower", property(lambda _: True))
    assert (committed / "reward.py").exists()
    scripted(PLAN, PROGRAM)
    ran = synth_command("run", "walk", "--model", "scripted:x", "--json")
    assert ran.code == 1, ran.all
    summary = json.loads(ran.out)
    assert summary["accepted"]
    assert summary["exit_code"] == 1
    assert summary["comparison"]["worse"]
    assert summary["comparison"]["candidate"]["failed"] == 0
    assert "worse: too slow" in ran.err
    assert synth_command("run", "walk", "--model", "scripted:x", "--bless").code == 0


def test_a_run_that_fails_says_what_failed_and_how_to_see_the_rest(
    checkout: Path, synth_command: Command, scripted: object
) -> None:
    """Each round's first sentence, the file with all of them, the command, what is unchecked."""
    scripted(PLAN, WRONG, "No program.")
    ran = synth_command("run", "walk", "--model", "scripted:x", "--rounds", "3")
    assert ran.code == 5
    assert "round 1, write-1-0: " in ran.out
    assert "round 2, refine-2-0: " in ran.out
    file = checkout / "runs" / "walk" / "scripted-x" / "failures.md"
    assert "runs/walk/scripted-x/failures.md" in ran.out
    assert "](failures/" in file.read_text()
    command = "pytest generated/walk --reward runs/walk/scripted-x/reward.py"
    assert command in ran.out
    audit = subprocess.run(
        [sys.executable, "-m", *command.split(), "-q", "-p", "no:cacheprovider"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert audit.returncode == 1, audit.stdout
    assert "reach_goal" in audit.stdout
    assert "not checked: near misses" in ran.out


def test_a_dead_end_is_exit_code_6(synth_command: Command, scripted: object) -> None:
    """The model is named as the party that could not."""
    scripted(PLAN, ModelDeadEnd("nothing says what the labels say."))
    ran = synth_command("run", "walk", "--model", "scripted:x")
    assert ran.code == 6
    assert "the model could not" in ran.out
    assert "another with --model" in ran.out


def test_json_is_all_that_standard_output_holds(synth_command: Command, scripted: object) -> None:
    """Scripts read the summary; people read standard error."""
    scripted(PLAN, WRONG, PROGRAM)
    ran = synth_command("run", "walk", "--model", "scripted:x", "--json")
    summary = json.loads(ran.out)
    assert ran.code == summary["exit_code"] == 0
    assert summary["accepted"] is True
    assert summary["audit_passed"] is True
    assert summary["fate"] == "promoted"
    assert summary["calls"] == 3
    assert summary["subtasks"] == ["reach_goal"]
    assert summary["held_out_failed"] == 0


def test_tasks_says_where_each_spec_stands(committed: Path, synth_command: Command) -> None:
    """Episodes, suite and reward of every spec, in one table."""
    line = next(x for x in synth_command("tasks").out.splitlines() if x.startswith("walk"))
    assert line.split() == ["walk", "MiniGrid-Empty-5x5-v0", "8", "yes", "scripted:x"]


def test_accuracy_compares_with_truth_on_fresh_seeds(
    committed: Path, synth_command: Command
) -> None:
    """The goal against success, and every figure as JSON too."""
    ran = synth_command("accuracy", "walk", "--seeds", "3", "--json")
    figures = json.loads(ran.out)
    assert ran.code == 0
    assert figures["experts_in_order"] == 3
    assert figures["subtasks"][-1]["predicate"] == "success"
    assert figures["subtasks"][-1]["wrong"] == 0
    assert "100.0000%" in synth_command("accuracy", "walk", "--seeds", "2").out


def test_new_writes_a_spec_that_works_and_refuses_to_overwrite(
    checkout: Path, synth_command: Command
) -> None:
    """The spec renders and its expert succeeds before it is written."""
    ran = synth_command("new", "four-rooms", "--env", "MiniGrid-FourRooms-v0", "--goal", 'the "g"')
    assert ran.code == 0, ran.all
    text = (checkout / "specs" / "four-rooms.toml").read_text(encoding="utf-8")
    assert text.count("#") >= 6
    assert (checkout / "runs" / "four-rooms" / "first-frame.png").exists()
    again = synth_command("new", "four-rooms", "--env", "MiniGrid-FourRooms-v0")
    assert again.code == 2
    assert "exists" in again.err


@pytest.mark.parametrize(
    ("env", "expert", "code", "words"),
    [
        ("MiniGrid-FourRoom-v0", "synth.envs.minigrid:planner", 2, "MiniGrid-FourRooms-v0"),
        ("CartPole-v1", "synth.envs.minigrid:planner", 2, "planner broke in CartPole-v1"),
        ("MiniGrid-FourRooms-v0", "idle:expert", 4, "did not succeed"),
        ("MiniGrid-FourRooms-v0", "idle:broken", 2, "KeyError"),
        ("MiniGrid-FourRooms-v0", "idle:nobody", 2, "has no function 'nobody'"),
    ],
)
def test_new_writes_nothing_for_what_does_not_work(
    checkout: Path, synth_command: Command, env: str, expert: str, code: int, words: str
) -> None:
    """An unknown environment or expert, or one that fails: a message, and no file."""
    (checkout / "idle.py").write_text(IDLE, encoding="utf-8")
    ran = synth_command("new", "thing", "--env", env, "--expert", expert)
    assert ran.code == code
    assert words in ran.err
    assert not (checkout / "specs" / "thing.toml").exists()


def test_suite_writes_the_test_file(checkout: Path, synth_command: Command) -> None:
    """`synth suite` records first where nothing is recorded."""
    assert synth_command("suite", "walk").code == 0
    assert (checkout / "generated" / "walk" / "test_walk.py").exists()


def test_doctor_names_packages_keys_and_layers_but_no_key(
    synth_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is set is said, its value never."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    ran = synth_command("doctor")
    assert ran.code == 0
    assert "seccomp" in ran.out
    assert "sk-very-secret" not in ran.all


def test_bare_synth_shows_its_commands(synth_command: Command) -> None:
    """The help is one screen."""
    ran = synth_command()
    assert "doctor" in ran.all
    assert synth_command("--version").out.startswith("synth ")
