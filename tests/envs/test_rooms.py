"""MiniWorld's rooms and synth's own: pictures, success, missions and refusals."""

from __future__ import annotations

import re
import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from hypothesis import given, settings
from hypothesis import strategies as st
from rooms import FIND, LIFT, ONE_ROOM, PICKUP, PUT_NEXT, drawn, room, spec_of

from synth.envs import Instructable, Simulator, family_of
from synth.envs.rooms import walker
from synth.envs.rooms.body import RoomAction, Walker
from synth.envs.rooms.errands import errand_of
from synth.errors import EnvironmentFault, ExpertFailed, IllegalAction

__all__ = ["drawn"]  # a fixture for all tests of this file

SEEDS = st.integers(0, 10_000)


def played(simulator, seed, actions):
    """All time steps of an episode."""
    return [simulator.reset(seed), *(simulator.step(a) for a in actions)]


def shown(simulator, seed, most=150):
    """The time steps of the expert's episode, up to its first success."""
    steps = [simulator.reset(seed)]
    for action in walker(simulator):
        steps.append(simulator.step(action))
        if steps[-1].success or len(steps) > most:
            return steps
    return steps


@pytest.mark.parametrize("env", [ONE_ROOM, LIFT, PUT_NEXT])
def test_an_episode_is_repeatable_to_the_byte(env):
    """The same seed and actions give the same pictures, with another episode in between."""
    simulator = room(env)
    rng = np.random.default_rng(0)
    actions = [simulator.random_action(rng) for _ in range(12)]
    first = played(simulator, 5, actions)
    played(simulator, 6, actions[:4])
    again = played(simulator, 5, actions)
    assert isinstance(simulator, Simulator)
    assert all(np.array_equal(a.frame, b.frame) for a, b in zip(first, again, strict=True))


def test_rooms_in_one_process_keep_their_own_walls():
    """Drawing one room leaves the walls of another what they are."""
    one, two = room(FIND), room("Rooms-Find-v0", lines="rooms = 2")
    before = one.reset(3).frame
    two.reset(3)
    assert np.array_equal(one.picture(), before)


def test_the_two_halves_are_the_map_and_the_eyes():
    """Each view is ``size`` wide, in the order of the spec, and the same alone."""
    both = room(FIND).reset(3).frame
    swapped = room(FIND, render='size = 64\nviews = ["eyes", "map"]').reset(3).frame
    assert both.shape == (64, 128, 3)
    assert np.array_equal(both, np.hstack([swapped[:, 64:], swapped[:, :64]]))


def test_what_was_picked_up_is_gone_from_the_picture_of_that_step():
    """The picture is drawn after the step: MiniWorld's observation still shows the thing."""
    simulator = room(PICKUP, lines="num_objs = 1\nsize = 6")
    steps = shown(simulator, 1)
    assert steps[-1].success
    spread = [np.ptp(s.frame[:, :64].astype(int), axis=2).max() for s in (steps[0], steps[-1])]
    assert spread[0] > 100 > spread[1]  # a colour, and then only greys


def test_only_the_eyes_tell_a_carried_thing_from_one_on_the_floor():
    """From above both look alike, which is why there are two views."""
    simulator = room(LIFT)
    steps = shown(simulator, 2)
    assert steps[-1].success
    down = simulator.step(RoomAction.DROP)
    assert not down.success
    assert np.array_equal(down.frame[:, :64], steps[-1].frame[:, :64])
    assert not np.array_equal(down.frame[:, 64:], steps[-1].frame[:, 64:])


@pytest.mark.parametrize("env", [ONE_ROOM, FIND, PUT_NEXT])
@given(seed=SEEDS, actions=st.lists(st.integers(0, 2), max_size=25))
@settings(max_examples=6, deadline=None)
def test_a_margin_is_positive_exactly_at_success(env, seed, actions):
    """Whatever is done; and the expert's success is one by its margin as well."""
    simulator = room(env)
    steps = [simulator.reset(seed, draw=False)]
    steps += [simulator.step(action, draw=False) for action in actions]
    assert all((step.margin > 0) == step.success for step in steps)
    assert simulator.resolution() == pytest.approx(6.6 / 64)


def test_what_is_held_beside_its_place_is_not_there_yet():
    """While it is carried, the margin says by how much it must come down."""
    simulator = room(PUT_NEXT)
    simulator.reset(4)
    carried = [
        step.margin
        for action in _until(walker(simulator), RoomAction.DROP)
        if (step := simulator.step(action, draw=False)).truth["carrying_target"]
    ]
    assert carried
    assert max(carried) < -simulator.resolution()


def _until(actions, last):
    for action in actions:
        if action == last:
            return
        yield action


