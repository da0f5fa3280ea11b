"""Work that fans out: whoever does it, whoever dies meanwhile."""

from __future__ import annotations

import os
import pickle
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from things_to_do import (
    Piece,
    die_always,
    die_once,
    keep,
    pick,
    refuse,
    square,
    stumble,
    whose,
)

from synth.errors import IllegalAction, UsageError, WorkersLost
from synth.scheduling import Crew, fan_out, hire


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    """Two processes, kept from test to test."""
    with hire(jobs=2) as crew:
        yield crew


@pytest.fixture(params=[1, 2])
def either(request: pytest.FixtureRequest, crew: Crew) -> Iterator[Crew]:
    """This process alone, and two others."""
    if request.param == 2:
        yield crew
        return
    with hire(jobs=1) as alone:
        yield alone


def pieces(folder: Path, count: int = 6) -> list[Piece]:
    """Numbered from 0."""
    return [Piece(number, folder) for number in range(count)]


def test_every_piece_comes_once_with_its_result(tmp_path: Path, either: Crew) -> None:
    """In this process or in others, in whatever order."""
    done = list(fan_out(either, square, pieces(tmp_path)))
    assert sorted((one.number, one.result()) for one in done) == [(n, n * n) for n in range(6)]
    assert all(one.piece.number == one.number for one in done)


def test_any_executor_will_do(tmp_path: Path) -> None:
    """Nothing but `concurrent.futures.Executor` is asked for."""
    with ThreadPoolExecutor(3) as executor:
        done = fan_out(Crew(executor, 3), square, pieces(tmp_path))
        assert sorted(one.result() for one in done) == [0, 1, 4, 9, 16, 25]


def test_one_job_stays_in_this_process_and_several_do_not(tmp_path: Path, crew: Crew) -> None:
    """One starts nothing, however many are wanted; two are other processes."""
    with hire(jobs=8, most=1) as alone:
        assert {one.result() for one in fan_out(alone, whose, pieces(tmp_path))} == {os.getpid()}
    who = {one.result() for one in fan_out(crew, whose, pieces(tmp_path))}
    assert os.getpid() not in who
    assert len(who) <= 2


def test_a_lost_workers_piece_is_done_again_and_the_others_only_once(
    tmp_path: Path, crew: Crew
) -> None:
    """SIGKILL of one process costs nobody else a thing."""
    done = list(fan_out(crew, die_once, pieces(tmp_path)))
    assert sorted(one.result() for one in done) == list(range(6))
    begun = {n: (tmp_path / str(n)).stat().st_size for n in range(6)}
    assert begun == {0: 2, 1: 1, 2: 1, 3: 1, 4: 1, 5: 1}


def test_a_piece_that_takes_every_worker_with_it_is_given_up_and_the_rest_is_done(
    tmp_path: Path, crew: Crew
) -> None:
    """After three tries it ends in a message with a remedy."""
    done = list(fan_out(crew, die_always, pieces(tmp_path, 3)))
    assert {one.number for one in done if one.error is None} == {1, 2}
    (lost,) = [one for one in done if one.error is not None]
    assert (tmp_path / "0").stat().st_size == 3
    with pytest.raises(WorkersLost, match=r"lost 3 workers.*--jobs"):
        lost.result()


def test_an_error_of_synths_own_is_a_result_and_a_bug_is_raised(
    tmp_path: Path, either: Crew
) -> None:
    """The one arrives as it was raised, with all it carries; the other ends everything."""
    errors = [one.error for one in fan_out(either, refuse, pieces(tmp_path, 2))]
    assert all(isinstance(one, IllegalAction) and str(one) == "not here" for one in errors)
    assert sorted(one.action for one in errors) == [0, 1]
    with pytest.raises(ZeroDivisionError):
        list(fan_out(either, stumble, pieces(tmp_path, 2)))


def test_nothing_is_begun_when_it_is_late(tmp_path: Path, either: Crew) -> None:
    """What was begun is finished, and no more."""
    assert list(fan_out(either, square, pieces(tmp_path), is_late=lambda: True)) == []
    calls = iter([False, False])
    done = fan_out(either, square, pieces(tmp_path), is_late=lambda: next(calls, True))
    assert {one.number for one in done} == {0, 1}


def test_what_is_shared_is_there_for_all_and_leaves_no_file(tmp_path: Path, either: Crew) -> None:
    """It travels as the name of a file, which goes with the block."""
    with either.share(tuple(range(100_000))) as numbers:
        assert len(pickle.dumps(numbers)) < 1000
        done = fan_out(either, partial(pick, numbers), pieces(tmp_path))
        assert sorted(one.result() for one in done) == list(range(6))
        _, arguments = numbers.__reduce__()
    assert arguments[0] is None or not arguments[0].exists()


def test_a_kept_result_is_made_once(tmp_path: Path, crew: Crew) -> None:
    """Twenty askings from two processes, and then from a third: one making for each piece."""
    asked = pieces(tmp_path, 2) * 10
    values = Counter(one.result() for one in fan_out(crew, keep, asked))
    assert values == {0: 10, 1: 10}
    assert keep(asked[0]) == 0
    assert all((tmp_path / str(n)).stat().st_size == 1 for n in range(2))


def test_a_damaged_result_is_named(tmp_path: Path) -> None:
    """It is not made anew in silence, since it may have been paid for."""
    (tmp_path / "kept-3.json").write_text("{")
    with pytest.raises(UsageError, match=r"kept-3\.json: not a Square"):
        keep(Piece(3, tmp_path))
