"""Every way a command can fail ends in one message, the party at fault, and its exit code."""

from __future__ import annotations

import errno
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import PLAN, PROGRAM, SPEC, WRONG, Command


def edit(checkout: Path, before: str, after: str) -> None:
    """Change the spec."""
    assert before in SPEC
    text = SPEC.replace(before, after)
    (checkout / "specs" / "walk.toml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "after", "code", "words"),
    [
        ("max_steps", "max_stepz", 2, "spec: specs/walk.toml: max_stepz: unknown key. Did you"),
        ("max_steps = 20", 'max_steps = "20"', 2, "spec: specs/walk.toml: max_steps: "),
        ("Empty-5x5", "Emptyy-5x5", 2, "MiniGrid-Empty-5x5-v0"),
        ("tile_size", "tilesize", 2, "spec: specs/walk.toml: render.tilesize: unknown render key"),
        (":planner", ":plannner", 2, "spec: specs/walk.toml: expert.policy: "),
        ("max_steps = 20", "max_steps = 2", 4, "environment: specs/walk.toml: expert.policy: "),
    ],
)
def test_a_wrong_spec_names_file_key_and_remedy(
    checkout: Path, synth_command: Command, before: str, after: str, code: int, words: str
) -> None:
    """Unknown keys, bad types, missing environments and failing experts, each by its own name."""
    edit(checkout, before, after)
    ran = synth_command("record", "walk")
    assert ran.code == code
    assert words in ran.err
    assert "Traceback" not in ran.all
    assert not (checkout / "generated" / "walk" / "episodes" / "manifest.json").exists()


@pytest.mark.parametrize(
    "command", ["curves", "matrix --models builtin", "sweep walk --reward clip:x", "hacking walk"]
)
@pytest.mark.parametrize(
    ("file", "words"), [("c.txt", ".png or .svg"), ("no/c.png", "no folder no;")]
)
def test_a_figure_that_cannot_be_drawn_is_refused_before_any_work(
    synth_command: Command, command: str, file: str, words: str
) -> None:
    """Nothing is asked, trained or counted for it first."""
    ran = synth_command(*command.split(), "--figure", file)
    assert ran.code == 2
    assert f"usage: --figure {file}: " in ran.all
    assert words in ran.all


def test_an_unknown_task_is_met_with_the_nearest(synth_command: Command) -> None:
    """A typing slip costs one line."""
    ran = synth_command("run", "wlak")
    assert ran.code == 2
    assert "Did you mean 'walk'?" in ran.err


def test_episodes_that_no_longer_fit_are_noticed(checkout: Path, synth_command: Command) -> None:
    """A changed spec is never judged on old episodes, and old ones are not overwritten unasked."""
    assert synth_command("record", "walk").code == 0
    before = (checkout / "generated/walk/episodes/manifest.json").read_bytes()
    edit(checkout, "tile_size = 8", "tile_size = 10")
    ran = synth_command("record", "walk")
    assert ran.code == 2
    assert "synth record walk --force" in ran.err
    assert (checkout / "generated/walk/episodes/manifest.json").read_bytes() == before
    assert "stale" in synth_command("tasks").out
    assert synth_command("record", "walk", "--force").code == 0


@pytest.mark.parametrize("model", ["opnai:x", "openai", "replay:nothing.jsonl"])
def test_a_model_that_cannot_be_opened_is_a_usage_error(synth_command: Command, model: str) -> None:
    """Nothing is recorded or asked for a model that does not exist."""
    ran = synth_command("run", "walk", "--model", model)
    assert ran.code == 2
    assert "Traceback" not in ran.all


def test_a_service_that_cannot_be_reached_is_the_services_fault(
    checkout: Path, synth_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 3, and the request is in the journal."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none")
    ran = synth_command("run", "walk", "--model", "openai:x", "--base-url", "http://127.0.0.1:9/v1")
    assert ran.code == 3
    assert ran.err.splitlines()[-1].startswith("model service: ")
    journals = list((checkout / "runs" / "walk").glob("*/journal.jsonl"))
    assert len(journals) == 1
    assert '"request"' in journals[0].read_text(encoding="utf-8")


def test_a_budget_that_runs_out_keeps_the_best_and_says_how_to_go_on(
    checkout: Path, synth_command: Command, scripted: object
) -> None:
    """Exit code 5; the program so far lies in the run's folder; nothing is committed."""
    scripted(PLAN, WRONG)
    ran = synth_command("run", "walk", "--model", "scripted:x", "--calls", "2")
    assert ran.code == 5
    assert re.search(r"run the same command with a larger budget", ran.all)
    assert (checkout / "runs" / "walk" / "scripted-x" / "reward.py").exists()
    assert not (checkout / "generated" / "walk" / "reward.py").exists()


@pytest.mark.usefixtures("unaudited")
def test_a_larger_budget_goes_on_without_asking_again(
    synth_command: Command, scripted: object
) -> None:
    """What was answered before is not paid for twice."""
    model = scripted(PLAN, WRONG, PROGRAM)
    assert synth_command("run", "walk", "--model", "scripted:x", "--calls", "2").code == 5
    assert synth_command("run", "walk", "--model", "scripted:x").code == 0
    assert [request.key for request in model.requests] == [
        "describe-0-0",
        "write-1-0",
        "refine-2-0",
    ]


