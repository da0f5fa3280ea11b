"""Where options may begin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.credit import CreditTracker
from synth.errors import UsageError
from synth.options import options_of
from synth.options.option import choices


@st.composite
def plans(draw):
    """Up to three stages of up to three sub-tasks, and the goal."""
    sizes = draw(st.lists(st.integers(1, 3), max_size=3))
    return (*(tuple(f"s{i}{j}" for j in range(n)) for i, n in enumerate(sizes)), ("goal",))


@settings(deadline=None)
@given(plans(), st.data())
def test_those_can_begin_that_are_next_in_the_plan(stages, data):
    """Staged, they are the sub-tasks not yet credited of the first stage that has any."""
    count = sum(map(len, stages))
    verdicts = st.lists(st.booleans(), min_size=count, max_size=count)
    tracker = CreditTracker(stages)
    for row in data.draw(st.lists(verdicts, max_size=6)):
        tracker.step(np.array(row))
    credited = [first >= 0 for first in tracker.credit.first]
    able = choices(options_of(stages), credited)
    if tracker.credit.complete >= 0:
        assert able == (count - 1,)
        return
    numbered = iter(range(count))
    waiting = [[k for k in (next(numbered) for _ in stage) if not credited[k]] for stage in stages]
    assert list(able) == next(stage for stage in waiting if stage)
    free = choices(options_of(stages, "any"), credited)
    assert list(free) == [k for k in range(count) if not credited[k]]


def test_another_initiation_is_refused():
    """The message names those that there are."""
    with pytest.raises(UsageError, match="'staged' or 'any'"):
        options_of((("goal",),), "sometimes")
