"""Rulings on pass rates: right names, few false alarms, and numbers that decide."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from synth.errors import UsageError
from synth.regress.rates import PassRate, Rules, rule


def called(new: PassRate, old: PassRate) -> str:
    """The call on one comparison."""
    return rule([(new, old)], foresee=False)[0].call


ALWAYS, NEVER = PassRate(fixed=1.0), PassRate(fixed=0.0)
ASSUMED = PassRate(fixed=0.8, assumed=True)


@pytest.mark.parametrize(
    ("new", "old", "call"),
    [
        (PassRate(0, 5), PassRate(5, 5), "worse"),
        (PassRate(1, 5), PassRate(5, 5), "worse"),
        (PassRate(5, 5), PassRate(0, 5), "better"),
        (PassRate(9, 9), PassRate(9, 9), "same"),
        (PassRate(8, 8), PassRate(8, 8), "undecided"),
        (PassRate(3, 5), PassRate(5, 5), "undecided"),
        (PassRate(95, 100), PassRate(100, 100), "same"),
        (PassRate(0, 5), ASSUMED, "worse"),
        (PassRate(5, 5), ASSUMED, "same"),
        (PassRate(4, 5), ASSUMED, "undecided"),
        (ALWAYS, ALWAYS, "same"),
        (NEVER, ALWAYS, "worse"),
        (ALWAYS, NEVER, "better"),
        (ALWAYS, ASSUMED, "same"),
        (NEVER, ASSUMED, "worse"),
        (PassRate(5, 5), NEVER, "better"),
        (PassRate(0, 5), ALWAYS, "worse"),
        (PassRate(5, 5), ALWAYS, "undecided"),
        (PassRate(9, 9), ALWAYS, "same"),
    ],
)
def test_rates_are_called_by_their_right_name(new: PassRate, old: PassRate, call: str) -> None:
    """Sampled, fixed and assumed sides."""
    assert called(new, old) == call


@pytest.mark.parametrize(("rate", "tried"), [(0.2, 5), (0.5, 5), (0.8, 5), (0.9, 10), (1.0, 10)])
def test_false_alarms_on_equal_models_are_under_five_percent(rate: float, tried: int) -> None:
    """200 simulated comparisons of two models that pass equally often."""
    draws = np.random.default_rng(12).binomial(tried, rate, (200, 2))
    calls = [called(PassRate(a, tried), PassRate(b, tried)) for a, b in draws.tolist()]
    assert sum(call in {"worse", "better"} for call in calls) < 10


@pytest.mark.parametrize("old", [4, 5])
def test_the_chance_of_a_false_alarm_is_exactly_bounded(old: int) -> None:
    """Summed over all tables, at every rate: no simulation, and samples of unequal size."""
    alarm = np.array(
        [
            [
                called(PassRate(a, 5), PassRate(b, old)) in {"worse", "better"}
                for b in range(old + 1)
            ]
            for a in range(6)
        ]
    )
    for rate in np.linspace(0, 1, 101):
        chance = binom.pmf(range(6), 5, rate) @ alarm @ binom.pmf(range(old + 1), old, rate)
        assert chance <= 0.05


def test_the_chance_that_a_material_drop_is_called_the_same_is_exactly_bounded() -> None:
    """At every pair of rates that differ by the margin."""
    tried = 10
    same = np.array(
        [
            [called(PassRate(a, tried), PassRate(b, tried)) == "same" for b in range(tried + 1)]
            for a in range(tried + 1)
        ]
    )
    assert same.any()
    for rate in np.linspace(0.3, 1, 71):
        chance = (
            binom.pmf(range(tried + 1), tried, rate - 0.3)
            @ same
            @ binom.pmf(range(tried + 1), tried, rate)
        )
        assert chance <= 0.05


def test_many_tasks_raise_no_more_false_alarms_than_one() -> None:
    """What is worse alone may be chance among twenty; what is plain stays worse."""
    equal = (PassRate(4, 5), PassRate(4, 5))
    doubtful, plain = (PassRate(1, 5), PassRate(5, 5)), (PassRate(0, 5), PassRate(5, 5))
    assert rule([doubtful])[0].call == "worse"
    rulings = rule([doubtful, plain, *[equal] * 18])
    assert [r.call for r in rulings[:2]] == ["undecided", "worse"]


@pytest.mark.parametrize(
    ("new", "old", "needed"),
    [
        (PassRate(5, 5), PassRate(5, 5), 9),
        (PassRate(1, 1), ASSUMED, 5),
        (PassRate(5, 5), ALWAYS, 9),
        (PassRate(7, 10), PassRate(10, 10), 12),
    ],
)
def test_an_undecided_comparison_names_the_number_that_decides(
    new: PassRate, old: PassRate, needed: int
) -> None:
    """So many a side do decide at these rates, and one fewer do not."""
    (ruling,) = rule([(new, old)])
    assert (ruling.call, ruling.needed) == ("undecided", needed)
    assert called(new.grown(needed), old.grown(needed)) != "undecided"
    assert called(new.grown(needed - 1), old.grown(needed - 1)) == "undecided"


def test_no_number_is_named_where_none_would_do() -> None:
    """Rates that differ by just the margin are neither the same nor apart for long."""
    (ruling,) = rule([(PassRate(10, 20), PassRate(10, 20))], Rules(margin=0.01))
    assert (ruling.call, ruling.needed) == ("undecided", None)


@given(st.integers(0, 6), st.integers(0, 6))
@settings(max_examples=40, deadline=None)
def test_turning_the_sides_round_turns_the_call_round(a: int, b: int) -> None:
    """Better one way is worse the other; nothing else changes."""
    turned = {"better": "worse", "worse": "better"}
    call = called(PassRate(a, 6), PassRate(b, 6))
    assert called(PassRate(b, 6), PassRate(a, 6)) == turned.get(call, call)


def test_rules_and_rates_out_of_range_are_refused() -> None:
    """With the number, and what it must be."""
    with pytest.raises(UsageError, match=r"margin = 1\.5"):
        Rules(margin=1.5)
    with pytest.raises(UsageError, match="make an attempt first"):
        PassRate(0, 0)
