"""Work that fans out: whoever does it, whoever dies meanwhile."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from things_to_do import (
    Piece,
    die_always,
    die_once,
    keep,
    refuse,
    square,
    stumble,
    whose,
)

from synth.errors import IllegalAction, UsageError, WorkersLost
from synth.scheduling import Crew, fan_out, hire


def pieces(folder: Path, count: int = 6) -> list[Piece]:
    """Numbered from 0."""
    return [Piece(number, folder) for number in range(count)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_piece_comes_once_with_its_result(tmp_path: Path, jobs: int) -> None:
    """In this process or in others, in whatever order."""
    with hire(jobs=jobs) as crew:
        done = list(fan_out(crew, square, pieces(tmp_path)))
    assert sorted((one.number, one.result()) for one in done) == [(n, n * n) for n in range(6)]
    assert all(one.piece.number == one.number for one in done)


def test_any_executor_will_do(tmp_path: Path) -> None:
    """Nothing but `concurrent.futures.Executor` is asked for."""
    with ThreadPoolExecutor(3) as executor:
        done = fan_out(Crew(executor, 3), square, pieces(tmp_path))
        assert sorted(one.result() for one in done) == [0, 1, 4, 9, 16, 25]


def test_one_job_stays_in_this_process_and_several_do_not(tmp_path: Path) -> None:
    """One starts nothing; several start no more than are wanted, nor than there are pieces."""
    for jobs, most, processes in ((1, None, 1), (2, None, 2), (8, 1, 1)):
        with hire(jobs=jobs, most=most) as crew:
            who = {one.result() for one in fan_out(crew, whose, pieces(tmp_path))}
        assert len(who) <= processes
        assert (os.getpid() in who) == (processes == 1)


def test_a_lost_workers_piece_is_done_again_and_the_others_only_once(tmp_path: Path) -> None:
    """SIGKILL of one process costs nobody else a thing."""
    with hire(jobs=2) as crew:
        done = list(fan_out(crew, die_once, pieces(tmp_path)))
    assert sorted(one.result() for one in done) == list(range(6))
    begun = {n: (tmp_path / str(n)).stat().st_size for n in range(6)}
    assert begun == {0: 2, 1: 1, 2: 1, 3: 1, 4: 1, 5: 1}


def test_a_piece_that_takes_every_worker_with_it_is_given_up_and_the_rest_is_done(
    tmp_path: Path,
) -> None:
    """After three tries it ends in a message with a remedy."""
    with hire(jobs=2) as crew:
        done = list(fan_out(crew, die_always, pieces(tmp_path, 3)))
    assert {one.number for one in done if one.error is None} == {1, 2}
    (lost,) = [one for one in done if one.error is not None]
    assert (tmp_path / "0").stat().st_size == 3
    with pytest.raises(WorkersLost, match=r"lost 3 workers.*--jobs"):
        lost.result()


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_of_synths_own_is_a_result_and_a_bug_is_raised(tmp_path: Path, jobs: int) -> None:
    """The one arrives as it was raised, with all it carries; the other ends everything."""
    with hire(jobs=jobs) as crew:
        errors = [one.error for one in fan_out(crew, refuse, pieces(tmp_path, 2))]
        assert all(isinstance(one, IllegalAction) and str(one) == "not here" for one in errors)
        assert sorted(one.action for one in errors) == [0, 1]
        with pytest.raises(ZeroDivisionError):
            list(fan_out(crew, stumble, pieces(tmp_path, 2)))


@pytest.mark.parametrize("jobs", [1, 2])
def test_nothing_is_begun_when_it_is_late(tmp_path: Path, jobs: int) -> None:
    """What was begun is finished, and no more."""
    with hire(jobs=jobs) as crew:
        assert list(fan_out(crew, square, pieces(tmp_path), is_late=lambda: True)) == []
        calls = iter([False, False])
        done = fan_out(crew, square, pieces(tmp_path), is_late=lambda: next(calls, True))
        assert {one.number for one in done} == {0, 1}


def test_a_kept_result_is_made_once(tmp_path: Path) -> None:
    """Twenty askings from two processes, and then from a third: one making for each piece."""
    asked = pieces(tmp_path, 2) * 10
    with hire(jobs=2) as crew:
        values = Counter(one.result() for one in fan_out(crew, keep, asked))
    assert values == {0: 10, 1: 10}
    assert keep(asked[0]) == 0
    assert all((tmp_path / str(n)).stat().st_size == 1 for n in range(2))


def test_a_damaged_result_is_named(tmp_path: Path) -> None:
    """It is not made anew in silence, since it may have been paid for."""
    (tmp_path / "kept-3.json").write_text("{")
    with pytest.raises(UsageError, match="kept-3.json: not a Square"):
        keep(Piece(3, tmp_path))
