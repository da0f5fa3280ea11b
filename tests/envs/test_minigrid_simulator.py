"""MiniGrid through the simulator: success, the step limit, options and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from gymnasium.error import DependencyNotInstalled

from synth.envs import Simulator, family_of
from synth.errors import EnvironmentFault, IllegalAction, SpecError
from synth.experts import find_policy


def open_simulator(spec):
    """The spec's simulator."""
    return family_of(spec).make(spec)


def play(spec, seed):
    """All moments of the expert's episode."""
    simulator = open_simulator(spec)
    moments = [simulator.reset(seed)]
    for action in find_policy(spec)(simulator):
        moments.append(simulator.step(action))
        if moments[-1].done:
            break
    return moments


def test_a_simulator_is_one(make_spec):
    """What the family makes fits the protocol."""
    assert isinstance(open_simulator(make_spec("MiniGrid-Empty-5x5-v0")), Simulator)


def test_success_is_at_the_end_and_nowhere_else(make_spec):
    """An expert's episode reports success on its last moment only, with reward."""
    moments = play(make_spec("MiniGrid-DoorKey-5x5-v0"), 3)
    assert [m.success for m in moments] == [False] * (len(moments) - 1) + [True]
    assert moments[-1].done
    assert moments[-1].reward > 0
    assert moments[0].reward == 0


def test_dying_is_done_but_no_success(make_spec):
    """Walking into lava ends the episode without success."""
    simulator = open_simulator(make_spec("MiniGrid-LavaGapS5-v0"))
    simulator.reset(0)
    front = simulator.env.grid.get(2, 1)
    moment = simulator.step(2) if front else simulator.step(1)
    while not moment.done:
        moment = simulator.step(2)
    assert simulator.env.grid.get(*simulator.env.agent_pos).type == "lava"
    assert not moment.success


def test_the_step_limit_of_the_spec_is_the_environments(make_spec):
    """An idle episode is over after `max_steps` and is no success."""
    simulator = open_simulator(make_spec("MiniGrid-Empty-5x5-v0", max_steps=3))
    simulator.reset(0)
    assert [simulator.step(6).done for _ in range(3)] == [False, False, True]


def test_the_same_seed_gives_the_same_frames(make_spec):
    """A reset forgets what was before it."""
    simulator = open_simulator(make_spec("MiniGrid-BlockedUnlockPickup-v0"))
    first = simulator.reset(7).frame
    simulator.step(2)
    simulator.reset(8)
    assert np.array_equal(simulator.reset(7).frame, first)


def test_the_present_can_be_drawn_after_a_step_that_was_not(make_spec):
    """A picture that nobody wanted at first is the one that the step would have given."""
    simulator = open_simulator(make_spec("MiniGrid-DoorKey-5x5-v0"))
    assert np.array_equal(simulator.reset(3).frame, simulator.picture())
    drawn = [simulator.step(action).frame for action in (1, 2, 3, 0)]
    simulator.reset(3, draw=False)
    for frame, action in zip(drawn, (1, 2, 3, 0), strict=True):
        simulator.step(action, draw=False)
        assert np.array_equal(simulator.picture(), frame)


@pytest.mark.parametrize(
    "env", ["MiniGrid-Dynamic-Obstacles-6x6-v0", "MiniGrid-Fetch-5x5-N2-v0", "BabyAI-GoToObj-v0"]
)
def test_what_nobody_observes_changes_nothing(make_spec, env):
    """MiniGrid's own environments play the same episode when they make no observation."""
    simulator, plain = open_simulator(make_spec(env)), open_simulator(make_spec(env)).env
    simulator.reset(5)
    plain.reset(seed=5)
    rng = np.random.default_rng(0)
    for _ in range(30):
        action = int(rng.integers(6))
        moment = simulator.step(action)
        _, reward, ended, cut, _ = plain.step(action)
        assert (moment.reward, moment.done) == (reward, ended or cut)
        assert np.array_equal(moment.frame, plain.get_frame(highlight=False, tile_size=16))
        if moment.done:
            break
    assert simulator.env.gen_obs()["image"].any()


