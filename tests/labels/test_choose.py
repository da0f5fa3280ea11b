"""The pictures that are put to eyes: few, the same on every run, and enough to tell apart."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from synth.labels.choose import PictureQuestion, choose, undecided

columns = arrays(np.int8, st.tuples(st.integers(2, 5), st.just(12)), elements=st.integers(-1, 1))
masks = arrays(np.bool_, 12)
groups = st.dictionaries(st.integers(0, 2), columns, min_size=1, max_size=3)


def left(readings: dict[int, np.ndarray], asked: tuple[PictureQuestion, ...]) -> int:
    """Pairs that nothing asked tells apart."""
    return sum(int(undecided(group, column, asked).sum()) for column, group in readings.items())


def everything(readings: dict[int, np.ndarray], askable: np.ndarray) -> tuple[PictureQuestion, ...]:
    """Every question that may be asked."""
    return tuple(PictureQuestion(int(r), c) for r in np.flatnonzero(askable) for c in readings)


@given(groups, masks, st.integers(0, 12))
def test_never_more_pictures_than_allowed_and_none_that_may_not_be_asked(
    readings: dict[int, np.ndarray], askable: np.ndarray, most: int
) -> None:
    """The bound counts pictures; each question is asked once, and every one tells something."""
    chosen = choose(readings, askable, most=most)
    assert len({q.row for q in chosen}) <= most
    assert len(set(chosen)) == len(chosen)
    assert all(askable[q.row] for q in chosen)
    for question in chosen:
        said = set(readings[question.column][:, question.row].tolist())
        assert {0, 1} <= said


@given(groups, masks)
def test_all_that_the_pool_can_tell_apart_is_told_apart_where_the_bound_allows(
    readings: dict[int, np.ndarray], askable: np.ndarray
) -> None:
    """With as many pictures as there are, no pair is left that any picture would tell."""
    chosen = choose(readings, askable, most=len(askable))
    assert left(readings, chosen) == left(readings, everything(readings, askable))


@given(groups, masks, st.integers(1, 6))
def test_the_same_readings_give_the_same_questions_and_asked_ones_are_not_asked_again(
    readings: dict[int, np.ndarray], askable: np.ndarray, most: int
) -> None:
    """Also in pieces: what is left after some questions is what the next ones tell."""
    chosen = choose(readings, askable, most=most)
    assert choose(readings, askable, most=most) == chosen
    more = choose(readings, askable, most=len(askable), asked=chosen)
    assert not {q.row for q in more} & {q.row for q in chosen}
    assert left(readings, (*chosen, *more)) <= left(readings, chosen)


def test_a_subtask_with_few_rivals_is_not_drowned_by_one_with_many() -> None:
    """Each sub-task gets its share of few pictures."""
    rng = np.random.default_rng(0)
    many = rng.integers(0, 2, (20, 40)).astype(np.int8)
    few = np.zeros((2, 40), np.int8)
    few[1, 7] = 1
    chosen = choose({0: many, 1: few}, np.ones(40, np.bool_), most=3)
    assert PictureQuestion(7, 1) in chosen


def test_answers_are_balanced_where_pictures_tell_as_much() -> None:
    """Eyes that say yes to everything must not be right by that."""
    own = np.array([1] * 10 + [0] * 10, np.int8)
    readings = [own]
    for k in range(20):
        other = own.copy()
        other[k] = 1 - other[k]
        readings.append(other)
    chosen = choose({0: readings}, np.ones(20, np.bool_), most=8)
    yes = sum(int(own[q.row]) for q in chosen)
    assert yes == 4
