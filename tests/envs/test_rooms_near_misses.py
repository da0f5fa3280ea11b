"""Near misses of rooms are what their names say."""

from __future__ import annotations

import numpy as np
import pytest
from rooms import FIND, LIFT, ONE_ROOM, PUT_NEXT, drawn, room

from synth.envs import family_of
from synth.envs.rooms import walker
from synth.errors import ExpertFailed
from synth.record.rollout import rollout

__all__ = ["drawn"]  # a fixture for all tests of this file

HOLD = 4


def made(env, key, seed=1):
    """The episode of a recipe, undrawn; `ExpertFailed` where the room does not allow it."""
    simulator = room(env)
    recipe = next(r for r in family_of(simulator.spec).recipes() if r.key == key)
    policy = recipe.make(None, walker, np.random.default_rng(seed))
    return rollout(simulator, policy, seed, 150, hold=HOLD, draw=False), simulator


@pytest.mark.parametrize("env", [ONE_ROOM, FIND, PUT_NEXT])
def test_stopping_short_is_out_of_reach_by_a_few_pixels(env):
    """It is judged, and no success."""
    rolled, simulator = made(env, "short")
    assert not rolled.success.any()
    assert -5 * simulator.resolution() < rolled.margins[-1] < -simulator.resolution()


def test_a_thing_within_reach_and_not_taken_is_no_success():
    """Had the hand been closed, it would have been one."""
    rolled, _ = made(LIFT, "short")
    assert not rolled.success.any()
    assert not rolled.truth["carrying_other"].any()


@pytest.mark.parametrize("env", [FIND, LIFT, PUT_NEXT])
@pytest.mark.parametrize("key", ["undo"])
def test_what_is_undone_was_done(env, key):
    """Success comes and goes within the hold."""
    rolled, _ = made(env, key)
    assert rolled.success.any()
    assert not rolled.success[-1]


def test_where_nothing_can_be_undone_it_is_said():
    """An agent that cannot step back stays near."""
    with pytest.raises(ExpertFailed, match="cannot step back"):
        made(ONE_ROOM, "undo")


@pytest.mark.parametrize("env", [LIFT, PUT_NEXT])
def test_another_thing_is_carried_in_vain(env):
    """Whatever is done with it, the mission is not fulfilled."""
    rolled, _ = made(env, "wrong-thing", seed=2)
    assert not rolled.success.any()
    if env == LIFT:
        assert rolled.truth["carrying_other"].any()


def test_a_thing_held_in_its_place_is_not_put_down():
    """It comes as near as it ever must, in hand."""
    rolled, _ = made(PUT_NEXT, "hold-beside")
    assert rolled.truth["carrying_target"].any()
    assert not rolled.success.any()


@pytest.mark.parametrize(
    ("env", "key"),
    [
        (FIND, "another-first"),
        (LIFT, "another-first"),
        (LIFT, "elsewhere-first"),
        (PUT_NEXT, "other-way-round"),
        (PUT_NEXT, "stroll"),
    ],
)
def test_other_ways_lead_there_too(env, key):
    """A route succeeds."""
    rolled, _ = made(env, key)
    assert rolled.success.any()
