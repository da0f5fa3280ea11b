"""BabyAI's instructions are followed, judged and varied, and a room of our own works alike."""

from __future__ import annotations

from dataclasses import dataclass

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from synth.envs import family_of
from synth.envs.minigrid import FAMILY, planner
from synth.envs.minigrid.objective import all_objectives, objective_of
from synth.record.near_miss import NearMiss, recipes_for, try_recipe
from synth.record.player import Player

MATCHING = "synth.envs.minigrid.matching_door:OpenMatchingDoor-v0"
FOLLOWED = [
    *(
        f"BabyAI-{name}-v0"
        for name in (
            "GoToRedBall",
            "GoToLocal",
            "OpenTwoDoors",
            "OpenDoorsOrderN4",
            "PickupLoc",
            "PutNextLocal",
            "PutNextS5N2",
        )
    ),
    MATCHING,
]
LEFT, TOGGLE = 0, 5


@dataclass
class Walker:
    """A simulator of a spec with missions."""

    spec: object

    def __post_init__(self):
        self.simulator = family_of(self.spec).make(self.spec)

    def failures(self, seeds):
        """Seeds on which the planner fails; those solved at the start are passed over."""
        failed = []
        for seed in seeds:
            moment = self.simulator.reset(seed, draw=False)
            if moment.success:
                continue
            for action in planner(self.simulator):
                moment = self.simulator.step(action, draw=False)
                if moment.done:
                    break
            if not moment.success:
                failed.append(seed)
        return failed


def walker(make_spec, env):
    """A walker in an environment whose missions vary."""
    return Walker(make_spec(env, max_steps=400, mission={"from": "env.mission"}))


@pytest.mark.parametrize("env", FOLLOWED)
def test_instructions_are_followed(make_spec, env):
    """A handful of seeds of every level are solved."""
    assert walker(make_spec, env).failures(range(5)) == []


@pytest.mark.slow
@pytest.mark.parametrize("env", FOLLOWED)
def test_instructions_are_followed_on_a_hundred_seeds(make_spec, env):
    """A hundred of a hundred seeds are solved."""
    assert walker(make_spec, env).failures(range(100)) == []


def test_what_is_looked_at_from_the_start_is_a_success_at_the_start(make_spec):
    """BabyAI grants it a step late; such an episode is no use, and the recorder can see that."""
    simulator = walker(make_spec, "BabyAI-GoToLocal-v0").simulator
    moment = simulator.reset(3, draw=False)
    assert not moment.success
    ((x, y), *_) = all_objectives(simulator.env)[0].cells

    def look(env):
        facing = next(
            facing
            for facing, (dx, dy) in enumerate(((1, 0), (0, 1), (-1, 0), (0, -1)))
            if env.grid.get(x - dx, y - dy) is None
        )
        dx, dy = ((1, 0), (0, 1), (-1, 0), (0, -1))[facing]
        env.agent_pos, env.agent_dir = (x - dx, y - dy), facing

    moment = simulator.alter(look, draw=False)
    assert moment.success
    assert moment.truth["facing_target"]


def test_a_door_that_stands_open_is_shut_and_opened(make_spec):
    """Only opening counts, so an expert asked late shuts the second door first."""
    simulator = walker(make_spec, "BabyAI-OpenTwoDoors-v0").simulator
    simulator.reset(1, draw=False)
    first, second = all_objectives(simulator.env)
    for door in (first.things[0], second.things[0]):
        door.is_open = True
    moment = None
    for action in planner(simulator):
        moment = simulator.step(action, draw=False)
        if moment.done:
            break
    assert moment is not None
    assert moment.success


def test_truth_tells_the_first_part_from_the_last(make_spec):
    """In order: the door that comes first is open before the one that comes last."""
    simulator = walker(make_spec, "BabyAI-OpenTwoDoors-v0").simulator
    for seed in range(3):
        truths = [simulator.reset(seed, draw=False).truth]
        truths += [simulator.step(action, draw=False).truth for action in planner(simulator)]
        first = [truth["first_target_door_open"] for truth in truths]
        last = [truth["target_door_open"] for truth in truths]
        assert first.index(True) < last.index(True) == len(truths) - 1


def test_states_tell_what_the_verifier_remembers(make_spec):
    """The same grid is another state once the first door was opened and shut again."""
    simulator = walker(make_spec, "BabyAI-OpenTwoDoors-v0").simulator
    simulator.reset(2, draw=False)
    door = all_objectives(simulator.env)[0].things[0]
    for action in planner(simulator):
        before = simulator.state()
        simulator.step(action, draw=False)
        if door.is_open:
            break
    simulator.step(TOGGLE, draw=False)
    assert not door.is_open
    assert simulator.state() != before


