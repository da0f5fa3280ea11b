"""The tabletop family: its environments, its physics, its expert, its missions."""

from __future__ import annotations

import subprocess
import sys
import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

pytest.importorskip("pybullet", reason="the extra `tabletop` is not installed")

from synth.envs import Instructable, Missioned, Nudged, Pictured
from synth.envs.tabletop import FAMILY, oracle
from synth.envs.tabletop.colours import PALETTES
from synth.envs.tabletop.environment import TabletopEnv
from synth.envs.tabletop.ids import IDS
from synth.envs.tabletop.moves import ArmMove
from synth.envs.tabletop.oracle import carry
from synth.envs.tabletop.simulator import TabletopSimulator
from synth.envs.tabletop.things import Pose, TableThing, upright
from synth.envs.tabletop.world import TableWorld
from synth.errors import EnvironmentFault, IllegalAction, SpecError
from synth.spec import Spec, parse_spec

BLOCK = (0.018, 0.018, 0.018)
BELOW = TableThing("below", "block", "red", BLOCK)
ABOVE = TableThing("above", "block", "green", BLOCK)


def spec_of(title: str, more: str = "") -> Spec:
    """A spec of one of the table's ids."""
    text = f'env = "synth/Tabletop-{title}-v0"\ngoal = "do it"\nmax_steps = 20\n{more}'
    expert = '[expert]\npolicy = "synth.envs.tabletop:oracle"\n'
    return parse_spec(text + expert, name="a-table")


def simulator_of(title: str, more: str = "") -> TabletopSimulator:
    """The simulator of one of the table's ids."""
    simulator = FAMILY.make(spec_of(title, more))
    assert isinstance(simulator, TabletopSimulator)
    return simulator


def world_of(*placed: tuple[TableThing, float, float, float]) -> TableWorld:
    """A world with things at given places."""
    return TableWorld([(thing, upright(x, y, z, 0.0)) for thing, x, y, z in placed])


def position(world: TableWorld, thing: TableThing) -> np.ndarray:
    """Where a thing is, to the millimetre."""
    pose: Pose = world.scene().pose(thing)
    return np.round(pose.at, 3)


@pytest.mark.parametrize("env_id", IDS)
def test_its_environments_are_sound(env_id: str) -> None:
    """Gymnasium's own checker has nothing to say of them."""
    env = gymnasium.make(env_id, render_mode="rgb_array", size=32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env.unwrapped)
    env.close()


@pytest.mark.parametrize("title", ["Put", "Piles", "Hanoi"])
def test_an_episode_is_repeatable_to_the_byte(title: str) -> None:
    """The same seed and actions give the same frames, whatever was played in between."""
    simulator = simulator_of(title)
    rng = np.random.default_rng(3)
    simulator.reset(5)
    actions = [next(oracle(simulator))] + [simulator.random_action(rng) for _ in range(2)]
    frames = []
    for _ in range(2):
        simulator.reset(8, draw=False)
        simulator.step(simulator.random_action(rng), draw=False)
        steps = [simulator.reset(5), *(simulator.step(action) for action in actions)]
        frames.append(np.stack([step.frame for step in steps]))
    simulator.close()
    assert np.array_equal(*frames)
    assert len(np.unique(frames[0], axis=0)) > 1


@pytest.mark.parametrize("title", [env_id[len("synth/Tabletop-") : -3] for env_id in IDS])
def test_the_expert_succeeds_and_holds(title: str) -> None:
    """From the start to success, and two moves later it is one still, well inside."""
    simulator = simulator_of(title)
    for seed in (1, 2):
        step = simulator.reset(seed, draw=False)
        assert not step.success
        after = 0
        for _, action in zip(range(20), oracle(simulator), strict=False):
            step = simulator.step(action, draw=False)
            after += step.success
            if after == 3:
                break
        assert step.success
        assert step.margin is not None
        assert step.margin > simulator.resolution()
    simulator.close()


def test_the_expert_fulfils_every_mission_of_a_table() -> None:
    """Whatever a table is told, none of it is done at the start, and all of it can be done."""
    simulator = simulator_of("Put")
    simulator.reset(4, draw=False)
    missions = simulator.missions()
    assert len(missions) == 12
    for mission in missions:
        simulator.reset(4, draw=False)
        assert not simulator.instruct(mission, draw=False).success
        assert simulator.mission() == mission
        assert simulator.step(next(oracle(simulator)), draw=False).success
    simulator.close()


