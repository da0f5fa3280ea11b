"""Near misses are made by the environment, labelled by it, and only where asked for."""

from __future__ import annotations

from collections import Counter
from functools import partial

import numpy as np
import pytest
from minigrid.core.constants import COLOR_NAMES
from minigrid.core.world_object import Ball

from synth.envs import family_of
from synth.envs.minigrid import FAMILY
from synth.envs.minigrid.altered_scenes import _move_the_goal, _recolour_a_thing, _take_a_thing_out
from synth.envs.minigrid.objective import cells_of
from synth.episode import Rollout, write_store
from synth.errors import EnvironmentFault, ExpertFailed
from synth.experts import find_policy
from synth.record import Player, Seeds, episode_count, near_misses, record
from synth.record.near_miss import NearMiss, _altered, recipes_for, try_recipe
from synth.record.rollout import expert_rollout, rollout
from synth.spec import NearMissSpec, parse_spec

STEADY = "def act(simulator):\n    while True:\n        yield 1\n"
ONLY_FROM_THE_START = (
    "def act(simulator):\n    if simulator.at:\n        raise RuntimeError('lost')\n"
    "    while True:\n        yield 1\n"
)
ILLEGAL_FROM_ELSEWHERE = (
    "def act(simulator):\n    start = simulator.at\n    while True:\n"
    "        yield 7 if start else 1\n"
)
DOORKEY = "MiniGrid-DoorKey-6x6-v0"


def with_near_misses(spec, episodes=4):
    """The same spec, asking for near misses."""
    return spec.model_copy(update={"near_miss": NearMissSpec(episodes=episodes, scenes=0)})


@pytest.fixture(scope="module")
def doorkey(make_spec):
    """DoorKey with as many near misses as there are recipes."""
    spec = with_near_misses(make_spec(DOORKEY, episodes=1, max_steps=120), 20)
    return spec, record(spec)


def test_a_spec_without_the_table_is_what_it_was(make_spec):
    """Specs from before there were near misses keep their digest, and so their episodes."""
    spec = parse_spec('env = "X"\n[expert]\npolicy = "a:b"\n', name="t")
    assert spec.episode_digest() == (
        "ab8f2da7d8cea28b3c8012f04158f6d90a6987a6a2772689a62f890b48a55e4b"
    )
    assert with_near_misses(spec).episode_digest() != spec.episode_digest()
    assert {e.kind for e in record(make_spec(episodes=1)).episodes} == {"expert", "random"}


def test_the_other_episodes_do_not_change(doorkey):
    """Asking for near misses adds episodes behind those that were there."""
    spec, store = doorkey
    plain = record(spec.model_copy(update={"near_miss": None}))
    assert episode_count(spec) == len(store.episodes) == len(plain.episodes) + 40
    for before, after in zip(plain.episodes, store.episodes, strict=False):
        assert (before.id, before.actions) == (after.id, after.actions)
        assert np.array_equal(plain.frames_of(before), store.frames_of(after))


def test_every_label_is_the_environments_own(doorkey):
    """Playing an episode's actions again gives its frames, successes and truth.

    Where the recipe alters the scene, it is altered again before.
    """
    spec, store = doorkey
    simulator = family_of(spec).make(spec)
    altering = {
        f"near_miss:{r.key}": (number, r.alter)
        for number, r in enumerate(recipes_for(FAMILY))
        if r.alter is not None
    }
    for episode in store.select(kind="near_miss"):
        moments = [simulator.reset(episode.seed)]
        if episode.policy in altering:
            number, alter = altering[episode.policy]
            rng = np.random.default_rng([2, number, episode.seed])  # as the recipe draws
            moments = [simulator.alter(partial(_altered, alter, rng))]
        moments += [simulator.step(action) for action in episode.actions]
        assert np.array_equal(np.stack([m.frame for m in moments]), store.frames_of(episode))
        assert [m.success for m in moments] == episode.success.tolist()
        for name, values in episode.truth.items():
            assert [m.truth[name] for m in moments] == values.tolist()
    simulator.close()


def test_routes_succeed_and_notes_say_how(doorkey):
    """Every near miss says how it was made, and what is called a route ends in success."""
    _, store = doorkey
    for split in ("visible", "held_out"):
        episodes = store.select(kind="near_miss", split=split)
        assert [e.success[-1] for e in episodes if e.note.startswith("route: ")]
        assert all(e.success[-1] for e in episodes if e.note.startswith("route: "))
        assert all(e.note for e in episodes)
        assert not all(e.success.any() for e in episodes)


