"""Exact bounds: known values, scipy's own, and the promise that makes them bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from synth.confidence import clopper_pearson, episodes_needed, lower_bound, upper_bound
from synth.errors import UsageError

COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
CERTAINTIES = st.floats(0.5, 0.999)


def test_twenty_of_twenty_bound_the_miss_rate_at_fourteen_percent():
    """The figure that everybody quotes: 1 - 0.05 ** (1 / 20) is 13.9%."""
    assert upper_bound(0, 20) == pytest.approx(0.1391, abs=5e-5)
    assert upper_bound(0, 20) == pytest.approx(1 - 0.05 ** (1 / 20))
    assert clopper_pearson(20, 20).low == pytest.approx(0.8316, abs=5e-5)


@pytest.mark.parametrize(
    ("rate", "certainty", "events", "needed"),
    [
        (0.05, 0.95, 0, 59),
        (0.01, 0.95, 0, 299),
        (0.10, 0.90, 0, 22),
        (0.05, 0.95, 1, 93),
        (0.139, 0.95, 0, 21),
        (0.1392, 0.95, 0, 20),
        (0.5, 0.5, 0, 1),
    ],
)
def test_known_numbers_of_episodes(rate, certainty, events, needed):
    """The textbook's sample sizes: 59 for 5%, 93 where one miss is allowed, 299 for 1%."""
    assert episodes_needed(rate, certainty, events=events) == needed


@given(COUNTS, CERTAINTIES)
def test_interval_is_that_of_scipy(counts, certainty):
    """Both ends agree with scipy's exact interval."""
    events, trials = counts
    theirs = stats.binomtest(events, trials).proportion_ci(certainty, method="exact")
    ours = clopper_pearson(events, trials, certainty)
    assert ours.low == pytest.approx(theirs.low, abs=1e-9)
    assert ours.high == pytest.approx(theirs.high, abs=1e-9)


@given(COUNTS, CERTAINTIES)
def test_at_the_bound_so_few_events_are_as_rare_as_promised(counts, certainty):
    """At the bound, so few events or fewer come with a probability of 1 - certainty."""
    events, trials = counts
    bound = upper_bound(events, trials, certainty)
    if events < trials:
        assert stats.binom.cdf(events, trials, bound) == pytest.approx(1 - certainty, abs=1e-6)
    else:
        assert bound == 1.0
    assert lower_bound(events, trials, certainty) <= events / trials <= bound


@given(st.floats(0.005, 0.9), CERTAINTIES, st.integers(0, 5))
def test_needed_episodes_are_enough_and_none_too_many(rate, certainty, events):
    """With so many episodes the rate is bounded, and with one fewer it is not."""
    needed = episodes_needed(rate, certainty, events=events)
    assert upper_bound(events, needed, certainty) <= rate
    if needed > events:
        assert upper_bound(events, needed - 1, certainty) > rate


def test_no_episodes_prove_nothing():
    """Without trials every rate is possible."""
    assert clopper_pearson(0, 0).low == 0.0
    assert clopper_pearson(0, 0).high == 1.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: upper_bound(3, 2), "3 of 2"),
        (lambda: lower_bound(-1, 2), "-1 of 2"),
        (lambda: clopper_pearson(1, 2, 1.0), "certainty of 1.0"),
        (lambda: episodes_needed(0.0), "rate of 0.0"),
        (lambda: episodes_needed(0.1, 0.0), "certainty of 0.0"),
    ],
)
def test_impossible_questions_are_refused(call, message):
    """A count or a certainty that cannot be is named."""
    with pytest.raises(UsageError, match=message):
        call()
