"""A crash at any instant loses no answer, and changes nothing of what comes out."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import crashing
import pytest

from synth.journal import RequestRecord, ResponseRecord, read_journal

HERE = Path(__file__).parent


class Crash(BaseException):
    """What a crash looks like from within."""


def check_finished(folder: Path, *, samples: int = 2) -> None:
    """The same program as without a crash, and every request answered exactly once."""
    outcome = crashing.run(folder, samples=samples)
    assert outcome.accepted
    assert (folder / "reward.py").read_text() == crashing.FINAL
    records = read_journal(folder / "journal.jsonl").records
    asked = Counter((r.key, r.digest) for r in records if isinstance(r, RequestRecord))
    answered = Counter((r.key, r.digest) for r in records if isinstance(r, ResponseRecord))
    assert asked == answered
    assert set(answered.values()) == {1}
    keys = {key for key in crashing.ANSWERS if int(key[-1]) < samples}
    assert {key for key, _ in answered} == keys


def test_without_a_crash_the_script_comes_to_its_end(tmp_path: Path) -> None:
    """Describing, repairing, held-out failure and rounds for speed all happen in it."""
    check_finished(tmp_path / "run")
    assert sorted((tmp_path / "run.log").read_text().split()) == sorted(crashing.ANSWERS)


def crash_at_write(folder: Path, at: int, *, torn: bool, samples: int) -> bool:
    """Run until that write to the journal and crash there; whether it came to that."""
    write, writes = os.write, 0

    def crash(fd: int, data: bytes) -> int:
        nonlocal writes
        writes += 1
        if writes <= at:
            return write(fd, data)
        if torn and writes == at + 1:
            write(fd, data[: len(data) // 2])
        raise Crash

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "write", crash)
        try:
            crashing.run(folder, samples=samples)
        except Crash:
            return True
    return False


def check_crashes(folder: Path, *, step: int, samples: int) -> int:
    """A run for each of many crashes, every one of them finished afterwards; how many."""
    count = 0
    # Power loss is not what is simulated here, so that nothing needs to reach the disk.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        while True:
            run = folder / f"run-{count}"
            if not crash_at_write(run, count * step, torn=count % 2 == 1, samples=samples):
                return count
            check_finished(run, samples=samples)
            asked = (folder / f"{run.name}.log").read_text().split()
            again = len(asked) - len(set(asked))
            assert again <= samples, "only what the crash itself swallowed is asked again"
            count += 1


def test_a_crash_at_any_write_of_the_journal_is_survived(tmp_path: Path) -> None:
    """Before the write or in the middle of it: the next process goes on from there."""
    assert check_crashes(tmp_path, step=4, samples=1) > 8


@pytest.mark.slow
def test_a_crash_at_each_write_of_the_journal_is_survived(tmp_path: Path) -> None:
    """The same, for each single record of a run with two samples a round."""
    assert check_crashes(tmp_path, step=1, samples=2) > 50


def kill_at(folder: Path, events: int) -> bool:
    """Start a run and kill it without mercy after so many events; whether it was in time."""
    process = subprocess.Popen(
        [sys.executable, "crashing.py", str(folder)], cwd=HERE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout is not None
        for _ in range(events):
            if not process.stdout.readline():
                break
        process.kill()
    return process.returncode == -9


@pytest.mark.parametrize("seed", range(2))
def test_a_killed_run_goes_on(tmp_path: Path, seed: int) -> None:
    """SIGKILL, three times in one run at random moments, and then the run is finished."""
    folder = tmp_path / "run"
    rng = random.Random(seed)
    killed = [kill_at(folder, rng.randrange(1, 50)) for _ in range(3)]
    assert any(killed)
    check_finished(folder)


@pytest.mark.slow
def test_fifty_kills_in_ten_runs(tmp_path: Path) -> None:
    """Five in each at random moments; every run comes to the same end."""
    rng = random.Random(50)
    for number in range(10):
        folder = tmp_path / f"run-{number}"
        assert sum(kill_at(folder, rng.randrange(1, 60)) for _ in range(5)) > 1
        check_finished(folder)