def test_each_split_has_seeds_of_its_own(doorkey):
    """No near miss shares its seed with any other episode, and so none crosses the splits."""
    spec, store = doorkey
    seeds = Seeds.of(spec)
    assert all(
        e.seed in (seeds.visible_near_miss if e.split == "visible" else seeds.held_out_near_miss)
        for e in store.select(kind="near_miss")
    )
    used = [e.seed for e in store.episodes]
    assert len(set(used)) == len(used)


def test_recording_twice_gives_the_same_bytes(make_spec, tmp_path):
    """Near misses follow from the spec alone, like every other episode."""
    spec = with_near_misses(make_spec(episodes=1), 6)
    for folder in ("once", "again"):
        write_store(tmp_path / folder, record(spec))
    for path in (tmp_path / "once").iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


@pytest.mark.parametrize("recipe", recipes_for(FAMILY), ids=lambda recipe: recipe.key)
def test_every_recipe_works_somewhere(make_spec, recipe):
    """In UnlockPickup each recipe makes an episode with at least one of a few seeds.

    UnlockPickup has no goal square; those that move one are tried in DoorKey.
    """
    env = DOORKEY if recipe.key.startswith("goal") else "MiniGrid-UnlockPickup-v0"
    spec = make_spec(env, max_steps=200)
    with Player(spec) as player:
        found = [try_recipe(recipe, player.roll_expert(seed), player, 0) for seed in range(6)]
    made = [one for one in found if isinstance(one, NearMiss)]
    assert made, found
    assert all(recipe.name in one.note for one in made)


def test_what_a_scene_does_not_allow_is_skipped_and_told(make_spec):
    """An empty room has nothing to pick up: those kinds are left out, with the reason."""
    spec = with_near_misses(make_spec("MiniGrid-Empty-6x6-v0", episodes=1), 6)
    skipped = {}
    store = record(spec, on_skip=lambda recipe, _seed, reason: skipped.setdefault(recipe, reason))
    assert len(store.select(kind="near_miss", split="visible")) == 6
    assert "no other object" in skipped["an agent that fetches another object"]


def test_a_goal_square_is_moved_over_free_ground_only(make_spec):
    """Behind a locked door it stays behind the door, so that every success still needs the key."""
    simulator = family_of(spec := make_spec(DOORKEY)).make(spec)
    for seed in range(8):
        simulator.reset(seed)
        before = {at for at, cell in cells_of(simulator.env) if cell.type == "goal"}
        _move_the_goal(simulator.env, np.random.default_rng(seed))
        ((x, y),) = {at for at, cell in cells_of(simulator.env) if cell.type == "goal"}
        (door,) = (at for at, cell in cells_of(simulator.env) if cell.type == "door")
        assert {(x, y)} != before
        assert x > door[0]
    simulator.close()


def test_an_object_that_is_missing_is_never_the_one_that_is_asked_for(make_spec):
    """UnlockPickup loses its key, and keeps the box that makes its success."""
    simulator = family_of(spec := make_spec("MiniGrid-UnlockPickup-v0")).make(spec)
    simulator.reset(0)
    moment = simulator.alter(lambda env: _take_a_thing_out(env, np.random.default_rng(0)))
    kinds = {cell.type for _, cell in cells_of(simulator.env)}
    assert "key" not in kinds
    assert "box" in kinds
    assert not moment.success
    simulator.close()


def test_a_recoloured_object_is_another_thing_to_the_environment(make_spec):
    """The key fits no lock any more, the object that was asked for is none: no success comes."""
    recoloured = next(r for r in recipes_for(FAMILY) if r.key == "thing-recoloured")
    for name in (DOORKEY, "MiniGrid-Unlock-v0", "MiniGrid-Fetch-5x5-N2-v0"):
        simulator = family_of(spec := make_spec(name, max_steps=100)).make(spec)
        failed = 0
        for seed in range(6):
            shown = expert_rollout(spec, simulator, find_policy(spec), seed)
            rolled = rollout(
                simulator,
                recoloured.make(shown, find_policy(spec), np.random.default_rng(seed)),
                seed,
                spec.max_steps,
                alter=lambda env, seed=seed: _recolour_a_thing(env, np.random.default_rng(seed)),
            )
            assert not np.array_equal(rolled.frames[0], shown.frames[0])
            kept = recoloured.kept(rolled, shown)
            assert (kept == "") == (not rolled.success.any())
            failed += not rolled.success.any()
        assert failed, name
        simulator.close()


