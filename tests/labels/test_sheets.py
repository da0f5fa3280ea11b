"""Dealing questions: all of them, in company that changes, each sheet with a known answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.labels.choose import PictureQuestion
from synth.labels.sheets import LARGEST, deal, settled

questions = st.sets(st.builds(PictureQuestion, st.integers(0, 60), st.integers(0, 2)), max_size=40)
known = st.lists(
    st.builds(PictureQuestion, st.integers(61, 70), st.just(3)), max_size=5, unique=True
)


@given(questions, known, st.integers(0, 2))
def test_every_question_is_dealt_once_and_no_sheet_is_too_large(
    asked: set[PictureQuestion], vouching: list[PictureQuestion], look: int
) -> None:
    """Sheets are about as large as one another; controls go to as many as there are."""
    sheets = deal(asked, vouching, look=look)
    dealt = [q for sheet in sheets for q in sheet.questions]
    assert sorted(dealt) == sorted({*asked, *vouching})
    sizes = [len(sheet.pictures) for sheet in sheets]
    assert max(sizes, default=0) <= LARGEST
    assert max(sizes, default=0) - min(sizes, default=0) <= 1
    with_control = sum(any(q in vouching for q in sheet.questions) for sheet in sheets)
    assert with_control == min(len(sheets), len(vouching))


def test_another_look_has_other_order_and_company() -> None:
    """The same look is dealt alike on every run."""
    asked = [PictureQuestion(row, 0) for row in range(30)]
    first, again, second = (deal(asked, look=look) for look in (0, 0, 1))
    assert first == again
    assert {frozenset(s.questions) for s in first} != {frozenset(s.questions) for s in second}


@pytest.mark.parametrize(
    ("one", "other", "came"),
    [
        ("yes", "yes", "yes"),
        ("no", "no", "no"),
        ("yes", "no", "contested"),
        ("yes", "cannot_tell", "cannot_tell"),
        ("cannot_tell", "cannot_tell", "cannot_tell"),
        ("yes", None, None),
        (None, None, None),
    ],
)
def test_only_answers_that_agree_settle_a_question(
    one: str | None, other: str | None, came: str | None
) -> None:
    """Whatever else came is kept as what it is."""
    assert settled(one, other) == came  # type: ignore[arg-type]
    assert settled(other, one) == came  # type: ignore[arg-type]
