"""The planner succeeds, briefly, repeatably, and says so where it cannot."""

from __future__ import annotations

import copy
import subprocess
import sys

import pytest
from minigrid.core.world_object import Door

from synth.envs import family_of
from synth.envs.minigrid.heuristic import Heuristic
from synth.envs.minigrid.objective import Objective, objective_of
from synth.envs.minigrid.planning import DETOUR, plan
from synth.envs.minigrid.world import World
from synth.errors import ExpertFailed
from synth.experts import find_policy

SOLVED = [
    *(f"Empty-{size}" for size in ("5x5", "Random-5x5", "6x6", "Random-6x6", "8x8", "16x16")),
    *(f"DoorKey-{size}" for size in ("5x5", "6x6", "8x8", "16x16")),
    "Unlock",
    "UnlockPickup",
    "BlockedUnlockPickup",
    "FourRooms",
    "MultiRoom-N2-S4",
    "MultiRoom-N6",
    *(f"SimpleCrossing{size}" for size in ("S9N1", "S9N2", "S9N3", "S11N5")),
    *(f"LavaCrossing{size}" for size in ("S9N1", "S9N2", "S9N3", "S11N5")),
    *(f"LavaGapS{size}" for size in (5, 6, 7)),
    "DistShift1",
    "DistShift2",
    "LockedRoom",
    *(f"KeyCorridorS{size}" for size in ("3R1", "3R2", "3R3", "4R3", "5R3", "6R3")),
    *(f"Fetch-{size}" for size in ("5x5-N2", "6x6-N2", "8x8-N3")),
    *(f"GoToDoor-{size}" for size in ("5x5", "6x6", "8x8")),
    *(f"GoToObject-{size}" for size in ("6x6-N2", "8x8-N2")),
    *(f"PutNear-{size}" for size in ("6x6-N2", "8x8-N3")),
    *(f"Memory{size}" for size in ("S7", "S9", "S11", "S13", "S13Random", "S17Random")),
    *(f"RedBlueDoors-{size}" for size in ("6x6", "8x8")),
    *(f"Dynamic-Obstacles-{size}" for size in ("5x5", "Random-5x5", "6x6", "8x8", "16x16")),
    *(f"ObstructedMaze-{kind}" for kind in ("1Dl", "1Dlh", "1Dlhb", "2Dl", "2Dlh")),
]


def failures(spec, seeds):
    """The seeds on which the spec's expert does not succeed."""
    simulator = family_of(spec).make(spec)
    expert = find_policy(spec)
    failed = []
    for seed in seeds:
        moment = simulator.reset(seed, draw=False)
        for action in expert(simulator):
            moment = simulator.step(action, draw=False)
            if moment.done:
                break
        if not moment.success:
            failed.append(seed)
    return failed


