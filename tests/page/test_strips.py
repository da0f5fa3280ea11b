"""What a timeline shows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from synth.page.strips import Lane, runs

LETTERS = {1: "y", 0: "n", -1: "?", -2: "x"}


@given(st.lists(st.sampled_from(list(LETTERS)), min_size=1, max_size=40))
def test_runs_are_the_answers_again(values: list[int]) -> None:
    """Nothing is lost or moved when equal neighbours are drawn as one, and none are left apart."""
    found = runs(np.array(values))
    assert Lane("x", found).spoken == "".join(LETTERS[value] for value in values)
    assert all(a.answer != b.answer for a, b in pairwise(found))
    assert [run.start for run in found] == [
        sum(r.length for r in found[:n]) for n in range(len(found))
    ]
