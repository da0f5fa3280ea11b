"""What follows a frame that looks like success is judged where it can be told again."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from synth.envs.recipe import acting
from synth.record.aliasing import Alias
from synth.record.player import Player

LEFT, RIGHT, FORWARD, PICKUP, DROP, TOGGLE = range(6)


@pytest.fixture(scope="module")
def player(make_spec):
    """Of the task whose box vanishes when toggled."""
    with Player(make_spec("MiniGrid-UnlockPickup-v0", max_steps=100)) as playing:
        yield playing


def told(player, rolled, since):
    """Whether each frame from one on can be told from success."""
    return [not player.is_aliased(rolled, frame) for frame in range(since, len(rolled) + 1)]


def destroyed(player, seed, more=()):
    """The expert's episode with the box toggled instead of taken, and the frame of that."""
    shown = player.shown(seed)
    return player.play(seed, (*shown[:-1], TOGGLE, *more)), len(shown)


def test_an_agent_that_turns_away_is_told_and_one_that_turns_back_is_not(player):
    """Who takes the box faces its place: the destroyed box looks like that from there alone."""
    rolled, frame = destroyed(player, 5, (LEFT, LEFT, RIGHT, RIGHT, RIGHT))
    assert told(player, rolled, frame - 1) == [True, False, True, True, True, False, True]
    assert not rolled.success.any()


def opened_with_a_full_hand(player, seed, more=()):
    """The box opened with the key in hand, where the expert drops the key first."""
    shown = [action for action in player.shown(seed) if action != DROP]
    for end in range(len(shown) - 1, 0, -1):
        actions = (*shown[:end], TOGGLE)
        rolled = player.play(seed, actions)
        gone = any(e.frame == len(rolled) and e.leaves for e in rolled.scene_events)
        if gone and rolled.truth["carrying_key"][-1] and rolled.truth["door_open"][-2]:
            return player.play(seed, (*actions, *more)), len(actions)
    return pytest.fail("no way to the box with the key in hand")


@pytest.mark.parametrize("opened", [destroyed, opened_with_a_full_hand])
def test_nothing_told_is_a_picture_of_success(player, opened):
    """Nobody is blamed where the agent faces the box's place with empty hands, however it came."""
    env, seen = player.simulator.env, 0
    for seed in (5, 6):
        player.began(seed)
        box = next(
            (x, y)
            for x in range(env.width)
            for y in range(env.height)
            if (thing := env.grid.get(x, y)) is not None and thing.type == "box"
        )
        rng = np.random.default_rng(seed)
        more = tuple(int(a) for a in rng.choice([LEFT, RIGHT, FORWARD, FORWARD, PICKUP, DROP], 30))
        rolled, frame = opened(player, seed, more)
        judged = told(player, rolled, frame)
        seen += sum(judged)
        for at, tells in enumerate(judged, start=frame):
            player.play(seed, rolled.actions[:at], draw=False)
            looks = tuple(map(int, env.front_pos)) == box and env.carrying is None
            assert not (looks and tells), (seed, at)
    assert seen > 20


def test_where_the_key_lies_otherwise_the_box_is_left_out_of_the_whole_way(player):
    """Put down beside it after the box was opened, it lies as it could lie at a success."""
    rolled, frame = opened_with_a_full_hand(player, 0, (RIGHT, DROP, LEFT, RIGHT))
    assert told(player, rolled, frame) == [True, True, True, False, True]


def test_an_episode_is_recorded_on_with_the_bits_of_what_is_judged(player):
    """It ends with the last frame that can be told."""
    rolled, frame = destroyed(player, 5, (LEFT, RIGHT, LEFT, RIGHT))
    play = partial(player.play_policy, 5)
    kept = player.kept(rolled, player.alias_of(rolled, play), play)
    assert len(kept) == len(rolled) - 1
    assert kept.judged[frame - 1 :].tolist() == [True, False, True, False, True]


def test_an_episode_that_succeeds_later_ends_where_it_can_first_not_be_told(player):
    """A program that was rightly fooled has credited the goal, so nothing credited later counts."""
    rolled, frame = destroyed(player, 5, (LEFT, LEFT))
    success = rolled.success.copy()
    success[-1] = True
    play = partial(player.play_policy, 5)
    kept = player.kept(replace(rolled, success=success), Alias(frame, same=True), play)
    assert len(kept) == frame - 1
    assert kept.judged.all()


def test_a_second_thing_that_is_faked_tells_nothing(player):
    """Where another picture of success was faked since, the twin knows nothing of it."""
    rolled, frame = destroyed(player, 5, (LEFT, RIGHT, LEFT))
    play = partial(player.play_policy, 5)
    # As if the turn back had been found to fake success as well, of another thing.
    again = {_done(rolled, frame + 2): Alias(frame + 2, same=True)}
    first = Alias(frame, same=True)
    from synth.record.aftermath import Aftermath, Twins  # noqa: PLC0415 - used here alone

    def after(known):
        return Aftermath(
            rolled,
            first,
            play,
            player.actions,
            expert=player.expert,
            simulator=player.simulator,
            twins=Twins(),
            known=known,
            longest=player.spec.max_steps,
        )

    events = (*rolled.scene_events, replace(rolled.scene_events[-1], frame=frame + 2))
    rolled = replace(rolled, scene_events=events)
    assert after({}).tells(frame + 3)
    assert not after(again).tells(frame + 3)


def _done(rolled, frame):
    import json  # noqa: PLC0415 - used here alone

    return json.dumps(rolled.actions[:frame])


def test_a_simulator_that_lacks_an_ability_tells_nothing(fake):
    """Nothing after such a frame is judged there, as nobody can look for pictures of success."""
    from synth.record.aftermath import Aftermath, Twins  # noqa: PLC0415 - used here alone
    from synth.record.rollout import rollout  # noqa: PLC0415 - likewise

    def play(policy, *, draw=True):
        return rollout(fake, policy, 0, 10, draw=draw)

    rolled = play(acting((1, 0)))
    after = Aftermath(
        rolled,
        Alias(1, same=True),
        play,
        (0, 1),
        expert=acting(()),
        simulator=fake,
        twins=Twins(),
        known={},
        longest=10,
    )
    assert [after.tells(t) for t in range(3)] == [True, False, bool(rolled.success[2])]
