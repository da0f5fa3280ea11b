"""Frames that look like success and are none."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from synth.envs import family_of
from synth.envs.recipe import acting
from synth.experts import find_policy
from synth.record.aliasing import Alias, action_table, first_alias, then_expert, unaliased
from synth.record.near_miss import near_misses
from synth.record.player import Player
from synth.record.recorder import record
from synth.record.rollout import expert_rollout, rollout
from synth.spec import NearMissSpec

TOGGLE, DROP, FORWARD, LEFT = 5, 4, 2, 0


@pytest.fixture(scope="module")
def stage(make_spec):
    """The task whose box vanishes when toggled, its simulator, and its expert."""
    spec = make_spec("MiniGrid-UnlockPickup-v0", max_steps=100)
    simulator = family_of(spec).make(spec)
    yield spec, simulator, find_policy(spec)
    simulator.close()


def player(stage, seed):
    """Plays policies from the reset of a seed."""
    spec, simulator, _ = stage
    return partial(_play, simulator, seed, spec.max_steps)


def _play(simulator, seed, max_steps, policy, *, draw=True):
    return rollout(simulator, policy, seed, max_steps, draw=draw)


def destroyed(stage, seed=0, more=()):
    """The expert's episode with the box toggled instead of taken, and what is done after."""
    spec, simulator, expert = stage
    shown = expert_rollout(spec, simulator, expert, seed).actions
    return player(stage, seed)(acting((*shown[:-1], TOGGLE, *more)))


def test_a_destroyed_box_looks_like_a_taken_one(stage):
    """The toggle's frame is told, and what another action would have made of it."""
    rolled = destroyed(stage)
    assert not rolled.success.any()
    table = action_table(stage[1])
    assert first_alias(rolled, player(stage, 0), table) == Alias(len(rolled), same=True)


def test_other_actions_are_drawn_only_where_they_succeed(stage):
    """Of all last actions in place of the toggle, the one that takes the box is drawn."""
    rolled, play, drawn = destroyed(stage), player(stage, 0), []

    def watched(policy, *, draw=True):
        played = play(policy, draw=draw)
        if draw:
            drawn.append(bool(played.success[-1]))
        return played

    changed = {event.frame for event in rolled.scene_events}
    assert first_alias(rolled, watched, action_table(stage[1])) == Alias(len(rolled), same=True)
    assert drawn == [True]
    assert len(changed) > 1


def test_what_follows_is_found_at_the_change_itself(stage):
    """Later frames are no better: the first one counts."""
    rolled = destroyed(stage, more=(LEFT, LEFT))
    table = action_table(stage[1])
    assert first_alias(rolled, player(stage, 0), table) == Alias(len(rolled) - 2, same=True)


def test_an_episode_is_cut_before_its_first_aliased_frame(stage):
    """What is left ends with the last frame that pixels can tell; a fair episode stays whole."""
    rolled = destroyed(stage, more=(LEFT, LEFT))
    table, play = action_table(stage[1]), player(stage, 0)
    cut = unaliased(rolled, first_alias(rolled, play, table))
    assert cut.actions == rolled.actions[: len(rolled) - 3]
    assert unaliased(cut, first_alias(cut, play, table)) is cut


def with_a_full_hand(stage, more=()):
    """The box opened with the key in hand, where the expert drops the key first."""
    spec, simulator, expert = stage
    shown = expert_rollout(spec, simulator, expert, 0).actions
    without_drop = tuple(a for a in shown if a != DROP)
    play = player(stage, 0)
    for end in range(len(without_drop) - 1, 0, -1):
        rolled = play(acting((*without_drop[:end], TOGGLE)))
        boxes = [c for c in rolled.scene_events if c.frame == len(rolled) and c.leaves]
        if boxes and rolled.truth["carrying_key"][-1] and rolled.truth["door_open"][-2]:
            return play(acting((*rolled.actions, *more)))
    return pytest.fail("no way to the box with the key in hand")


def test_a_box_destroyed_with_a_full_hand_is_judged_and_what_follows_is_not(stage):
    """No key lies about, as at a success it must: that frame can be told, and ends the episode."""
    _, simulator, expert = stage
    rolled, play = with_a_full_hand(stage, more=(DROP, LEFT)), player(stage, 0)
    frame, table = len(rolled) - 2, action_table(simulator)
    assert first_alias(rolled, play, table) is None
    alias = first_alias(rolled, play, table, expert=expert, simulator=simulator)
    assert alias == Alias(frame, same=False)
    cut = unaliased(rolled, alias)
    assert len(cut) == frame
    assert not cut.success.any()


def test_a_player_judges_the_frame_itself_and_none_after_it(stage):
    """The search counts a violation where the box is opened, and not once the key lies again."""
    rolled = with_a_full_hand(stage, more=(DROP, LEFT))
    last = len(rolled)
    with Player(stage[0]) as playing:
        assert not playing.is_aliased(rolled, last - 2)
        assert playing.is_aliased(rolled, last - 1)
        assert playing.is_aliased(rolled, last)
        assert playing.untold.found is None


def test_where_only_the_agent_stands_elsewhere_the_picture_is_the_same(stage):
    """An expert that walks round the box before it takes it shows the same scene at success."""
    _, simulator, expert = stage

    def roundabout(simulator):
        yield from (LEFT, FORWARD, FORWARD)
        yield from expert(simulator)

    for seed in range(8):
        rolled, play = destroyed(stage, seed), player(stage, seed)
        judged = partial(first_alias, rolled, play, (), expert=roundabout)
        bare = judged()
        if bare is not None and not bare.same:
            assert judged(simulator=simulator) == Alias(bare.frame, same=True)
            return
    pytest.fail("it always took the box from where it stood")


