"""A blessing swaps the whole folder at once, and tells what replaced what."""

from __future__ import annotations

import importlib
import os
import signal
from pathlib import Path

import pytest

from synth.cli import bless as blessing
from synth.episode.replace import recover_folder, swap_folder
from synth.errors import UsageError
from synth.loop import LoopOptions, deciding_store, promote, read_provenance
from synth.models.scripted import ScriptedModel
from synth.regress import Attempt, attempt, attempt_folder
from synth.task import TaskFolder
from synth.task.provenance import file_digests
from tests.loop.squares import PLAN_TEXT, Markers, block, program, real_program


@pytest.fixture
def candidate(committed: Path) -> Path:
    """An accepted attempt with another program than the committed one."""
    folder = attempt_folder("squares", "scripted:new")
    text = real_program(extra="# another one")
    model = ScriptedModel([PLAN_TEXT, block(text)], name="scripted:new")
    one = Attempt(task=committed, model="scripted:new", folder=folder)
    assert attempt(one, model=model, judge=Markers()).passed
    return folder


def test_a_blessed_candidate_is_the_committed_reward_with_provenance_and_a_changelog(
    committed: Path, candidate: Path
) -> None:
    """Program, journal and provenance are the candidate's; the line names both sides."""
    before = read_provenance(committed)
    origin = promote(
        candidate, committed, deciding_store(candidate, committed), note="the new model"
    )
    assert (committed / "reward.py").read_text() == real_program(extra="# another one")
    assert origin.model == "scripted:new"
    assert origin.files == file_digests(committed)
    assert TaskFolder.read(committed).digests == origin.files
    assert (committed / "CHANGELOG.md").read_text().splitlines() == [
        "# squares: rewards that were blessed",
        "",
        (
            f"- `{origin.program[:8]}` by scripted:new (2 calls, 0 tokens) replaces "
            f"`{before.program[:8]}` by scripted:old: the new model"
        ),
    ]
    promote(Path("runs/squares/scripted-old"), committed)
    lines = (committed / "CHANGELOG.md").read_text().splitlines()
    assert len(lines) == 4
    assert "by scripted:old (2 calls, 0 tokens) replaces" in lines[2]
    assert [p.name for p in committed.parent.iterdir()] == ["squares"]


def test_a_blessing_that_is_killed_leaves_the_old_reward_or_the_new_one(
    committed: Path, candidate: Path
) -> None:
    """At whichever write or move that is; promoting again completes it."""
    old, seen = file_digests(committed), set()
    for stop in range(40):
        killed = dies_promoting(candidate, committed, stop)
        now = file_digests(committed)
        assert TaskFolder.read(committed).digests == now
        seen.add(now == old)
        if not killed:
            break
    assert not killed
    assert stop > 5
    assert seen == {True, False}
    promote(candidate, committed)
    assert [p.name for p in committed.parent.iterdir()] == ["squares"]


def dies_promoting(candidate: Path, committed: Path, steps: int) -> bool:
    """Promote in a process that is killed after so many writes and moves; whether it was."""
    pid = os.fork()
    if pid == 0:
        count = 0

        def counted(name: str) -> None:
            of_folders = name in ("swap_folder", "_link")
            home = "synth.episode.replace" if of_folders else "synth.loop.promote"
            module = importlib.import_module(home)
            real = getattr(module, name)

            def dying(*args: object, **more: object) -> object:
                nonlocal count
                count += 1
                if count > steps:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*args, **more)

            setattr(module, name, dying)

        for name in ("replace_file", "swap_folder", "_copy", "_link", "file_digests"):
            counted(name)
        promote(candidate, committed)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def test_where_names_cannot_be_exchanged_the_old_folder_is_moved_aside_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between the two moves is repaired by whoever promotes next."""
    monkeypatch.setattr("synth.episode.replace._exchange", lambda *_: False)
    fresh, folder = tmp_path / ".task-new", tmp_path / "task"
    for path, text in ((fresh, "new"), (folder, "old")):
        path.mkdir()
        (path / "reward.py").write_text(text)
    folder.rename(tmp_path / ".task-old")  # as the crash leaves it
    recover_folder(folder)
    assert (folder / "reward.py").read_text() == "old"
    swap_folder(fresh, folder)
    assert (folder / "reward.py").read_text() == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["task"]


def test_what_was_not_accepted_is_not_blessed(committed: Path) -> None:
    """Neither by the command nor by `synth run --bless`: both promote."""
    folder, before = attempt_folder("squares", "scripted:new"), file_digests(committed)
    model = ScriptedModel([PLAN_TEXT, block(program(goal="wrong"))], name="scripted:new")
    one = Attempt(
        task=committed, model="scripted:new", folder=folder, options=LoopOptions(rounds=2)
    )
    assert not attempt(one, model=model, judge=Markers()).passed
    with pytest.raises(UsageError, match="accepted no reward"):
        promote(folder, committed, deciding_store(folder, committed))
    assert file_digests(committed) == before


def test_the_only_candidate_is_not_taken_where_something_else_was_accepted_last(
    committed: Path, candidate: Path
) -> None:
    """Who has just made the committed program again did not mean an older one."""
    assert blessing._only_candidate("squares") == Path("runs/squares/regress/scripted-new/1-1")
    again = Path("runs/squares/regress/scripted-same/1-1")
    one = Attempt(task=committed, model="scripted:same", folder=again)
    model = ScriptedModel([PLAN_TEXT, block(real_program())], name="scripted:same")
    assert attempt(one, model=model, judge=Markers()).passed
    os.utime(candidate / "status.json", (1, 1))
    with pytest.raises(UsageError, match=r"accepted last, .*scripted-same.*scripted-new"):
        blessing._only_candidate("squares")
