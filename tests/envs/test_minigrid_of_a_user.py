"""A MiniGrid environment that a user has written: claimed, drawn, compared, planned in."""

from __future__ import annotations

import subprocess
import sys

import gymnasium
import numpy as np
import pytest

from synth.envs import Alterable, Native, Trainable, family_of
from synth.envs.minigrid import FAMILY
from synth.errors import ExpertFailed, SpecError
from synth.experts import find_policy
from synth.spec import parse_spec
from tests.envs import minigrid_of_ours as ours

pytestmark = pytest.mark.usefixtures("fresh_tiles")


@pytest.mark.parametrize(
    "env_id", ["Ours-Lamp-v0", "Ours-Lamp", "tests.envs.minigrid_of_ours:Ours-Lamp-v0"]
)
def test_a_subclass_is_claimed_by_its_class(env_id):
    """Whatever its id is, with a version or without, and behind a module's name."""
    assert FAMILY.claims(env_id)


@pytest.mark.parametrize(
    "env_id", ["CartPole-v1", "Nowhere-v0", "no_such_module:Thing-v0", "Ours-Broken-v0", "a:b:c"]
)
def test_other_environments_are_not_claimed(env_id):
    """Also where the id is unknown, or what it is registered for cannot be imported."""
    if "Ours-Broken-v0" not in gymnasium.registry:
        gymnasium.register(id="Ours-Broken-v0", entry_point="no_such_module:Env")
    assert not FAMILY.claims(env_id)