def test_a_mission_changes_what_is_asked_and_nothing_else() -> None:
    """Picture and table stay; one deed is right for one mission and wrong for all others."""
    simulator = simulator_of("Put")
    first = simulator.reset(2)
    _, *others = sorted(simulator.missions(), key=lambda words: words != simulator.mission())
    deed = next(oracle(simulator))
    assert simulator.step(deed, draw=False).success
    for other in others:
        simulator.reset(2, draw=False)
        told = simulator.instruct(other)
        assert np.array_equal(told.frame, first.frame)
        assert not simulator.step(deed, draw=False).success
    with pytest.raises(EnvironmentFault, match="cannot be given on this table"):
        simulator.instruct("make tea")
    simulator.close()


def test_names_need_both_colour_and_shape() -> None:
    """Tables with missions hold one colour in two shapes, and one shape in two colours."""
    for task in ("put", "put-two", "pack", "corner"):
        env = TabletopEnv(task)
        env.lay(0)
        pairs = {(thing.colour, thing.kind) for thing in env.scene.things}
        colours = [colour for colour, _ in pairs]
        kinds = [kind for _, kind in pairs]
        assert len(set(colours)) < len(colours)
        assert len(set(kinds)) < len(kinds)
        env.close()


def test_the_palettes_share_no_colour() -> None:
    """What is kept for later is not seen before."""
    seen, unseen = (set(PALETTES[name]) for name in ("seen", "unseen"))
    assert not seen & unseen
    env = TabletopEnv("put", colours="unseen")
    env.lay(0)
    assert {thing.colour for thing in env.scene.things} <= unseen
    env.close()


def test_suction_takes_what_is_seen_from_above() -> None:
    """A move carries the uppermost thing, levels it, and turns it."""
    world = world_of((BELOW, 0.0, 0.0, 0.018))
    world.move((0.0, 0.0), (0.1, 0.05), np.pi / 4)
    assert np.allclose(position(world, BELOW), [0.1, 0.05, 0.018], atol=0.001)
    assert world.scene().pose(BELOW).yaw == pytest.approx(np.pi / 4, abs=0.02)
    world.move((0.0, 0.0), (-0.1, 0.0), 0.0)  # nothing lies there
    assert np.allclose(position(world, BELOW), [0.1, 0.05, 0.018], atol=0.001)
    world.close()


def test_suction_lifts_nothing_that_bears_a_thing() -> None:
    """A block under another stays where it is; the upper one can be taken."""
    world = world_of((BELOW, 0.0, 0.0, 0.018), (ABOVE, 0.012, 0.0, 0.054))
    world.move((-0.012, 0.0), (0.1, 0.1), 0.0)  # where only the lower one shows
    assert np.allclose(position(world, BELOW)[:2], [0.0, 0.0], atol=0.002)
    world.move((0.0, 0.0), (0.1, 0.1), 0.0)
    assert np.allclose(position(world, ABOVE)[:2], [0.112, 0.1], atol=0.002)
    assert np.allclose(position(world, BELOW)[:2], [0.0, 0.0], atol=0.002)
    world.close()


def test_suction_lifts_nothing_that_is_fixed() -> None:
    """A bowl stays, and what is carried stays over the table."""
    bowl = TableThing("bowl", "bowl", "blue", (0.055, 0.055, 0.01), fixed=True)
    world = world_of((bowl, 0.0, 0.0, 0.0), (BELOW, 0.1, 0.0, 0.018))
    world.move((0.05, 0.0), (0.1, 0.1), 0.0)
    world.move((0.1, 0.0), (0.215, 0.215), 0.3)
    assert position(world, bowl).tolist() == [0.0, 0.0, 0.0]
    assert np.abs(world.scene().footprint(BELOW)).max() < 0.2201
    world.close()


def test_the_plate_sweeps_what_is_in_its_way_and_comes_down_on_nothing() -> None:
    """A block before the plate goes with it; where one lies under the plate nothing happens."""
    world = world_of((BELOW, 0.0, 0.0, 0.018))
    world.sweep((0.0, 0.0), (0.1, 0.0))
    assert np.allclose(position(world, BELOW), [0.0, 0.0, 0.018], atol=0.001)
    world.sweep((-0.06, 0.0), (0.05, 0.0))
    assert position(world, BELOW)[0] == pytest.approx(0.05 + 0.008 + 0.018, abs=0.008)
    world.close()


