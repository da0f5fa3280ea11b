"""Several seeds as one curve."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.training.curves import curve_of, interquartile_mean, interval, summary_of
from synth.training.results import WINDOW, TrainedEpisode, TrainingResult, steps_to, success_at
from synth.training.settings import settings_of


def result(solved, seed=0, steps=1000, made=None):
    """A run whose episodes are ten steps long each."""
    episodes = tuple(
        TrainedEpisode(steps=10 * (k + 1), length=10, success=bool(s), claimed=None, paid=0.0)
        for k, s in enumerate(solved)
    )
    return TrainingResult(
        task="toy",
        arm="code",
        seed=seed,
        settings=settings_of("minigrid", steps=steps),
        steps=made or 10 * len(solved),
        stopped="steps",
        steps_to_90=steps_to(episodes, 0.9),
        episodes=episodes,
        seconds=1.0,
        reward="",
        versions={},
        machine={},
    )


@given(st.lists(st.booleans(), max_size=250))
def test_success_is_that_of_the_last_hundred_episodes(solved):
    """Each point is the share of successes in the last 100 by then; none came before the first."""
    steps, shares = success_at(result(solved).episodes)
    assert len(steps) == len(shares) == len(solved)
    for k, share in enumerate(shares):
        assert share == pytest.approx(sum(solved[max(0, k + 1 - WINDOW) : k + 1]) / WINDOW)


def test_a_lucky_first_episode_is_no_success():
    """One success of one episode is 1%, not 100%."""
    assert result([True]).steps_to_90 is None


def test_steps_to_90_are_those_of_the_ninetieth_success_in_a_hundred():
    """With successes from the first episode on it takes 90 of them."""
    assert result([True] * 120).steps_to_90 == 900


@settings(deadline=None, max_examples=25)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_the_interval_holds_within_the_seeds(values):
    """Lower and upper end lie within what the seeds reached, and in that order."""
    array = np.array(values)
    low, high = interval(array)
    slack = 1e-9
    assert array.min() - slack <= low <= high <= array.max() + slack


def test_the_middle_half_counts():
    """Of eight seeds the two best and the two worst are left out."""
    values = np.array([0.0, 0.0, 0.4, 0.5, 0.5, 0.6, 1.0, 1.0])
    assert interquartile_mean(values) == pytest.approx(0.5)


def test_a_run_that_stopped_early_is_held_at_its_last_value():
    """Beyond its last episode the curve goes on flat, to the steps that were asked for."""
    curve = curve_of([result([True] * 100, steps=5000)])
    assert curve.steps[-1] == 5000
    assert curve.mean[-1] == 1.0
    assert curve.mean[0] == 0.0


def test_seeds_that_never_came_to_it_count_as_a_bound():
    """Their steps are those that they had, and how many came to it is said."""
    rows = summary_of([result([True] * 100, 0), result([False] * 100, 1)])
    assert (rows.reached, rows.seeds) == (1, 2)
    assert rows.steps == pytest.approx((900 + 1000) / 2)
    assert rows.bound


def test_a_seed_that_is_cut_off_makes_no_bound():
    """Of five the slowest does not count: that it never came to it changes nothing."""
    came, never = [True] * 100, [False] * 100
    assert not summary_of([result(came, k) for k in range(4)] + [result(never, 4)]).bound
    assert summary_of(
        [result(came, k) for k in range(3)] + [result(never, k) for k in (3, 4)]
    ).bound
