"""A client killed with SIGKILL, and its workers with it: the same again goes on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import keeps_all

COMMAND = (sys.executable, keeps_all.__file__)


def test_a_killed_client_goes_on_where_it_was(tmp_path: Path) -> None:
    """Killed at two points, then finished: the results of a calm run, each kept one made once."""
    for results in (2, 5):
        with subprocess.Popen([*COMMAND, tmp_path], stdout=subprocess.PIPE, text=True) as client:
            assert client.stdout is not None
            for _ in range(results):
                assert client.stdout.readline()
            kept = {path.name for path in tmp_path.glob("kept-*.json")}
            client.kill()
        assert len(kept) >= results
    ran = subprocess.run([*COMMAND, tmp_path], capture_output=True, text=True, check=True)
    told = sorted(tuple(map(int, line.split())) for line in ran.stdout.splitlines())
    assert told == [(number, number**2) for number in range(keeps_all.COUNT)]
    made = [(tmp_path / str(number)).stat().st_size for number in range(keeps_all.COUNT)]
    # A kill takes two workers, each with a piece under way at most.
    assert sum(made) <= keeps_all.COUNT + 2 * 2
