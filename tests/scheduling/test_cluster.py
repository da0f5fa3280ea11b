"""A Dask cluster as those who do the work; here it is in this very process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from things_to_do import Piece, keep, refuse, square

from synth.errors import IllegalAction, UsageError, WorkersLost
from synth.scheduling import fan_out, hire

distributed = pytest.importorskip("distributed")


def in_this_process(workers: int = 1, threads: int = 1) -> Any:
    """A scheduler on the loopback with its workers, as a context manager."""
    return distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=threads,
        processes=False,
        protocol="tcp://",
        host="127.0.0.1",
        dashboard_address=":0",
        silence_logs=False,
    )


@pytest.fixture(scope="module")
def cluster() -> Iterator[object]:
    """Two workers of one thread each."""
    with in_this_process(workers=2) as made:
        yield made


def test_a_cluster_does_what_processes_do(tmp_path: Path, cluster, monkeypatch) -> None:
    """Results, kept results and errors are the same."""
    monkeypatch.chdir(tmp_path)
    asked = [Piece(number, tmp_path) for number in range(6)]
    with hire(cluster.scheduler_address) as crew:
        done = list(fan_out(crew, square, asked))
        assert sorted((one.number, one.result()) for one in done) == [(n, n * n) for n in range(6)]
        assert {one.result() for one in fan_out(crew, keep, asked[:2] * 5)} == {0, 1}
        (refused,) = fan_out(crew, refuse, asked[4:5])
        assert isinstance(refused.error, IllegalAction)
        assert refused.error.action == 4
    assert all((tmp_path / str(n)).stat().st_size == 1 for n in range(2))
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".synth-")]


def test_a_scheduler_that_is_lost_ends_it_with_what_to_do(tmp_path: Path, monkeypatch) -> None:
    """The message says that the same command goes on."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("synth.scheduling.cluster.SECONDS", 3)
    with (
        in_this_process() as made,
        hire(made.scheduler_address) as crew,
    ):
        work = fan_out(crew, square, [Piece(number, tmp_path) for number in range(50)])
        next(work)
        made.close()
        with pytest.raises(WorkersLost, match=r"the scheduler is gone.*same command"):
            list(work)


def test_who_does_not_serve_is_told(tmp_path: Path, monkeypatch) -> None:
    """No scheduler, several threads, and a jobs option beside it: each with its remedy."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("synth.scheduling.cluster.SECONDS", 0.5)
    with pytest.raises(UsageError, match=r"no Dask scheduler answers.*dask scheduler"):
        hire("tcp://127.0.0.1:9").__enter__()
    with pytest.raises(UsageError, match="--jobs is for this machine"):
        hire("tcp://127.0.0.1:9", jobs=2).__enter__()
    with (
        in_this_process(threads=2) as made,
        pytest.raises(UsageError, match="has 2 threads; start workers with --nthreads 1"),
    ):
        hire(made.scheduler_address).__enter__()
