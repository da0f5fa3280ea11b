"""A task that somebody filmed: the loop and the audit work on its frames alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from synth.cli.app import app
from synth.episode import read_store
from synth.sources import ImportOptions, import_source
from synth.sources.export import export_files
from synth.suite import judge
from synth.task import TaskFolder, read_task

DOORKEY = Path(__file__).parents[2] / "generated" / "doorkey"


@pytest.fixture
def filmed(tmp_path):
    """A folder with a film of each of DoorKey's recorded episodes."""
    pytest.importorskip("av")
    export_files(read_store(DOORKEY / "episodes"), tmp_path / "films", "mp4")
    return tmp_path / "films"


@pytest.mark.slow
def test_a_committed_program_passes_on_films_of_its_task(filmed):
    """Every check that needs no simulator is made, and passes; the others are skipped, and said."""
    made = import_source("filmed", str(filmed), ImportOptions())
    plan = read_task(DOORKEY / "task.toml").plan
    task = TaskFolder(filmed, made.spec, plan, made.store)
    program = (DOORKEY / "reward.py").read_text(encoding="utf-8")
    judgement = judge(program, task, splits=("visible", "held_out"), cascade=False)
    assert judgement.accepted
    assert not judgement.failed
    assert any("no picture without the agent" in reason for reason in judgement.reasons)


@pytest.mark.slow
def test_builtin_makes_a_reward_from_films(filmed):
    """Import, run, promote and audit, as a user would; the audit is green."""
    run = CliRunner().invoke
    assert run(app, ["import", "filmed", str(filmed)]).exit_code == 0
    done = run(app, ["run", "filmed"])
    assert done.exit_code == 0, done.output
    assert "fresh episodes (no simulator)" in done.output
    assert Path("generated/filmed/reward.py").exists()
    shutil.rmtree(filmed)