def test_what_another_place_tells_apart_is_not_aliased(make_spec):
    """The last door opened first looks like success there alone: the first door still tells."""
    spec = make_spec("MiniGrid-RedBlueDoors-6x6-v0", max_steps=200)
    simulator, expert = family_of(spec).make(spec), find_policy(spec)
    for seed in range(3):
        shown = expert_rollout(spec, simulator, expert, seed)
        opened = [i for i, action in enumerate(shown.actions) if action == TOGGLE]
        assert len(opened) == 2
        without_first = shown.actions[: opened[0]] + shown.actions[opened[0] + 1 :]
        play = player((spec, simulator, expert), seed)
        rolled = play(acting(without_first))
        last = {change.box for change in shown.scene_events if change.frame == len(shown)}
        assert last & {change.box for change in rolled.scene_events if change.frame == len(rolled)}
        assert not rolled.success.any()
        assert first_alias(rolled, play, action_table(simulator), expert=expert) is None
    simulator.close()


def test_where_success_can_be_faked_another_place_tells_nothing_for_long(stage):
    """The expert lays the key back where it was; elsewhere it could have lain at a success too."""
    _, simulator, expert = stage
    # The box stands right behind the door: toggled with the key in hand, then the key is dropped.
    play = player(stage, 982009713)
    rolled = play(acting((LEFT, 2, 3, 2, TOGGLE, 2, TOGGLE, 2, DROP, 1, 2, LEFT, LEFT)))
    assert not rolled.success.any()
    alias = first_alias(rolled, play, action_table(simulator), expert=expert, simulator=simulator)
    assert alias == Alias(7, same=False)
    assert len(unaliased(rolled, alias)) == 7


def test_a_success_and_ordinary_changes_are_not_aliased(stage):
    """Taking the key, opening the door and success itself are what they look like."""
    spec, simulator, expert = stage
    shown = expert_rollout(spec, simulator, expert, 1)
    assert shown.scene_events
    assert first_alias(shown, player(stage, 1), action_table(simulator), expert=expert) is None


def test_the_table_holds_every_action_once(stage, fake):
    """The same actions each time, whatever the simulator's state."""
    assert action_table(stage[1]) == action_table(stage[1]) == tuple(range(7))
    assert action_table(fake) == (0, 1)


def test_an_expert_that_breaks_ends_the_episode(fake):
    """Called where it cannot go on, it costs the rest of the episode and nothing else."""

    def broken(_simulator):
        raise ZeroDivisionError
        yield

    assert rollout(fake, then_expert((1, 0), broken), 0, 10).actions == (1, 0)


def test_no_near_miss_is_judged_on_a_frame_that_looks_like_success(make_spec):
    """With box and toggle, no frame of a near miss is, pixel for pixel, a success elsewhere."""
    spec = make_spec("MiniGrid-UnlockPickup-v0", max_steps=100).model_copy(
        update={"near_miss": NearMissSpec(episodes=8, scenes=0)}
    )
    store = record(spec)
    successes = {
        store.frames[i].tobytes() for e in store.episodes for i in e.frame_index[e.success]
    }
    near = store.select(kind="near_miss")
    assert near
    for episode in near:
        frames = store.frames_of(episode)[episode.judged]
        for frame, success in zip(frames, episode.success[episode.judged], strict=True):
            assert success or frame.tobytes() not in successes


def test_a_near_miss_goes_on_after_such_a_frame_to_one_that_is_told(stage, monkeypatch):
    """The frame is not judged, and ends the episode where none that follows can be told."""
    from synth.envs.recipe import Recipe  # noqa: PLC0415
    from synth.record import near_miss  # noqa: PLC0415 - patched here alone

    spec = stage[0].model_copy(update={"near_miss": NearMissSpec(episodes=1, scenes=0)})

    def destroy(shown, _expert, _rng):
        return acting((*shown.actions[:-1], TOGGLE, *more))

    more = [LEFT]

    monkeypatch.setattr(
        near_miss, "recipes_for", lambda *_: (Recipe("d", "destroyed", "near", destroy),)
    )
    playing = Player(spec)
    (made,) = near_misses(playing, range(5, 9))
    shown = playing.roll_expert(5)
    assert made.rolled.actions == (*shown.actions[:-1], TOGGLE, LEFT)
    assert np.flatnonzero(~made.rolled.judged).tolist() == [len(shown)]
    more.clear()
    (made,) = near_misses(playing, range(5, 9))
    assert made.rolled.actions == shown.actions[:-1]
    assert made.rolled.judged.all()
    reasons = []
    monkeypatch.setattr(
        near_miss, "recipes_for", lambda *_: (Recipe("d", "destroyed", "route", destroy),)
    )
    with pytest.raises(Exception, match="no kind of near miss"):
        list(near_misses(playing, range(5, 9), on_skip=lambda *s: reasons.append(s[-1])))
    playing.simulator.close()
    assert "looks like success and is none; before that it did not succeed" in reasons[0]


def test_random_episodes_are_not_judged_where_pixels_cannot_tell(make_spec, monkeypatch):
    """Whatever chance does to the box, no judged frame looks like success and is none."""
    spec = make_spec("MiniGrid-UnlockPickup-v0", max_steps=100)
    expert = find_policy(spec)

    def destroying(_seed):
        def act(simulator):
            actions = list(expert(simulator))
            yield from (*actions[:-1], TOGGLE, LEFT)

        return act

    monkeypatch.setattr("synth.record.player.random_policy", destroying)
    simulator = family_of(spec).make(spec)
    for episode in record(spec).select(kind="random"):
        whole = rollout(simulator, destroying(episode.seed), episode.seed, spec.max_steps)
        assert episode.actions == whole.actions
        assert np.flatnonzero(~episode.judged).tolist() == [len(whole) - 1]
    simulator.close()
