"""Dense rewards: what each mode pays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.errors import UsageError
from synth.shaping import Shaper, Shaping

STAGES = (("a",), ("b",), ("goal",))


def run(shaping: Shaping, rows: list[list[bool]], *, terminated: bool = True) -> list[float]:
    """Rewards of an episode whose last step ends it."""
    shaper = Shaper(STAGES, shaping)
    shaper.reset(np.array(rows[0]))
    return [
        shaper.step(np.array(row), terminated=terminated and row is rows[-1]).reward
        for row in rows[1:]
    ]


tables = st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=2, max_size=10)


@given(tables)
def test_credit_mode_pays_at_most_the_scale_and_never_takes_back(rows: list[list[bool]]) -> None:
    """The return is the share of the plan credited after the first frame."""
    rewards = run(Shaping("credit", scale=2.0), rows)
    assert all(r >= 0 for r in rewards)
    assert sum(rewards) <= 2.0 + 1e-9


@given(tables, st.floats(0.5, 1.0))
def test_potential_shaping_telescopes(rows: list[list[bool]], gamma: float) -> None:
    """The discounted sum of F is minus the first potential, whatever happened between."""
    first = float(np.mean([rows[0][0], rows[0][0] and rows[0][1], rows[0][2]]))
    total = sum(gamma**t * f for t, f in enumerate(run(Shaping("potential", gamma=gamma), rows)))
    assert total == pytest.approx(-first, abs=1e-9)


def test_the_modes_weigh_the_environments_reward_as_documented() -> None:
    """`credit` replaces the environment's reward, `potential` adds to it."""
    nothing = np.zeros(3, dtype=bool)
    for mode, expected in (("credit", 0.0), ("potential", 5.0)):
        shaper = Shaper(STAGES, Shaping(mode))
        shaper.reset(nothing)
        assert shaper.step(nothing, env_reward=5.0).reward == expected


def test_progress_raises_the_potential_of_what_is_next_only() -> None:
    """Progress of a sub-task whose turn has not come pays nothing."""
    shaper = Shaper(STAGES, Shaping("potential", gamma=1.0))
    none = np.zeros(3, dtype=bool)
    shaper.reset(none, np.array([0.0, 0.0, 0.0], dtype=np.float32))
    assert shaper.step(none, np.array([0.0, 1.0, 1.0], dtype=np.float32)).reward == 0
    assert shaper.step(none, np.array([0.5, 1.0, 1.0], dtype=np.float32)).reward > 0


@pytest.mark.parametrize("bad", [{"mode": "dense"}, {"gamma": 0.0}, {"gamma": 1.5}])
def test_a_setting_out_of_range_is_refused(bad: dict[str, object]) -> None:
    """The message names the setting."""
    with pytest.raises(UsageError, match=next(iter(bad))):
        Shaping(**bad)