@pytest.mark.parametrize("name", SOLVED)
def test_the_planner_succeeds(make_spec, name):
    """A handful of seeds of every environment the page lists are solved."""
    assert failures(make_spec(f"MiniGrid-{name}-v0", max_steps=500), range(4)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", SOLVED)
def test_the_planner_succeeds_on_a_hundred_seeds(make_spec, name):
    """A hundred of a hundred seeds are solved."""
    assert failures(make_spec(f"MiniGrid-{name}-v0", max_steps=500), range(100)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["2Dlhb-v1", "1Q-v1", "2Q-v1", "Full-v1"])
def test_the_planner_succeeds_where_the_search_turns_greedy(make_spec, name):
    """The largest mazes, with keys in boxes and blocked doors, are solved too."""
    assert failures(make_spec(f"MiniGrid-ObstructedMaze-{name}", max_steps=500), range(20)) == []


def shortest(env):
    """Length of the shortest success, by trying every action in the environment itself."""
    layer, seen, depth = [env], set(), 0
    while layer:
        depth += 1
        following = []
        for state in layer:
            for action in range(7):
                child = copy.deepcopy(state)
                _, reward, terminated, _, _ = child.step(action)
                if terminated and reward > 0:
                    return depth
                held = child.carrying and (child.carrying.type, child.carrying.color)
                key = (child.grid.encode().tobytes(), tuple(child.agent_pos), child.agent_dir, held)
                if not terminated and key not in seen:
                    seen.add(key)
                    following.append(child)
        layer = following
    return None


@pytest.mark.parametrize(
    ("env_id", "seed"),
    [
        ("MiniGrid-DoorKey-5x5-v0", 0),
        ("MiniGrid-DoorKey-5x5-v0", 4),
        ("MiniGrid-KeyCorridorS3R1-v0", 1),
        ("MiniGrid-MultiRoom-N2-S4-v0", 2),
        ("MiniGrid-LavaGapS6-v0", 3),
        ("MiniGrid-PutNear-6x6-N2-v0", 1),
    ],
)
def test_no_plan_is_shorter(make_spec, env_id, seed):
    """Exhaustive search with the environment's own rules finds nothing shorter."""
    spec = make_spec(env_id)
    simulator = family_of(spec).make(spec)
    simulator.reset(seed)
    env = simulator.env
    objective = objective_of(env)
    assert objective is not None
    least = shortest(env)
    assert len(plan(World(env, objective), what="it")) == least
    # The expert does at most three things here, and goes a little out of its way for each.
    assert least <= len(list(find_policy(spec)(simulator))) <= least + 3 * DETOUR


def ways(spec, seeds):
    """Facings in which the expert succeeds, and its actions, by seed."""
    simulator = family_of(spec).make(spec)
    for seed in seeds:
        moment = simulator.reset(seed, draw=False)
        actions = []
        for action in find_policy(spec)(simulator):
            moment = simulator.step(action, draw=False)
            actions.append(action)
        assert moment.success
        yield int(simulator.env.agent_dir), tuple(actions)


@pytest.mark.parametrize("env", ["Empty-8x8", "DoorKey-6x6"])
def test_the_goal_is_reached_from_more_sides_than_one(make_spec, env):
    """A goal in a corner has two, and turning costs a step: experts come from both."""
    shown = list(ways(make_spec(f"MiniGrid-{env}-v0", max_steps=100), range(20)))
    facings = [facing for facing, _ in shown]
    assert min(facings.count(0), facings.count(1)) >= 3
    assert len({actions for _, actions in shown}) >= 3


def test_an_expert_asked_anew_at_each_step_is_not_led_in_a_circle(make_spec):
    """What it goes out of its way for stays the same throughout an episode."""
    spec = make_spec("MiniGrid-UnlockPickup-v0", max_steps=100)
    simulator = family_of(spec).make(spec)
    expert = find_policy(spec)
    for seed in range(3):
        moment = simulator.reset(seed, draw=False)
        at_once = len(list(expert(simulator)))
        for _ in range(at_once + 3):
            moment = simulator.step(next(iter(expert(simulator))), draw=False)
            if moment.done:
                break
        assert moment.success


def test_plans_do_not_depend_on_the_process(make_spec):
    """Two processes with different string hashes plan the same actions."""
    code = (
        "from synth.spec import parse_spec\n"
        "from synth.envs import family_of\n"
        "from synth.experts import find_policy\n"
        "spec = parse_spec('env=\"MiniGrid-BlockedUnlockPickup-v0\"\\n'\n"
        "    '[expert]\\npolicy=\"synth.envs.minigrid:planner\"', name='task')\n"
        "simulator = family_of(spec).make(spec)\n"
        "for seed in range(3):\n"
        "    simulator.reset(seed)\n"
        "    print(list(find_policy(spec)(simulator)))\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": hash_seed},
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_an_unknown_objective_is_said(make_spec):
    """A playground has nothing to succeed in."""
    spec = make_spec("MiniGrid-Playground-v0")
    simulator = family_of(spec).make(spec)
    simulator.reset(0)
    with pytest.raises(ExpertFailed, match="does not know what PlaygroundEnv wants"):
        next(find_policy(spec)(simulator))


def test_a_goal_that_is_walled_in_is_said_to_be_out_of_reach(make_spec):
    """The search ends when there is nothing left to try."""
    spec = make_spec("MiniGrid-DoorKey-5x5-v0")
    simulator = family_of(spec).make(spec)
    simulator.reset(0)
    grid = simulator.env.grid
    for at, cell in enumerate(grid.grid):
        if cell is not None and cell.type == "key":
            grid.grid[at] = None
    with pytest.raises(ExpertFailed, match="no way to succeed in DoorKeyEnv"):
        next(find_policy(spec)(simulator))


def test_the_search_is_bounded(make_spec, monkeypatch):
    """Where the bound is reached the message says so, and nothing hangs."""
    monkeypatch.setattr("synth.envs.minigrid.planning.SEARCHES", ((1, 2),))
    spec = make_spec("MiniGrid-DoorKey-6x6-v0")
    simulator = family_of(spec).make(spec)
    simulator.reset(0)
    with pytest.raises(ExpertFailed, match="no plan for DoorKeyEnv within 2 states"):
        next(find_policy(spec)(simulator))


def test_a_plan_begins_where_the_episode_is(make_spec):
    """After some random steps the planner still finds its way from there."""
    spec = make_spec("MiniGrid-UnlockPickup-v0")
    simulator = family_of(spec).make(spec)
    simulator.reset(0)
    for action in (0, 2, 2, 3, 1, 2, 4):
        simulator.step(action)
    moment = None
    for action in find_policy(spec)(simulator):
        moment = simulator.step(action)
    assert moment.success


def test_the_objective_of_a_goal_square_needs_no_entry(make_spec):
    """Environments that are not listed want their goal square reached."""
    spec = make_spec("MiniGrid-FourRooms-v0")
    simulator = family_of(spec).make(spec)
    simulator.reset(0)
    objective = objective_of(simulator.env)
    assert objective.verb == "reach"
    assert simulator.env.grid.get(*objective.cells[0]).type == "goal"


def test_doors_on_the_way_are_paid_for(make_spec):
    """Two doors to open cost more than the turn that goes round them."""
    spec = make_spec("MiniGrid-Empty-5x5-v0")
    simulator = family_of(spec).make(spec)
    simulator.reset(0)
    for cell in ((2, 1), (3, 2)):
        simulator.env.grid.set(*cell, Door("red"))
    assert list(find_policy(spec)(simulator)) == [1, 2, 2, 0, 2, 2]


@pytest.mark.parametrize(
    "name",
    [
        *("DoorKey-6x6", "UnlockPickup", "BlockedUnlockPickup", "KeyCorridorS3R3", "LockedRoom"),
        *("ObstructedMaze-1Dlhb", "RedBlueDoors-6x6", "GoToDoor-6x6", "MultiRoom-N2-S4"),
    ],
)
def test_the_bound_on_what_is_left_is_never_above_the_truth(make_spec, name):
    """Along a plan the estimate stays at or below the actions still to come."""
    spec = make_spec(f"MiniGrid-{name}-v0")
    simulator = family_of(spec).make(spec)
    for seed in range(3):
        simulator.reset(seed)
        actions = list(find_policy(spec)(simulator))
        for t, action in enumerate(actions):
            world = World(simulator.env, objective_of(simulator.env))
            assert Heuristic(world).left(world.start) <= len(actions) - t
            simulator.step(action)


def test_a_cell_to_avoid_is_never_entered(make_spec):
    """A plan goes round what ends the episode, though it costs steps."""
    spec = make_spec("MiniGrid-Empty-5x5-v0")
    simulator = family_of(spec).make(spec)
    simulator.reset(0)
    world = World(simulator.env, Objective("reach", cells=((3, 1),), avoid=((2, 1),)))
    assert plan(world, what="a detour") == [1, 2, 0, 2, 2, 0, 2]
