"""`synth run` killed with SIGKILL at random points, and run again."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from synth.journal import RequestRecord, ResponseRecord, read_journal

ROOT = Path(__file__).parents[2]
COMMAND = (
    *(sys.executable, "-m", "synth", "run", "unlock"),
    *("--model", "replay:generated/unlock/journal.jsonl"),
)
RUNS, KILLS = 10, 5


def checkout(folder: Path) -> Path:
    """A folder with the spec and the committed task, and nothing of a run."""
    (folder / "specs").mkdir(parents=True)
    shutil.copy(ROOT / "specs" / "unlock.toml", folder / "specs")
    shutil.copytree(ROOT / "generated" / "unlock", folder / "generated" / "unlock")
    return folder


def kill_after(folder: Path, lines: int) -> bool:
    """Start a run and kill it once it has printed so many lines; whether it was cut short."""
    with subprocess.Popen(COMMAND, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(lines):
            if not process.stdout.readline():
                break
        process.kill()
    return process.returncode != 0


def finish(folder: Path) -> None:
    """Run to the end and check what came of it."""
    ran = subprocess.run(COMMAND, cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    run = next((folder / "runs" / "unlock").iterdir())
    committed = (ROOT / "generated" / "unlock" / "reward.py").read_bytes()
    assert (run / "reward.py").read_bytes() == committed
    records = read_journal(run / "journal.jsonl").records
    asked = Counter(r.key for r in records if isinstance(r, RequestRecord))
    answered = Counter(r.key for r in records if isinstance(r, ResponseRecord))
    assert asked == answered
    assert set(answered.values()) == {1}


@pytest.mark.slow
def test_a_run_killed_once_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    """The same reward, and no request twice."""
    folder = checkout(tmp_path / "killed")
    assert kill_after(folder, lines=6)
    finish(folder)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(RUNS))
def test_a_run_killed_at_many_random_points_ends_as_if_it_had_not_been(
    tmp_path: Path, seed: int
) -> None:
    """Fifty points in all, five in a row in each of ten runs."""
    folder = checkout(tmp_path / "killed")
    points = random.Random(seed)
    for _ in range(KILLS):
        kill_after(folder, lines=points.randint(1, 16))
    finish(folder)