def test_money_without_a_price_says_where_to_write_one(
    synth_command: Command, scripted: object
) -> None:
    """A budget that cannot be kept is refused before anything is spent."""
    model = scripted(PLAN, PROGRAM)
    ran = synth_command("run", "walk", "--model", "scripted:x", "--money", "1")
    assert ran.code == 2
    assert "synth.toml" in ran.err
    assert not model.requests


def test_money_without_a_price_is_refused_before_anything_is_recorded(
    checkout: Path, synth_command: Command
) -> None:
    """Recording takes minutes; what can be seen before it is said before it."""
    ran = synth_command("run", "walk", "--money", "1")
    assert ran.code == 2
    assert "[prices." in ran.err
    assert not (checkout / "generated").exists()


def test_builtin_declines_words_once_and_before_anything_is_recorded(
    checkout: Path, synth_command: Command
) -> None:
    """A task whose missions vary needs another model, and the message names some."""
    edit(checkout, "[render]", '[mission]\nfrom = "env.mission"\n\n[render]')
    ran = synth_command("run", "walk")
    assert ran.code == 6
    assert ran.all.count("reads no words") == 1
    assert "--model openai:NAME" in ran.err
    assert not (checkout / "generated").exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ('colour = "red"\n' + SPEC, "spec error: colour: unknown key."),
        (SPEC.partition("[expert]")[0], "spec error: expert: is required but missing."),
    ],
)
def test_the_list_of_tasks_names_the_key_that_is_wrong(
    checkout: Path, synth_command: Command, wrong: str, words: str
) -> None:
    """One that is wrong does not keep the others from being listed."""
    (checkout / "specs" / "wrong.toml").write_text(wrong, encoding="utf-8")
    ran = synth_command("tasks")
    assert ran.code == 0
    assert words in ran.out
    assert "walk " in ran.out


@pytest.mark.parametrize(
    ("file", "arguments"),
    [
        ("generated", ("record", "walk")),
        ("generated", ("run", "walk")),
        ("generated", ("suite", "walk")),
        ("runs", ("record", "walk")),
        ("runs", ("new", "other", "--env", "MiniGrid-Empty-5x5-v0")),
        ("generated", ("import", "other", "clips")),
    ],
)
def test_a_file_in_the_place_of_a_folder_is_said_before_any_work(
    checkout: Path, synth_command: Command, file: str, arguments: tuple[str, ...]
) -> None:
    """No traceback, and nothing is recorded that could not be kept."""
    (checkout / file).write_text("mine\n", encoding="utf-8")
    ran = synth_command(*arguments)
    assert ran.code == 2
    assert f"usage: {file} is no folder" in ran.err
    assert "Traceback" not in ran.all
    assert (checkout / file).read_text(encoding="utf-8") == "mine\n"


@pytest.mark.usefixtures("recorded")
def test_a_file_in_the_way_of_a_folder_that_the_user_named_is_no_traceback(
    checkout: Path, synth_command: Command
) -> None:
    """Wherever a command meets one, it says which file that is."""
    (checkout / "notes").write_text("mine\n", encoding="utf-8")
    ran = synth_command("export", "walk", "notes/out", "--as", "npz")
    assert ran.code == 2
    assert "notes is no folder" in ran.err
    assert "Traceback" not in ran.all


@pytest.mark.parametrize("where", [("out",), ("--minari", "synth/walk-v0")])
def test_what_an_export_needs_is_looked_for_before_anything_is_recorded(
    checkout: Path,
    synth_command: Command,
    monkeypatch: pytest.MonkeyPatch,
    where: tuple[str, ...],
) -> None:
    """A missing package costs no recording, and leaves nothing behind."""
    for package in ("av", "minari"):
        monkeypatch.setitem(sys.modules, package, None)
    ran = synth_command("export", "walk", *where)
    assert ran.code == 4
    assert "not installed" in ran.err
    assert not (checkout / "generated").exists()
    assert not (checkout / "out").exists()


@pytest.mark.usefixtures("recorded")
def test_an_export_that_fails_leaves_nothing_so_that_it_can_be_given_again(
    checkout: Path, synth_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder is written whole or not at all."""
    honest = np.savez_compressed
    monkeypatch.setattr(np, "savez_compressed", _disk_is_full)
    assert synth_command("export", "walk", "out", "--as", "npz").code == 2
    assert [path.name for path in checkout.iterdir() if "out" in path.name] == []
    monkeypatch.setattr(np, "savez_compressed", honest)
    assert synth_command("export", "walk", "out", "--as", "npz").code == 0
    assert (checkout / "out" / "success.csv").exists()


def _disk_is_full(file: Path, **_: object) -> None:
    file.write_bytes(b"half")
    raise OSError(errno.ENOSPC, "No space left on device", str(file))
