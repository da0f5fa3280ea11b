"""The cached renderer against MiniGrid's own, pixel by pixel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synth.envs import family_of
from synth.envs.minigrid.renderer import TileRenderer, native_frame
from synth.errors import SpecError
from synth.experts import find_policy
from tests.envs.minigrid_of_ours import LampEnv, SilentLamp

ENVS = [
    "MiniGrid-DoorKey-6x6-v0",
    "MiniGrid-UnlockPickup-v0",
    "MiniGrid-BlockedUnlockPickup-v0",
    "MiniGrid-KeyCorridorS3R2-v0",
    "MiniGrid-MultiRoom-N2-S4-v0",
    "MiniGrid-LavaCrossingS9N1-v0",
    "MiniGrid-RedBlueDoors-6x6-v0",
    "MiniGrid-GoToDoor-6x6-v0",
    "MiniGrid-Dynamic-Obstacles-6x6-v0",
    "MiniGrid-ObstructedMaze-1Dlhb-v0",
    "MiniGrid-MemoryS7-v0",
    "MiniGrid-Playground-v0",
]
RENDERERS = {
    (size, lit): TileRenderer(tile_size=size, highlight=lit)
    for size in (4, 8)
    for lit in (False, True)
}
"""Shared over all environments, as a tile wrongly shared is what must show up."""


def assert_same_picture(env):
    """Both renderers agree at every tile size, with highlight and without."""
    for (size, lit), renderer in RENDERERS.items():
        native = env.get_frame(highlight=lit, tile_size=size)
        ours = renderer.render(env)
        assert ours.dtype == native.dtype == np.uint8
        assert np.array_equal(ours, native), f"tile_size={size} highlight={lit}"


@pytest.mark.parametrize("env_id", ENVS)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**31 - 1), actions=st.lists(st.integers(0, 6), max_size=15))
def test_the_cached_picture_is_minigrids_own(make_spec, env_id, seed, actions):
    """Whatever is done from whatever seed, no pixel differs."""
    spec = make_spec(env_id)
    simulator = family_of(spec).make(spec)
    simulator.reset(seed, draw=False)
    assert_same_picture(simulator.env)
    for action in actions:
        done = simulator.step(action % simulator.env.action_space.n, draw=False).done
        if done:
            break
    assert_same_picture(simulator.env)


@pytest.mark.parametrize("env_id", ["MiniGrid-DoorKey-5x5-v0", "MiniGrid-UnlockPickup-v0"])
def test_the_picture_stays_the_same_through_an_experts_episode(make_spec, env_id):
    """Doors that open, keys that vanish and agents on goals are drawn as MiniGrid draws them."""
    spec = make_spec(env_id)
    simulator = family_of(spec).make(spec)
    simulator.reset(1, draw=False)
    for action in find_policy(spec)(simulator):
        simulator.step(action, draw=False)
        assert_same_picture(simulator.env)


@pytest.mark.parametrize("highlight", [False, True])
def test_the_simulator_draws_with_the_specs_render_table(make_spec, highlight):
    """`[render]` reaches the picture."""
    spec = make_spec("MiniGrid-DoorKey-5x5-v0", render={"tile_size": 8, "highlight": highlight})
    simulator = family_of(spec).make(spec)
    native_env = simulator.env
    frame = simulator.reset(0).frame
    assert np.array_equal(frame, native_env.get_frame(highlight=highlight, tile_size=8))


@pytest.mark.usefixtures("fresh_tiles")
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # the tiles last through a test
)
@given(seed=st.integers(0, 2**31 - 1), actions=st.lists(st.integers(0, 6), max_size=40))
def test_things_of_a_users_own_are_drawn_as_minigrid_draws_them(seed, actions):
    """Whatever they are switched to, no pixel differs from MiniGrid's own picture."""
    env = LampEnv(render_mode="rgb_array")
    env.reset(seed=seed)
    for thing in [t for t in env.grid.grid if isinstance(t, SilentLamp)]:
        env.grid.set(*thing.cur_pos, None)  # MiniGrid draws these by chance: see below
    for action in actions:
        env.step(action)
        assert_same_picture(env)


