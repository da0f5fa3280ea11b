"""Claimed and true, counted side by side."""

from __future__ import annotations

import math
from itertools import product
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.confidence import wilson
from synth.errors import UsageError
from synth.shaping import GoalFrom, Mode, Shaper, Shaping
from synth.training import Arm, environments
from synth.training.arm import BY_ENVIRONMENT, PAID_BY, OptionsBy
from synth.training.hacking import row_of, together
from synth.training.rollouts import AgentEpisode, roll_agent

FRAMES = st.one_of(st.just(-1), st.integers(0, 30))
PLAYED = st.lists(
    st.builds(
        lambda seed, claimed, true: AgentEpisode(seed, tuple(range(31)), claimed, true),
        st.integers(0, 999),
        FRAMES,
        FRAMES,
    ),
    min_size=1,
    max_size=20,
)


@given(st.integers(1, 500), st.floats(0, 1))
def test_wilsons_ends_are_as_far_from_the_share_as_chance_may_take_it(trials, share):
    """Each end has the share 1.96 of its own standard deviations away, or is 0 or 1."""
    events = round(share * trials)
    found = wilson(events, trials)
    assert 0 <= found.low <= events / trials <= found.high <= 1
    for end, bound in ((found.low, 0), (found.high, 1)):
        away = 1.959964 * math.sqrt(end * (1 - end) / trials)
        assert end == pytest.approx(bound, abs=1e-9) or abs(events / trials - end) == pytest.approx(
            away, rel=1e-4
        )


@given(st.lists(PLAYED, min_size=1, max_size=4))
def test_counts_of_seeds_add_up(agents):
    """Each episode is in one cell of four; seeds together are what one agent would have been."""
    rows = [row_of(played, deterministic=False) for played in agents]
    all_of_them = [episode for played in agents for episode in played]
    one, whole = together(rows), row_of(all_of_them, deterministic=False)
    assert one.counts == whole.counts
    assert one.counts.episodes == len(all_of_them)
    assert one.lie == whole.lie
    assert one.claim_frame == pytest.approx(whole.claim_frame)
    assert one.truth_frame == pytest.approx(whole.truth_frame)


@given(PLAYED)
def test_the_shortest_lie_ends_at_its_claim(played):
    """No lie is claimed earlier, and there is one where any episode is claimed and not true."""
    lies = [episode.claimed for episode in played if episode.claimed >= 0 > episode.true]
    lie = row_of(played, deterministic=True).lie
    assert (lie is None) == (not lies)
    if lie is not None:
        assert len(lie.actions) == min(lies)


def every_arm():
    """All that can be trained."""
    parts = product(
        PAID_BY,
        (True, False),
        (0.0, 1.0),
        get_args(Mode),
        (None, *get_args(OptionsBy)),
        (None, *get_args(GoalFrom)),
    )
    return [Arm(*one) for one in parts if one[0] not in BY_ENVIRONMENT or one[4] is None]


def test_an_arm_is_found_by_its_name():
    """What it sees, who pays and who chooses are as they were: an agent acts as it was trained."""
    for arm in every_arm():
        found = Arm.named(arm.name)
        assert found.name == arm.name
        same = ("paid", "seen", "options", "goal_from")
        assert [getattr(found, k) for k in same] == [getattr(arm, k) for k in same]
    with pytest.raises(UsageError, match="no arm is called 'gold'"):
        Arm.named("gold")


@pytest.mark.parametrize("goal_from", get_args(GoalFrom))
def test_a_claim_is_the_programs_whoever_pays(goal_from):
    """Where the environment pays the goal the program's word is still taken down."""
    shaper = Shaper((("key",), ("goal",)), Shaping(goal_from=goal_from))
    shaper.reset(np.array([False, False]))
    told = [shaper.step(np.array([False, holds])) for holds in (False, True, False)]
    assert [step.claimed for step in told] == [-1, 2, 2]
    assert (told[-1].credit.complete >= 0) == (goal_from == "reward")
    shaper.reset(np.array([False, True]))
    assert shaper.step(np.array([False, False])).claimed == 0


class Chance:
    """An agent that acts by chance."""

    def __init__(self, actions):
        self._rng, self._actions = np.random.default_rng(0), actions

    def predict(self, observations, *, deterministic):
        """Any action for each environment."""
        count = (
            len(next(iter(observations.values())))
            if isinstance(observations, dict)
            else len(observations)
        )
        return self._rng.integers(0, self._actions, count), None


ARMS = ("code-alone", "sparse", "options")


@pytest.mark.parametrize("name", ARMS)
def test_each_seed_is_played_once_and_can_be_played_again(doorkey, name):
    """Whatever ends first: all seeds, none twice, and a program judges also where it pays none."""
    pytest.importorskip("stable_baselines3", reason="needs the train extra")
    arm = Arm.named(name)
    seeds = range(500, 503)
    venv = environments(doorkey, arm, 2, seeds=iter(seeds))
    played = roll_agent(venv, Chance(7), len(seeds), deterministic=False)
    assert [episode.seed for episode in played] == list(seeds)
    assert all(0 < len(episode.actions) <= 200 for episode in played)
    venv.close()


def test_truth_claims_nothing(doorkey):
    """An agent that is paid by state sees no program's credit, and none judges it."""
    with pytest.raises(UsageError, match="no program judges"):
        environments(doorkey, Arm("truth", seen=True), 1, seeds=iter(()))