@given(seed=SEEDS, actions=st.lists(st.integers(0, 5), min_size=1, max_size=30))
@settings(max_examples=8, deadline=None)
def test_the_planner_knows_where_each_step_leads(seed, actions):
    """Its plain numbers and MiniWorld agree on every step, turn and grasp."""
    simulator = room(PUT_NEXT)
    simulator.reset(seed, draw=False)
    env = simulator.env
    for action in actions:
        body = Walker(env)
        to = body.after(body.start, action) if action <= RoomAction.BACK else None
        grasped = body.grasped(body.start)
        held = env.agent.carrying
        heading = env.agent.dir
        simulator.step(action, draw=False)
        if action == RoomAction.PICKUP and held is None:
            assert env.agent.carrying is grasped
        at = to or body.start
        assert (env.agent.pos[0], env.agent.pos[2]) == pytest.approx((at.x, at.z))
        assert env.agent.dir == pytest.approx(heading + at.turns * body.turn)


@pytest.mark.parametrize("env", [FIND, LIFT, PUT_NEXT])
@pytest.mark.parametrize("alike", ["both", "colour", "shape"])
def test_a_mission_must_be_read(env, alike):
    """No word alone tells a thing where colour and shape both vary; else the varying one must."""
    simulator = room(env, lines=f'alike = "{alike}"')
    simulator.reset(8, draw=False)
    things = [(one.colour, one.shape) for one in simulator.env.things]
    assert len(set(things)) == len(things) > 2
    for colour, shape in things:
        same_colour = [t for t in things if t[0] == colour]
        same_shape = [t for t in things if t[1] == shape]
        assert (len(same_colour) > 1) == (alike != "shape")
        assert (len(same_shape) > 1) == (alike != "colour")


@pytest.mark.parametrize("env", [FIND, LIFT, PUT_NEXT])
def test_a_deed_serves_its_own_mission_alone(env):
    """The same actions under another mission: same pictures, and no success at the end."""
    simulator = room(env)
    assert isinstance(simulator, Instructable)
    simulator.reset(9)
    own = simulator.mission()
    actions = []
    for action in walker(simulator):
        actions.append(action)
        if simulator.step(action, draw=False).success:
            break
    picture = simulator.picture()
    pair = set(own.removeprefix("put the ").split(" next to the "))
    for other in simulator.missions():
        same = pair == set(other.removeprefix("put the ").split(" next to the "))
        simulator.reset(9, draw=False)
        first = simulator.instruct(other)
        last = [simulator.step(action, draw=False) for action in actions][-1]
        assert not first.success
        assert simulator.mission() == other
        assert last.success == same
        assert np.array_equal(simulator.picture(), picture)


def test_a_mission_of_another_layout_is_refused():
    """The message quotes it."""
    simulator = room(FIND)
    simulator.reset(9, draw=False)
    with pytest.raises(EnvironmentFault, match="no mission 'go to the grey duck'"):
        simulator.instruct("go to the grey duck")


@pytest.mark.parametrize("env", [FIND, PUT_NEXT])
def test_our_own_rooms_are_gymnasium_environments(env):
    """Gymnasium's checker has no complaint, not even a warning."""
    room(env)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(gymnasium.make(env, render_mode="rgb_array").unwrapped)


@pytest.mark.parametrize(
    ("env", "lines"),
    [
        (ONE_ROOM, "forward_step = 0.25"),
        ("MiniWorld-FourRooms-v0", "forward_step = 0.4"),
        ("MiniWorld-PutNext-v0", "size = 8\nforward_step = 0.25"),
        (FIND, "rooms = 2"),
        (LIFT, 'alike = "mixed"'),
        (PUT_NEXT, ""),
    ],
)
def test_the_expert_succeeds_also_from_where_chance_has_led(env, lines):
    """It is called after some random actions, and ends well inside the threshold."""
    simulator = room(env, lines=lines, render="size = 128")
    for seed in range(2):
        simulator.reset(seed, draw=False)
        rng = np.random.default_rng(seed)
        for _ in range(10):
            simulator.step(simulator.random_action(rng), draw=False)
        for count, action in enumerate(walker(simulator)):
            step = simulator.step(action, draw=False)
            deep = step.margin is None or step.margin > 1.2 * simulator.resolution()
            if step.success and deep:
                break
            assert count < 140


def test_an_expert_says_when_it_does_not_know_what_is_asked_for():
    """An environment without an errand needs an expert of its own."""
    simulator = room("MiniWorld-RoomObjects-v0")
    step = simulator.reset(0)
    assert (step.success, step.margin) == (False, None)
    with pytest.raises(ExpertFailed, match="RoomObjects asks for is not known"):
        next(walker(simulator))


def test_the_eyes_alone_tell_how_much_they_see():
    """From above everything shows; a thing behind the agent does not."""
    simulator = room(FIND, render='size = 64\nviews = ["eyes"]')
    step = simulator.reset(3)
    shares = {step.seen, *(simulator.step(RoomAction.LEFT).seen for _ in range(23))}
    assert min(shares) == 0.0
    assert max(shares) == 1.0
    assert room(FIND).reset(3).seen == 1.0