def test_frames_are_the_callers_to_keep(make_spec):
    """Later steps do not write into a frame that was handed out."""
    simulator = open_simulator(make_spec("MiniGrid-Empty-5x5-v0"))
    frame = simulator.reset(0).frame
    copy = frame.copy()
    simulator.step(1)
    assert np.array_equal(frame, copy)


def test_tile_size_and_options_decide_the_frames_shape(make_spec):
    """Eight-pixel tiles on a grid of seven make 56 pixels."""
    spec = make_spec("MiniGrid-DoorKey-8x8-v0", render={"tile_size": 8}, options={"size": 7})
    assert open_simulator(spec).reset(0).frame.shape == (56, 56, 3)


def test_random_actions_are_json_and_cover_the_action_space(make_spec):
    """Every action comes up, as a plain integer."""
    simulator = open_simulator(make_spec("MiniGrid-Dynamic-Obstacles-5x5-v0"))
    rng = np.random.default_rng(0)
    drawn = [simulator.random_action(rng) for _ in range(60)]
    assert set(drawn) == {0, 1, 2}
    assert all(type(action) is int for action in drawn)


@pytest.mark.parametrize(
    ("tables", "key", "text"),
    [
        ({"render": {"tilesize": 8}}, "render.tilesize", "Did you mean 'tile_size'"),
        ({"render": {"shadow": 1}}, "render.shadow", "Known keys: tile_size, highlight"),
        ({"render": {"tile_size": 2}}, "render.tile_size", "from 4 to 64"),
        ({"render": {"tile_size": True}}, "render.tile_size", "from 4 to 64"),
        ({"render": {"highlight": 1}}, "render.highlight", "true or false"),
        ({"options": {"colour": "red"}}, "options", "colour"),
        ({"options": {"max_steps": 5}}, "options.max_steps", "set by synth itself"),
    ],
)
def test_what_a_spec_may_not_say_is_a_spec_error(make_spec, tables, key, text):
    """Unknown or wrong render keys and options name their key and what is allowed."""
    with pytest.raises(SpecError, match=r"specs/task\.toml") as caught:
        open_simulator(make_spec("MiniGrid-DoorKey-6x6-v0", **tables))
    assert caught.value.key == key
    assert text in str(caught.value)


def test_options_that_the_environment_cannot_build_are_its_fault(make_spec):
    """A grid too small for a layout is reported at reset or before, without a traceback."""
    spec = make_spec("MiniGrid-DoorKey-8x8-v0", options={"size": 3})
    with pytest.raises(EnvironmentFault, match="MiniGrid-DoorKey-8x8-v0"):
        open_simulator(spec).reset(0)


def test_a_package_that_only_some_layouts_need_is_named(make_spec, monkeypatch):
    """Where MiniGrid asks for a further package at reset, its own advice is passed on."""
    simulator = open_simulator(make_spec("MiniGrid-Empty-5x5-v0"))

    def refuse(**_):
        raise DependencyNotInstalled('imageio is missing, run `pip install "minigrid[wfc]"`')

    monkeypatch.setattr(simulator.env, "reset", refuse)
    with pytest.raises(EnvironmentFault, match="imageio is missing, run `pip install"):
        simulator.reset(0)


def test_an_action_out_of_range_is_named(make_spec):
    """An expert that yields action 7 learns which actions there are."""
    simulator = open_simulator(make_spec("MiniGrid-Empty-5x5-v0"))
    simulator.reset(0)
    with pytest.raises(IllegalAction, match="no action 7; its actions are 0 to 6") as caught:
        simulator.step(7)
    assert caught.value.action == 7


def test_a_step_before_the_first_reset_is_named(make_spec):
    """Stepping too early is a fault with a sentence."""
    with pytest.raises(EnvironmentFault, match="before it was reset"):
        open_simulator(make_spec("MiniGrid-Empty-5x5-v0")).step(0)
