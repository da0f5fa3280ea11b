"""Who chooses among options, and how a table of values is learned."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.errors import UsageError
from synth.options import Manager, OptionOutcome, PlanOrder, SMDPQLearning
from synth.options.option import choices, options_of

STAGES = (("a", "b"), ("goal",))
OPTIONS = options_of(STAGES, "any")
GAMMA = 0.9


def a_process(seed):
    """Every option in every set of credited sub-tasks: its reward, its steps, and what it adds."""
    rng = np.random.default_rng(seed)
    outcomes = []
    for credited in itertools.product([False, True], repeat=3):
        if credited[-1]:
            continue
        for option in choices(OPTIONS, credited):
            succeeds = rng.random() < 0.7
            after = tuple(c or (k == option and succeeds) for k, c in enumerate(credited))
            steps = int(rng.integers(1, 6))
            outcomes.append(
                OptionOutcome(
                    credited=credited,
                    option=option,
                    reward=round(rng.normal(), 2),
                    discount=GAMMA**steps,
                    after=after,
                    choices=choices(OPTIONS, after),
                    terminal=after[-1] or rng.random() < 0.3,  # not only success is an end
                )
            )
    return outcomes


def solved(outcomes):
    """The optimal value of each option where it can begin, by value iteration."""
    values = {(o.credited, o.option): 0.0 for o in outcomes}
    for _ in range(400):
        values = {
            (o.credited, o.option): o.reward
            + (0.0 if o.terminal else o.discount * max(values[o.after, k] for k in o.choices))
            for o in outcomes
        }
    return values


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_learned_values_are_those_of_value_iteration(seed):
    """Options of many lengths: each is discounted by its own steps, and nothing follows an end."""
    outcomes = a_process(seed)
    manager = SMDPQLearning(alpha=0.5, epsilon=0.0)
    for _ in range(500):
        for outcome in outcomes:
            manager.learn(outcome)
    values = solved(outcomes)
    rng = np.random.default_rng(0)
    for (credited, option), value in values.items():
        assert manager.values(credited)[option] == pytest.approx(value, abs=1e-6)
        able = choices(OPTIONS, credited)
        best = max(values[credited, k] for k in able)
        assert values[credited, manager.choose(credited, able, rng)] == pytest.approx(
            best, abs=1e-5
        )


def test_only_options_that_can_begin_are_chosen():
    """However good another one looks, and by chance too."""
    manager = SMDPQLearning(epsilon=0.5)
    nothing = (False, False, False)
    manager.learn(OptionOutcome(nothing, 2, 5.0, 0.9, (True, True, True), (2,), terminal=True))
    rng = np.random.default_rng(0)
    assert {manager.choose(nothing, (0, 1), rng) for _ in range(60)} == {0, 1}
    assert PlanOrder().choose(nothing, (1, 2), rng) == 1


def test_a_table_is_kept_and_gone_on_with(tmp_path):
    """What was learned stands in a file that a person can read."""
    manager = SMDPQLearning()
    for outcome in a_process(3):
        manager.learn(outcome)
    manager.save(tmp_path / "manager.json")
    again = SMDPQLearning()
    again.load(tmp_path / "manager.json", 3)
    for credited in itertools.product([False, True], repeat=3):
        assert again.values(credited).tolist() == manager.values(credited).tolist()
    with pytest.raises(UsageError, match="another length than 4"):
        again.load(tmp_path / "manager.json", 4)
    (tmp_path / "manager.json").write_text('{"values": 3}')
    with pytest.raises(UsageError, match="damaged"):
        again.load(tmp_path / "manager.json", 3)


@pytest.mark.parametrize("bad", [{"alpha": 0.0}, {"alpha": 1.5}, {"epsilon": -0.1}])
def test_a_number_out_of_range_is_refused(bad):
    """The message names the range."""
    with pytest.raises(UsageError, match=next(iter(bad))):
        SMDPQLearning(**bad)


def test_both_are_managers():
    """A manager of one's own needs these two methods and no base class."""
    assert isinstance(PlanOrder(), Manager)
    assert isinstance(SMDPQLearning(), Manager)