def test_an_action_that_is_none_is_refused():
    """Not taken for another, as MiniWorld would."""
    simulator = room(FIND)
    simulator.reset(0, draw=False)
    for action in (4, -1, True, "left", 1.0):
        with pytest.raises(IllegalAction, match="its actions are 0 to 3"):
            simulator.step(action)


def test_notes_say_which_half_is_which():
    """Where the seam is, and that a carried thing shows in the eyes."""
    spec = spec_of(FIND)
    said = family_of(spec).notes(spec)
    assert "seam at column 64" in said
    assert "Columns 0 to 63: the whole floor from straight above" in said
    assert "carried thing is in the middle" in said
    alone = spec_of(FIND, render='views = ["map"]')
    assert "seam" not in family_of(alone).notes(alone)


@pytest.mark.parametrize(
    ("env", "lines"),
    [(FIND, "reach = 0.8"), (ONE_ROOM, "forward_step = 0.25"), ("MiniWorld-FourRooms-v0", "")],
)
def test_the_sizes_that_notes_give_are_the_rooms_own(env, lines):
    """A metre in pixels, and how far apart two things may be and be near."""
    simulator = room(env, lines=lines)
    simulator.reset(0, draw=False)
    errand, pixels = errand_of(simulator.env), 1 / simulator.resolution()
    said = family_of(simulator.spec).notes(simulator.spec)
    assert f"a metre is {pixels:.1f} pixels" in said
    assert f"less than {errand.reach:.3g} m ({errand.reach * pixels:.1f} pixels)" in said
    assert f"circle of {simulator.env.agent.radius:g} m" in said


@pytest.mark.parametrize(
    ("lines", "render"), [("", "size = 64"), ("forward_step = 0.4", "size = 96\npitch = -30")]
)
def test_the_rows_that_notes_give_of_a_carried_thing_are_those_it_is_drawn_in(lines, render):
    """And on the floor at that place it would be lower down."""
    simulator = room(LIFT, lines=f'alike = "colour"\n{lines}', render=render)
    said = family_of(simulator.spec).notes(simulator.spec)
    told = re.search(r"rows (\d+) to (\d+) .* above row (\d+)", said)
    assert told
    rows = {"held": [], "lying": []}
    simulator.reset(1, draw=False)
    env = simulator.env
    for thing in env.things:
        env.entities.remove(thing)
        without = simulator.picture()
        env.entities.append(thing)
        thing.pos = env._get_carry_pos(env.agent.pos, thing)
        thing.dir = env.agent.dir
        for how, height in (("held", thing.pos[1]), ("lying", 0.0)):
            thing.pos = np.array([thing.pos[0], height, thing.pos[2]])
            changed = (simulator.picture() != without)[:, len(without) :].any(axis=(1, 2))
            rows[how].append((int(np.argmax(changed)), len(without) - int(changed[::-1].argmax())))
        env.entities.remove(thing)
    drawn = (
        min(first for first, _ in rows["held"]),
        max(end - 1 for _, end in rows["held"]),
        min(first for first, _ in rows["lying"]),
    )
    assert tuple(map(int, told.groups())) == pytest.approx(drawn, abs=1)


def test_the_sizes_of_things_that_notes_give_are_theirs():
    """In metres, in synth's own rooms and in MiniWorld's."""
    simulator = room(LIFT, lines='alike = "colour"')
    simulator.reset(1, draw=False)
    made = {one.shape: one for one in simulator.env.things}
    said = family_of(simulator.spec).notes(simulator.spec)
    assert f"A ball is {2 * made['ball'].radius:g} m across" in said
    assert f"a box has sides of {made['box'].size[0]:g} m" in said
    assert f"{2 * made['key'].radius:.2f} m long" in said
    one = room(ONE_ROOM)
    one.reset(0, draw=False)
    told = family_of(one.spec).notes(one.spec)
    assert f"The red box has sides of {one.env.box.size[0]:g} m" in told


def test_a_training_environment_is_drawn_as_it_was_recorded():
    """Pixel for pixel, and success is granted at the same step."""
    simulator = room(LIFT)
    spec = simulator.spec
    family = family_of(spec)
    env, picture, granted = family.environment(spec), family.picture(spec), family.granted(spec)
    env.reset(seed=2)
    first = simulator.reset(2)
    assert np.array_equal(picture(env), first.frame)
    for action in walker(simulator):
        step, given = simulator.step(action), env.step(action)
        assert np.array_equal(picture(env), step.frame)
        assert granted(env, given) == step.success
        if step.success:
            assert given[2]
            break
    env.reset(seed=3)
    assert np.array_equal(picture(env), simulator.reset(3).frame)
    env.close()
