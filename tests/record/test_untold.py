"""Pictures that cannot be told from success, and things that only change as at success."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from synth.episode import Untold, read_store, write_store
from synth.record.imitations import imitation, imitations
from synth.record.near_miss import IMITATION
from synth.record.player import Player
from synth.record.recorder import record
from synth.record.untold import look_beside_success
from synth.spec import NearMissSpec

UNLOCK_PICKUP = "MiniGrid-UnlockPickup-v0"


def test_a_recording_says_which_pictures_cannot_be_told(make_spec, tmp_path):
    """A few experts' last actions are replaced: the opened box is counted, and kept on disk."""
    store = record(make_spec(UNLOCK_PICKUP, max_steps=100))
    assert store.untold is not None
    assert store.untold.pictures == 2  # one a seed, of two expert seeds
    assert store.untold.leaves
    assert "a thing has left its place as it does at success" in str(store.untold)
    write_store(tmp_path, store)
    assert read_store(tmp_path).untold == store.untold


def test_where_every_picture_can_be_told_nothing_is_said(make_spec, tmp_path):
    """A manifest without such pictures has no key for them, and reads as "nothing known"."""
    store = record(make_spec(episodes=1))
    assert store.untold is None
    write_store(tmp_path, store)
    assert "untold" not in (tmp_path / "manifest.json").read_text()
    assert read_store(tmp_path).untold is None


def test_a_picture_counts_once(make_spec):
    """Looking twice at the same seeds finds nothing new."""
    with Player(make_spec(UNLOCK_PICKUP, max_steps=100)) as player:
        look_beside_success(player, range(3))
        once = player.untold.found
        look_beside_success(player, range(3))
        assert player.untold.found == once


def test_two_counts_are_one_with_the_first_example():
    """The audit adds what its search met to what was recorded."""
    one, other = Untold(3, 7, 9, leaves=True), Untold(1, 8, 2, leaves=False)
    assert one + other == replace(one, pictures=4)
    assert one + None == one
    assert "1 picture in which all looks as it does at success" in str(other)


def test_an_imitation_ends_with_the_change_of_success_and_without_it(make_spec):
    """The box is opened with the key in hand: gone as at success, and told from it."""
    spec = make_spec(UNLOCK_PICKUP, max_steps=100)
    with Player(spec) as player:
        for seed in range(3):
            rolled = imitation(player, seed)
            assert rolled is not None
            success = player.roll_expert(seed)
            (gone,) = [e.box for e in success.scene_events if e.frame == len(success)]
            assert gone in [e.box for e in rolled.scene_events if e.frame == len(rolled)]
            assert not rolled.success.any()
            assert rolled.truth["carrying_key"][-1]
            assert not np.array_equal(rolled.frames[-1], success.frames[-1])


def test_imitations_are_among_the_near_misses(make_spec):
    """One in five, last, and no more episodes than the spec asks for."""
    spec = make_spec(UNLOCK_PICKUP, episodes=1, max_steps=100)
    store = record(spec.model_copy(update={"near_miss": NearMissSpec(episodes=5, scenes=0)}))
    notes = [e.note for e in store.select(kind="near_miss", split="visible")]
    assert len(notes) == 5
    assert [note == IMITATION for note in notes] == [False] * 4 + [True]


def test_a_task_whose_success_changes_no_thing_has_none(make_spec):
    """Where the agent only has to be somewhere, and where nothing else opens a door."""
    for env in ("MiniGrid-Empty-5x5-v0", "MiniGrid-Unlock-v0"):
        with Player(make_spec(env, max_steps=100)) as player:
            assert list(imitations(player, range(9), 4)) == []


def test_a_simulator_without_a_backdrop_has_none(fake, experts, make_spec):
    """What changes is not known there, and nothing is tried."""
    fake.length = 3
    steady = "def act(simulator):\n    while True:\n        yield 1\n"
    with Player(make_spec(policy=experts(steady))) as player:
        assert player.shown(0)
        assert imitation(player, 0) is None