def test_no_pose_looks_at_what_the_agent_should_go_to(make_spec):
    """Such a picture would be a success that no step granted."""
    simulator = walker(make_spec, "BabyAI-GoToLocal-v0").simulator
    simulator.reset(3, draw=False)
    (wanted,) = all_objectives(simulator.env)
    poses = simulator.poses()
    for pose in poses:
        simulator.alter(pose, draw=False)
        assert tuple(int(at) for at in simulator.env.front_pos) not in wanted.cells
    free = sum(cell is None for cell in simulator.env.grid.grid)
    assert 4 * free - 4 <= len(poses) < 4 * free


def made_by(make_spec, env, key, seeds):
    """The episodes of a recipe, each with the player at its end."""
    spec = make_spec(env, max_steps=100, mission={"from": "env.mission"})
    with Player(spec) as player:
        player.began(0, draw=False)
        (recipe,) = (r for r in recipes_for(FAMILY, player.simulator) if r.key == key)
        for seed in seeds:
            if not player.shown(seed):
                continue
            made = try_recipe(recipe, player.roll_expert(seed, draw=False), player, 0)
            if isinstance(made, NearMiss):
                player.play(seed, made.rolled.actions, draw=False)
                yield player, made


@pytest.mark.parametrize("key", ["other-shape", "other-colour"])
def test_near_misses_need_both_shape_and_colour(make_spec, key):
    """The agent ends before a thing that has one of the two alone, and has no success."""
    count = 0
    for player, made in made_by(make_spec, "BabyAI-GoToLocal-v0", key, range(8)):
        env = player.simulator.env
        (wanted,) = all_objectives(env)
        thing, meant = env.grid.get(*env.front_pos), wanted.things[0]
        if made.rolled.success.any():
            continue  # it came past what was meant
        assert (thing.type == meant.type) == (key == "other-colour")
        assert (thing.color == meant.color) == (key == "other-shape")
        count += 1
    assert count >= 2


def test_another_door_than_the_keys_is_opened(make_spec):
    """The door of another colour stands open at the end, and that is no success."""
    count = 0
    for player, made in made_by(make_spec, MATCHING, "other-colour", range(6)):
        env = player.simulator.env
        ahead = env.grid.get(*env.front_pos)
        assert not made.rolled.success.any()
        assert ahead.is_open
        assert ahead.color != env.key.color
        count += 1
    assert count >= 3


def test_things_that_lie_elsewhere_are_near_misses_of_places(make_spec):
    """Where words say on which side, what looks the same on another side is taken."""
    found = list(made_by(make_spec, "BabyAI-PickupLoc-v0", "other-place", range(40)))
    assert any(not made.rolled.success.any() for _, made in found)


def test_tasks_without_missions_keep_their_recipes(make_spec):
    """What serves missions takes no turn of any other recipe."""
    with Player(make_spec("MiniGrid-DoorKey-6x6-v0")) as player:
        player.began(0, draw=False)
        assert recipes_for(FAMILY, player.simulator) == recipes_for(FAMILY)


@pytest.mark.parametrize("env", ["MiniGrid-LavaGapS5-v0", "MiniGrid-MemoryS7-v0"])
def test_an_agent_ends_where_it_should_not(make_spec, env):
    """It steps into the lava, or goes to the wrong thing, and the episode is over."""
    with Player(make_spec(env)) as player:
        player.began(0, draw=False)
        (recipe,) = (r for r in recipes_for(FAMILY, player.simulator) if r.key == "end-elsewhere")
        for seed in range(3):
            made = try_recipe(recipe, player.roll_expert(seed, draw=False), player, 0)
            assert isinstance(made, NearMiss)
            assert not made.rolled.success.any()
            env_now = player.simulator.env
            at = tuple(int(part) for part in env_now.agent_pos)
            objective = objective_of(env_now)
            cell = env_now.grid.get(*at)
            assert at in objective.avoid or cell.type == "lava"


def test_of_several_doors_the_one_of_the_keys_colour_counts(make_spec):
    """Its door alone is a success; another that is not locked may be opened, and is none."""
    simulator = walker(make_spec, MATCHING).simulator
    opened = 0
    for seed in range(12):
        simulator.reset(seed, draw=False)
        env = simulator.env
        doors = [cell for cell in env.grid.grid if cell is not None and cell.type == "door"]
        assert [door.color == env.key.color for door in doors].count(True) == 1
        assert len({door.color for door in doors}) == len(doors)
        loose = [door for door in doors if not door.is_locked]
        if loose:
            loose[0].is_open = True
            moment = simulator.step(LEFT, draw=False)
            assert not moment.success
            assert not moment.done
            opened += 1
    assert opened > 3


def test_the_room_of_our_own_is_one_of_gymnasiums():
    """Gymnasium's checker finds nothing, and the same seed gives the same room."""
    env = gymnasium.make(MATCHING, render_mode="rgb_array").unwrapped
    check_env(env)
    env.reset(seed=5)
    first = env.get_frame(tile_size=8)
    env.reset(seed=6)
    env.reset(seed=5)
    assert np.array_equal(first, env.get_frame(tile_size=8))