def test_a_new_colour_is_one_that_nothing_else_has(make_spec):
    """No other lock or wish takes the thing for its own; with no colour left it is said."""
    simulator = family_of(spec := make_spec("MiniGrid-Unlock-v0")).make(spec)
    for seed in range(6):
        simulator.reset(seed)
        env = simulator.env
        before = Counter(cell.color for _, cell in cells_of(env))
        _recolour_a_thing(env, np.random.default_rng(seed))
        after = Counter(cell.color for _, cell in cells_of(env))
        ((new, count),) = (after - before).items()
        assert count == 1
        assert new not in before
    for colour in COLOR_NAMES:
        env.place_obj(Ball(colour))
    with pytest.raises(ExpertFailed, match="no object that could have another colour"):
        _recolour_a_thing(env, np.random.default_rng(0))
    simulator.close()


def test_a_success_without_a_thing_that_all_others_need_is_left_out():
    """Nothing blocks the door where the ball is missing; no plan is refuted by such a scene."""
    (missing,) = (r for r in recipes_for(FAMILY) if r.key == "thing-missing")
    succeeded = rolled(success=[False, True])
    assert missing.kept(succeeded, succeeded) == "it succeeded all the same"
    assert missing.kept(rolled(success=[False, False]), succeeded) == ""


def rolled(success):
    """An episode of one action."""
    return Rollout(
        frames=np.zeros((2, 1, 1, 3), np.uint8),
        actions=(0,),
        rewards=np.zeros(1),
        success=np.array(success),
        truth={},
        seed=0,
        policy="test",
    )


def test_any_simulator_with_an_expert_has_near_misses(fake, experts, make_spec):
    """The general recipes ask nothing of a family, and label what succeeds as a success."""
    fake.length = 6
    spec = with_near_misses(make_spec(policy=experts(STEADY)), 8)
    episodes = record(spec).select(kind="near_miss", split="visible")
    assert {e.policy.partition(":")[0] for e in episodes} == {"near_miss"}
    cut = next(e for e in episodes if "one step before" in e.note)
    assert cut.actions == (1,) * 5
    assert not cut.success.any()
    for e in episodes:
        assert e.success.tolist() == [sum(e.actions[:t]) >= 6 for t in range(len(e) + 1)]


def test_an_expert_that_cannot_go_on_from_elsewhere_costs_its_routes_only(fake, experts, make_spec):
    """An expert need not stand being called within an episode; the reason is told."""
    fake.length = 6
    spec = with_near_misses(make_spec(policy=experts(ONLY_FROM_THE_START)), 4)
    reasons = []
    store = record(spec, on_skip=lambda *skip: reasons.append(skip[-1]))
    assert len(store.select(kind="near_miss")) == 8
    assert any("RuntimeError: lost" in reason for reason in reasons)


def test_an_illegal_action_within_an_episode_costs_its_routes_only(fake, experts, make_spec):
    """An expert that gives no legal action from elsewhere is told of, and recording goes on."""
    fake.length = 6
    spec = with_near_misses(make_spec(policy=experts(ILLEGAL_FROM_ELSEWHERE)), 4)
    reasons = []
    store = record(spec, on_skip=lambda *skip: reasons.append(skip[-1]))
    assert len(store.select(kind="near_miss")) == 8
    assert any("illegal action" in reason and "no action 7" in reason for reason in reasons)


def test_a_task_without_any_near_miss_says_so(fake, experts, make_spec):
    """Where one action is the whole episode nothing can be nearly right."""
    fake.length = 1
    with pytest.raises(EnvironmentFault, match="no kind of near miss"):
        record(with_near_misses(make_spec(policy=experts(STEADY))))


def test_without_the_table_there_are_none(make_spec):
    """Near misses are made only where the spec asks for them."""
    spec = make_spec()
    with Player(spec) as player:
        assert list(near_misses(player, range(3))) == []


def test_a_route_that_does_not_succeed_is_left_out(fake, experts, make_spec):
    """With no step to spare a detour ends at the limit, and is no success by another way."""
    fake.length = 6
    spec = with_near_misses(make_spec(policy=experts(STEADY), max_steps=6), 8)
    reasons = []
    store = record(spec, on_skip=lambda *skip: reasons.append(skip[-1]))
    assert "it did not succeed" in reasons
    routes = [e for e in store.select(kind="near_miss") if e.note.startswith("route: ")]
    assert all(e.success[-1] for e in routes)