def test_a_thing_that_changes_out_of_the_agents_reach_is_seen(make_spec):
    """The picture by difference looks at every thing that has a state, and at every colour."""
    spec = make_spec("MiniGrid-UnlockPickup-v0")
    simulator = family_of(spec).make(spec)
    simulator.reset(0)
    rng = np.random.default_rng(0)
    for _ in range(30):
        things = [t for t in simulator.env.grid.grid if t is not None]
        thing = things[int(rng.integers(len(things)))]
        thing.color = ("red", "green", "blue")[int(rng.integers(3))]
        if thing.type == "door":
            thing.is_open = not thing.is_open
        assert_same_picture(simulator.env)


@pytest.mark.usefixtures("fresh_tiles")
@pytest.mark.parametrize("kind", ["SilentLamp", "WiredLamp", "Lamp"])
def test_a_lamp_that_is_on_is_drawn_on_whatever_was_drawn_before(kind):
    """Even where the thing's code does not tell, and in one picture beside one that is off."""
    env = LampEnv(render_mode="rgb_array")
    env.reset(seed=1)
    renderer = TileRenderer(tile_size=8, highlight=False)
    (lamp,) = (t for t in env.grid.grid if type(t).__name__ == kind and t is not env.lamp)
    off = renderer.render(env)
    lamp.toggle(env, None)
    on = renderer.render(env)
    assert not np.array_equal(on, off)
    assert np.array_equal(on, native_frame(env, tile_size=8, highlight=False))
    lamp.toggle(env, None)
    assert np.array_equal(renderer.render(env), off)


@pytest.mark.usefixtures("fresh_tiles")
def test_an_environment_that_draws_itself_is_left_to_draw_itself():
    """A picture with an inventory of the user's own is what is recorded."""

    class Inventory(LampEnv):
        def get_frame(self, **kwargs):
            return np.pad(super().get_frame(**kwargs), ((0, 8), (0, 0), (0, 0)))

    env = Inventory(render_mode="rgb_array")
    env.reset(seed=0)
    picture = TileRenderer(tile_size=8, highlight=False).render(env)
    assert picture.shape == (56, 48, 3)


@pytest.mark.slow
def test_every_registered_environment_is_drawn_alike(make_spec):
    """Long random walks in all MiniGrid environments leave no pixel different."""
    spec = make_spec("MiniGrid-Empty-5x5-v0")
    # The layouts by wave function collapse need packages that synth does not ask for.
    for env_id in (i for i in family_of(spec).known() if "WFC" not in i):
        each = make_spec(env_id)
        simulator = family_of(each).make(each)
        rng = np.random.default_rng(0)
        for seed in range(2):
            simulator.reset(seed)
            for _ in range(25):
                done = simulator.step(simulator.random_action(rng)).done
                assert_same_picture(simulator.env)
                if done:
                    break


def test_an_inventory_shows_what_is_carried(make_spec):
    """The strip below the grid is black until something is carried, and then shows its tile."""
    table = {"tile_size": 8, "inventory": True}
    spec = make_spec("MiniGrid-UnlockPickup-v0", render=table)
    simulator = family_of(spec).make(spec)
    plain = TileRenderer(tile_size=8, highlight=False)
    frame = simulator.reset(0).frame
    seen = set()
    for action in find_policy(spec)(simulator):
        carried, grid = simulator.env.carrying, plain.render(simulator.env)
        assert np.array_equal(frame, simulator.native_frame())
        assert np.array_equal(frame[:-8], grid)
        assert np.array_equal(simulator.backdrop()[-8:], frame[-8:])
        assert frame[-8:, :8].any() == (carried is not None)
        assert not frame[-8:, 8:].any()
        seen.add(carried.type if carried is not None else None)
        frame = simulator.step(action).frame
    assert seen == {None, "key"}


def test_an_inventory_is_true_or_false(make_spec):
    """Any other value is refused by its key."""
    spec = make_spec("MiniGrid-Empty-5x5-v0", render={"inventory": 1})
    with pytest.raises(SpecError, match=r"render\.inventory"):
        family_of(spec).make(spec)
