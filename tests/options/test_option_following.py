"""What an option is paid, and where it ends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.credit import CreditTracker
from synth.errors import UsageError
from synth.options import PlanOrder, SMDPQLearning, options_of
from synth.options.following import Following

STAGES = (("a", "b"), ("c",), ("goal",))
GAMMA = 0.9


class Remembering(SMDPQLearning):
    """Keeps what it was told."""

    def __init__(self):
        super().__init__(epsilon=0.5)
        self.told = []

    def learn(self, outcome):
        """Keep it, too."""
        self.told.append(outcome)
        super().learn(outcome)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(st.booleans(), min_size=4, max_size=4), st.integers(-3, 3)), min_size=1
    ),
    st.sampled_from(["terminated", "truncated"]),
    st.sampled_from(["staged", "any"]),
    st.integers(1, 5),
)
def test_an_episode_is_a_chain_of_options(steps, ending, initiation, limit):
    """Each ends at its checker, at its limit or with the episode; together they earn its return."""
    tracker, rng, manager = CreditTracker(STAGES), np.random.default_rng(0), Remembering()
    one = Following(options_of(STAGES, initiation), manager, limit=limit, gamma=GAMMA)
    tracker.step(np.zeros(4, bool))
    one.choose([False] * 4, rng)
    followed = 0
    for t, (row, gained) in enumerate(steps):
        followed += 1
        last = t == len(steps) - 1
        option = one.option
        credited = option in tracker.step(np.array(row))
        now = [first >= 0 for first in tracker.credit.first]
        step = one.step(
            now,
            env_reward=gained,
            terminated=last and ending == "terminated",
            truncated=last and ending == "truncated",
        )
        assert step.reward == float(credited)
        assert step.episode_ended is last
        assert step.terminated is (credited or (last and ending == "terminated"))
        assert step.ended is (credited or last or followed == limit)
        assert not (step.terminated and step.truncated)
        if step.ended:
            followed = 0
            one.choose(now, rng)
    whole, discount = 0.0, 1.0
    for outcome in manager.told:
        whole += discount * outcome.reward
        discount *= outcome.discount
    assert whole == pytest.approx(sum(GAMMA**t * gained for t, (_, gained) in enumerate(steps)))
    assert discount == pytest.approx(GAMMA ** len(steps))
    assert [o.terminal for o in manager.told] == [False] * (len(manager.told) - 1) + [
        ending == "terminated"
    ]
    for before, after in zip(manager.told, manager.told[1:], strict=False):
        assert before.after == after.credited
        assert after.option in before.choices


def test_a_manager_that_chooses_what_cannot_begin_is_named():
    """Its class and the options that could have begun are in the message."""

    class Hasty(PlanOrder):
        """Wants the goal at once."""

        def choose(self, credited, options, rng):
            """The goal."""
            return 3

    one = Following(options_of(STAGES), Hasty(), limit=5, gamma=GAMMA)
    with pytest.raises(UsageError, match=r"Hasty chose option 3.*are 0, 1"):
        one.choose([False] * 4, np.random.default_rng(0))


@pytest.mark.parametrize("bad", [{"limit": 0}, {"gamma": 0.0}, {"gamma": 1.1}])
def test_a_number_out_of_range_is_refused(bad):
    """The message names both and their ranges."""
    with pytest.raises(UsageError, match=next(iter(bad))):
        Following(options_of(STAGES), PlanOrder(), **{"limit": 5, "gamma": 0.9, **bad})
