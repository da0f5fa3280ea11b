"""Truth is read from the grid's state, by type and not by colour."""

from __future__ import annotations

import pytest

from synth.envs import family_of
from synth.experts import find_policy

LEFT, RIGHT, FORWARD, PICKUP, DROP, TOGGLE, DONE = range(7)


def history(spec, seed):
    """The truths of the expert's episode, one mapping a frame."""
    simulator = family_of(spec).make(spec)
    truths = [simulator.reset(seed).truth]
    for action in find_policy(spec)(simulator):
        moment = simulator.step(action)
        truths.append(moment.truth)
        if moment.done:
            break
    return truths


def firsts(truths):
    """For each predicate the frame where it first holds, or None."""
    return {
        name: next((t for t, truth in enumerate(truths) if truth[name]), None) for name in truths[0]
    }


@pytest.mark.parametrize("seed", range(5))
def test_doorkey_is_key_then_door_then_goal(make_spec, seed):
    """The key is carried before the door opens, and the goal comes last."""
    first = firsts(history(make_spec("MiniGrid-DoorKey-6x6-v0"), seed))
    assert set(first) == {"carrying_key", "door_open", "door_unlocked", "at_goal"}
    assert first["carrying_key"] < first["door_open"] == first["door_unlocked"] < first["at_goal"]


@pytest.mark.parametrize("seed", range(5))
def test_unlock_pickup_ends_with_the_box_in_hand(make_spec, seed):
    """The key has left the hand by the time the box is in it."""
    truths = history(make_spec("MiniGrid-UnlockPickup-v0"), seed)
    first = firsts(truths)
    assert first["carrying_key"] < first["door_open"] < first["carrying_box"]
    assert truths[-1]["carrying_box"]
    assert truths[-1]["target_carried"]
    assert not truths[-1]["carrying_key"]


@pytest.mark.parametrize(
    ("env", "names"),
    [
        ("MiniGrid-Empty-6x6-v0", {"at_goal"}),
        ("MiniGrid-LavaGapS5-v0", {"at_goal"}),
        ("MiniGrid-Dynamic-Obstacles-5x5-v0", {"at_goal"}),
        ("MiniGrid-MemoryS7-v0", {"at_goal"}),
        ("MiniGrid-Unlock-v0", {"carrying_key", "door_open", "door_unlocked"}),
        (
            "MiniGrid-MultiRoom-N6-v0",
            {"at_goal", "door_open", "all_doors_open", *(f"doors_open_{n}" for n in (2, 3, 4))},
        ),
        ("MiniGrid-GoToDoor-5x5-v0", {"beside_target"}),
        ("MiniGrid-RedBlueDoors-6x6-v0", {"door_open", "all_doors_open", "target_door_open"}),
    ],
)
def test_only_predicates_that_can_matter_exist(make_spec, env, names):
    """A grid without doors, keys or goal squares has no predicate about them."""
    spec = make_spec(env)
    assert set(family_of(spec).make(spec).reset(0).truth) == names


def test_a_ball_before_the_door_is_known_to_have_moved(make_spec):
    """It leaves its place before the key is taken; elsewhere there is no such predicate."""
    truths = history(make_spec("MiniGrid-BlockedUnlockPickup-v0"), 0)
    first = firsts(truths)
    assert first["moved_ball"] < first["moved_key"] < first["door_open"] < first["moved_box"]
    assert truths[-1]["moved_ball"]
    assert "moved_ball" not in history(make_spec("MiniGrid-KeyCorridorS3R3-v0"), 0)[0]


def test_doors_are_counted_as_they_open(make_spec):
    """In a row of rooms they open one after the other."""
    first = firsts(history(make_spec("MiniGrid-MultiRoom-N4-S5-v0"), 0))
    assert first["door_open"] < first["doors_open_2"] < first["all_doors_open"] < first["at_goal"]


def test_a_key_in_a_box_counts_once_the_box_is_open(make_spec):
    """Opening the box that hides the key is told from carrying the key."""
    first = firsts(history(make_spec("MiniGrid-ObstructedMaze-1Dlh-v0"), 0))
    assert first["box_opened"] < first["carrying_key"] < first["door_unlocked"]
    assert first["carrying_ball"] == first["target_carried"]


def test_a_box_that_is_only_carried_has_not_been_opened(make_spec):
    """Taking the full box away in hand opens nothing."""
    spec = make_spec("MiniGrid-ObstructedMaze-1Dlh-v0")
    simulator = family_of(spec).make(spec)
    simulator.reset(0)
    env = simulator.env
    at, box = next((i, c) for i, c in enumerate(env.grid.grid) if c and c.type == "box")
    env.grid.grid[at], env.carrying = None, box
    truth = simulator.step(DONE).truth
    assert truth["carrying_box"]
    assert not truth["box_opened"]


def test_a_door_that_shuts_again_stays_unlocked(make_spec):
    """`door_open` follows the door, `door_unlocked` the lock."""
    spec = make_spec("MiniGrid-DoorKey-6x6-v0")
    simulator = family_of(spec).make(spec)
    simulator.reset(0)
    for action in find_policy(spec)(simulator):
        if simulator.step(action).truth["door_open"]:
            break
    truth = simulator.step(TOGGLE).truth
    assert not truth["door_open"]
    assert truth["door_unlocked"]


def test_every_predicate_is_false_at_reset_and_some_hold_at_success(make_spec):
    """Nothing is achieved before anything is done, in the environments of the specs."""
    for env in ("DoorKey-8x8", "Unlock", "UnlockPickup", "BlockedUnlockPickup", "Empty-6x6"):
        truths = history(make_spec(f"MiniGrid-{env}-v0"), 0)
        assert not any(truths[0].values())
        assert any(truths[-1].values())
