"""Credit follows the definition, online and at once."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from synth.credit import Credit, CreditTracker, assign_credit

LINE = (("a",), ("b",), ("goal",))
ANY = (("a", "b"), ("goal",))


def holds(*rows: str) -> np.ndarray:
    """``holds("100", "110")``: one row a frame."""
    return np.array([[c == "1" for c in row] for row in rows])


def test_subtasks_are_credited_in_order_at_the_first_frame_where_they_hold() -> None:
    """The plain case."""
    assert assign_credit(holds("000", "100", "100", "010", "001"), LINE) == Credit((1, 3, 4), 4, ())


def test_a_later_stage_waits_for_the_earlier_ones() -> None:
    """What holds too early is credited once its turn has come, if it still holds."""
    assert assign_credit(holds("010", "010", "110", "111"), LINE) == Credit((2, 2, 3), 3, ())
    assert assign_credit(holds("010", "100", "000"), LINE) == Credit((1, -1, -1), -1, ())


def test_within_a_stage_any_order_will_do() -> None:
    """Neither of two sub-tasks of a stage waits for the other."""
    assert assign_credit(holds("010", "100", "001"), ANY) == Credit((1, 0, 2), 2, ())


def test_the_goal_does_not_wait_and_what_it_overtakes_is_skipped() -> None:
    """An episode that reaches the goal otherwise is complete, with its skips reported."""
    assert assign_credit(holds("000", "100", "001", "011"), LINE) == Credit((1, -1, 2), 2, (1,))


def test_a_frame_counts_once_however_long_it_holds() -> None:
    """Distinct sub-tasks are counted, never frames."""
    assert assign_credit(holds(*["100"] * 9), LINE).credited == 1


rows = st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=1, max_size=12)


@given(rows)
def test_online_and_batched_credit_agree_and_credit_is_never_taken_back(
    table: list[list[bool]],
) -> None:
    """The tracker pays each sub-task once, in stage order, and ends with the same credit."""
    tracker, paid = CreditTracker(LINE), []
    for t, row in enumerate(table):
        paid += [(k, t) for k in tracker.step(np.array(row))]
    credit = assign_credit(np.array(table), LINE)
    assert tracker.credit == credit
    assert len({k for k, _ in paid}) == len(paid) == credit.credited
    assert all(credit.first[k] == t for k, t in paid)
    if credit.first[0] >= 0 and credit.first[1] >= 0:
        assert credit.first[0] <= credit.first[1]