def test_asking_does_not_import_minigrid():
    """A task in another family costs nothing of this one."""
    code = (
        "import sys; from synth.envs.minigrid import FAMILY;"
        "assert not FAMILY.claims('CartPole-v1');"
        "assert FAMILY.claims('MiniGrid-DoorKey-6x6-v0');"
        "print('minigrid' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"


def test_the_picture_can_be_compared_with_the_environments_own(make_spec):
    """`native_frame` is what MiniGrid draws, and equals the simulator's frame."""
    spec = make_spec("Ours-Lamp-v0", render={"tile_size": 8, "highlight": True})
    simulator = family_of(spec).make(spec)
    assert isinstance(simulator, Native)
    frame = simulator.reset(0).frame
    assert np.array_equal(simulator.native_frame(), frame)
    assert np.array_equal(simulator.env.get_frame(highlight=True, tile_size=8), frame)


@pytest.mark.parametrize("kind", [ours.Lamp, ours.SilentLamp])
def test_states_differ_where_a_users_thing_does(make_spec, kind):
    """Also where the thing's code does not tell; and they are equal where nothing differs."""
    spec = make_spec("Ours-Lamp-v0")
    simulator = family_of(spec).make(spec)
    simulator.reset(0)
    for cell, thing in enumerate(simulator.env.grid.grid):
        if isinstance(thing, ours.WiredLamp):  # it can be compared with nothing
            simulator.env.grid.grid[cell] = None
    before = simulator.state()
    assert simulator.state() == before
    thing = next(t for t in simulator.env.grid.grid if type(t) is kind)
    thing.on = True
    assert simulator.state() != before
    thing.on = False
    assert simulator.state() == before


def test_a_thing_that_cannot_be_compared_makes_no_two_states_equal(make_spec):
    """Nobody can tell whether what it holds has changed."""
    simulator = family_of(make_spec("Ours-Lamp-v0")).make(make_spec("Ours-Lamp-v0"))
    simulator.reset(0)
    assert simulator.state() != simulator.state()


def test_the_planner_walks_to_a_goal_square_of_a_subclass(make_spec):
    """What is known of grids holds for a user's own."""
    spec = make_spec("Ours-Goal-v0")
    simulator = family_of(spec).make(spec)
    simulator.reset(3)
    steps = [simulator.step(action) for action in find_policy(spec)(simulator)]
    assert steps[-1].success


def test_a_subclass_that_wants_something_else_says_how_to_name_an_expert(make_spec):
    """The message holds the line to write."""
    spec = make_spec("Ours-Lamp-v0")
    simulator = family_of(spec).make(spec)
    simulator.reset(0)
    with pytest.raises(ExpertFailed, match='policy = "module:function" under \\[expert\\]'):
        next(find_policy(spec)(simulator))


class Bare(ours.LampEnv):
    """Takes no arguments at all."""

    def __init__(self) -> None:
        super().__init__()


gymnasium.register(id="Ours-Bare-v0", entry_point=Bare)


def test_a_class_that_takes_no_arguments_is_made_all_the_same(make_spec):
    """Step limit, render mode and tiles are set on it."""
    spec = make_spec("Ours-Bare-v0", max_steps=3, render={"tile_size": 8})
    simulator = family_of(spec).make(spec)
    simulator.reset(0)
    assert [simulator.step(6).done for _ in range(3)] == [False, False, True]
    env = FAMILY.environment(spec)
    env.reset(seed=0)
    assert env.render().shape == (48, 48, 3)


@pytest.mark.parametrize("highlight", [False, True])
def test_the_fast_picture_is_what_the_simulator_records(make_spec, highlight):
    """Training sees the pictures that the reward is proven on, through any wrappers."""
    spec = make_spec("Ours-Lamp-v0", render={"tile_size": 8, "highlight": highlight})
    assert isinstance(FAMILY, Trainable)
    simulator, env, picture = FAMILY.make(spec), FAMILY.environment(spec), FAMILY.picture(spec)
    frame = simulator.reset(5).frame
    env.reset(seed=5)
    rng = np.random.default_rng(0)
    for _ in range(30):
        assert np.array_equal(picture(env), frame)
        action = simulator.random_action(rng)
        step = simulator.step(action)
        env.step(action)
        frame = step.frame
        if step.done:
            break


def stood(simulator) -> set[tuple[tuple[int, int], int]]:
    """Cell and direction of every pose that the simulator offers now."""
    found = set()
    for pose in simulator.poses():
        frame = simulator.alter(pose).frame
        assert np.array_equal(frame, simulator.native_frame())
        found.add((tuple(simulator.env.agent_pos), simulator.env.agent_dir))
    return found


def test_the_agent_is_set_where_it_could_walk_to_by_now(make_spec):
    """Behind a locked door nobody has been, behind one that is shut somebody may have been.

    DoorKey's goal lies in the second room: no pose stands on it, since the episode ends there.
    """
    spec = make_spec("MiniGrid-DoorKey-5x5-v0")
    simulator = FAMILY.make(spec)
    assert isinstance(simulator, Alterable)
    simulator.reset(0)
    grid = simulator.env.grid
    (key,) = (thing for thing in grid.grid if thing is not None and thing.type == "key")
    blocked = {at for at, _ in stood(simulator)}
    grid.set(*key.cur_pos, None)
    free = {(x, y) for x in range(5) for y in range(5) if grid.get(x, y) is None}
    (wall,) = {x for x in range(1, 4) for y in range(5) if _is_door(grid.get(x, y))}
    first = {at for at in free if at[0] < wall}
    assert stood(simulator) == {(at, facing) for at in first for facing in range(4)}
    assert blocked < first  # the key lay in its way
    (door,) = (thing for thing in grid.grid if _is_door(thing))
    door.is_locked = False
    assert {at for at, _ in stood(simulator)} == free
    door.is_open = True
    open_at = door.cur_pos[0], door.cur_pos[1]
    assert {at for at, _ in stood(simulator)} == free | {open_at}


def _is_door(thing) -> bool:
    return thing is not None and thing.type == "door"


def test_truth_tells_of_the_start_wherever_the_agent_is_set_later(make_spec):
    """Within an episode a pose moves the agent alone: no predicate comes or goes."""
    simulator = FAMILY.make(make_spec("MiniGrid-DoorKey-5x5-v0"))
    assert isinstance(simulator, Alterable)
    before = simulator.reset(0).truth
    simulator.step(0)
    (door,) = (thing for thing in simulator.env.grid.grid if _is_door(thing))
    door.is_locked = False
    after = simulator.alter(simulator.poses()[0]).truth
    assert after.keys() == before.keys()
    assert after["door_unlocked"]


def test_defaults_and_notes_are_the_familys_own(make_spec):
    """What `synth new` writes, and what a prompt says, fit the spec."""
    defaults = FAMILY.defaults("MiniGrid-DoorKey-6x6-v0")
    assert defaults.policy == "synth.envs.minigrid:planner"
    assert any(line.startswith("tile_size") for line in defaults.render)
    assert "8 pixels" in FAMILY.notes(make_spec("Ours-Lamp-v0", render={"tile_size": 8}))
    assert "lightened" in FAMILY.notes(make_spec("Ours-Lamp-v0", render={"highlight": True}))


@pytest.mark.parametrize("key", ["when", "margin"])
def test_a_condition_of_success_is_refused_and_not_ignored(key):
    """What a MiniGrid environment calls success, its own reward says."""
    value = {"when": 'when = "terminated"', "margin": 'margin = "a:b"\npixel = 0.1'}[key]
    spec = parse_spec(
        f'env = "MiniGrid-Empty-5x5-v0"\n[success]\n{value}\n'
        '[expert]\npolicy = "synth.envs.minigrid:planner"\n',
        name="own",
    )
    with pytest.raises(SpecError, match=f"success.{key}: is for environments"):
        family_of(spec).make(spec)