def test_what_is_hidden_from_above_shows_from_the_front() -> None:
    """A block under another is seen by the second view alone, and `seen` says so."""
    stacked = {}
    for views in ('["top"]', '["top", "front"]'):
        simulator = simulator_of("Stack", f"[render]\nviews = {views}\n")
        simulator.reset(1, draw=False)
        for _, action in zip(range(2), oracle(simulator), strict=False):
            step = simulator.step(action)
        assert step.success
        stacked[views] = step
        simulator.close()
    above, both = stacked.values()
    assert above.seen is not None
    assert above.seen < 0.1
    assert both.seen is not None
    assert both.seen > 0.2
    assert both.frame.shape == (128, 256, 3)
    assert np.array_equal(both.frame[:, :128], above.frame)


def test_its_simulator_can_do_what_others_rely_on() -> None:
    """Missions, other missions, nudges and pictures after the fact; unknown moves are refused."""
    simulator = simulator_of("Put")
    for ability in (Missioned, Instructable, Nudged, Pictured):
        assert isinstance(simulator, ability)
    drawn = simulator.reset(3)
    assert np.array_equal(simulator.picture(), drawn.frame)
    action = next(oracle(simulator))
    nudged = simulator.nudged(action, np.random.default_rng(0), 0.02)
    assert nudged != action
    assert np.allclose(nudged, action, atol=0.041)
    for wrong in ([0.0] * 4, [2.0] * 5, "up"):
        with pytest.raises(IllegalAction, match="no action"):
            simulator.step(wrong)
    simulator.close()


def test_who_learns_sees_what_was_recorded() -> None:
    """The environment to learn in draws, rewards and succeeds as the simulator does."""
    spec = spec_of("Put")
    env, simulator = FAMILY.environment(spec), simulator_of("Put")
    observation, info = env.reset(seed=6)
    first = simulator.reset(6)
    picture, granted = FAMILY.picture(spec), FAMILY.granted(spec)
    assert info["mission"] == simulator.mission()
    assert np.array_equal(observation, first.frame)
    assert np.array_equal(picture(env), first.frame)
    deed = next(oracle(simulator))
    after, step = simulator.step(deed), env.step(np.array(deed, np.float32))
    assert np.array_equal(picture(env), after.frame)
    assert granted(env, step)
    assert step[1] == after.reward == 1.0
    assert not step[2]  # an episode goes on after success
    env.close()
    simulator.close()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("[render]\nsize = 8\n", "render.size"),
        ('[render]\nviews = ["left"]\n', "render.views"),
        ('[render]\nviews = ["top", "top"]\n', "render.views"),
        ("[render]\ntile_size = 8\n", "render.tile_size"),
        ('[options]\ncolours = "loud"\n', "options.colours"),
        ("[options]\nblocks = 3\n", "options"),
    ],
)
def test_a_spec_that_asks_for_what_there_is_not_is_refused(more: str, words: str) -> None:
    """The error names the key, and what it may be."""
    with pytest.raises(SpecError, match=words):
        FAMILY.make(spec_of("Put", more))


def test_without_pybullet_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever lacks the package is told how to get it."""
    monkeypatch.setitem(sys.modules, "pybullet", None)
    with pytest.raises(EnvironmentFault, match=r"\[tabletop\]"):
        FAMILY.make(spec_of("Put"))


def test_importing_the_family_imports_no_physics() -> None:
    """Asking which family makes an environment costs nothing."""
    code = "import sys, synth.envs.tabletop as t; sys.exit('pybullet' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_move_outside_the_table_ends_at_its_edge() -> None:
    """An action is always within its bounds, to the last digit."""
    action = ArmMove((0.5, -0.5), (0.1, 0.0), 4.0).action(turns=True)
    assert len(action) == 5
    assert np.abs(action).max() <= 1.0


def test_a_picture_is_taken_when_all_has_come_to_rest() -> None:
    """After a move, whatever it set down and wherever, nothing goes on moving."""
    env = TabletopEnv("stack")
    rng = np.random.default_rng(1)
    env.lay(1)
    for _ in range(6):
        things = list(env.scene.movable())
        thing, other = things[int(rng.integers(5))], things[int(rng.integers(5))]
        to = env.scene.pose(other).xy + rng.uniform(-0.03, 0.03, 2)
        env.act(np.array(carry(env.scene, thing, to, 0.5, rng).action(turns=True), np.float32))
        assert np.abs(env.world.velocities()).max() < 0.001
    env.close()
