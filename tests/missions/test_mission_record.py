"""Missions are recorded with their episodes, and given again when these are replayed."""

from __future__ import annotations

import json

import numpy as np
import pytest
from token_row import BareTokens, TokenRow, fetch, token_spec

from synth.episode import read_store, write_store
from synth.errors import EnvironmentFault, ExpertFailed, UsageError
from synth.record.player import Player
from synth.record.recorder import record
from synth.record.rollout import rollout


def mistaken(store):
    """The right deeds for other missions."""
    return [e for e in store.episodes if e.fulfils is not None]


def test_every_episode_has_its_mission(store):
    """Both splits and all kinds have words, and not always the same."""
    assert {type(e.mission) for e in store.episodes} == {str}
    assert len({e.mission for e in store.select(kind="expert")}) > 1


def test_without_the_table_nothing_is_said_of_missions(row, tmp_path):
    """A world that tells missions is recorded as ever where the spec does not ask for them."""
    made = record(token_spec(missions=False))
    assert {e.mission for e in made.episodes} == {None}
    assert not mistaken(made)
    write_store(tmp_path, made)
    assert '"mission"' not in (tmp_path / "episodes.jsonl").read_text()


def test_missions_survive_the_disk(store, tmp_path):
    """What is read is what was written, and is written again to the same bytes."""
    write_store(tmp_path / "a", store)
    again = read_store(tmp_path / "a")
    assert [e.mission for e in again.episodes] == [e.mission for e in store.episodes]
    write_store(tmp_path / "b", again)
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (None, "expert-0003.*has none"),
        (7, "line 4: mission: .* valid string"),
        (" ", "expert-0003.*no words"),
    ],
)
def test_a_damaged_mission_is_refused_by_name(store, tmp_path, words, problem):
    """A mission that is missing, blank or no text names its episode, or its line."""
    write_store(tmp_path, store)
    path = tmp_path / "episodes.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    lines[3]["mission"] = words
    if words is None:
        del lines[3]["mission"]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.raises(UsageError, match=problem):
        read_store(tmp_path)


def test_the_right_deed_for_another_mission_is_none(store):
    """In one near miss of four the actions fulfil another mission, and nothing is granted."""
    for split in ("visible", "held_out"):
        assert sum(e.split == split for e in mistaken(store)) == 2
    for episode in mistaken(store):
        assert not episode.success.any()
        assert episode.fulfils != episode.mission
        rolled = rollout(TokenRow(), fetch, episode.seed, 20, missioned=True)
        assert (rolled.mission, rolled.actions) == (episode.fulfils, episode.actions)
        assert rolled.success[-1]
        assert np.array_equal(rolled.frames, store.frames_of(episode))


def test_a_near_miss_of_missions_needs_the_ability(row):
    """A world that cannot be told another mission has no such near misses."""
    row.simulator = BareTokens()
    assert not mistaken(record(token_spec("[labels]\n")))


def test_an_episode_is_replayed_with_its_own_mission(store, row):
    """Whoever plays a stored episode again, with the mission it has, gets the same."""
    with Player(token_spec()) as player:
        for episode in store.episodes:
            rolled = player.play(episode.seed, episode.actions, mission=episode.mission)
            assert rolled.mission == episode.mission
            assert np.array_equal(rolled.success, episode.success)


def test_a_mission_that_cannot_be_given_is_said(row):
    """The message has both missions."""
    row.simulator = BareTokens()
    with Player(token_spec()) as player, pytest.raises(EnvironmentFault, match="cannot be given"):
        player.play(0, (0,), mission="take the moon")


def test_an_episode_has_one_mission(row):
    """A world that changes its words within an episode is refused."""
    row.simulator.fickle = True
    with Player(token_spec()) as player, pytest.raises(EnvironmentFault, match="please"):
        player.play(0, (0, 0))


def test_a_spec_with_missions_needs_a_family_that_tells_them(row):
    """Else the error says which table to remove."""
    row.simulator = type("Plain", (), {"close": lambda _: None})()
    with pytest.raises(EnvironmentFault, match="tells no missions"):
        Player(token_spec())


def test_a_changed_scene_must_leave_the_words_their_meaning(row):
    """Where the wanted token is gone, or there twice, the episode is not played."""

    def double(env):
        env.tokens = dict.fromkeys(env.tokens, "red")

    with Player(token_spec()) as player, pytest.raises(ExpertFailed, match="does not fit"):
        player.play_policy(0, fetch, alter=double)


def test_pictures_are_told_apart_by_mission_too(store, row):
    """The same picture under two missions is a success in one, and aliased in neither."""
    with Player(token_spec()) as player:
        for episode in mistaken(store):
            rolled = player.play(episode.seed, episode.actions, mission=episode.mission)
            assert not player.is_aliased(rolled, len(rolled))
        assert player.untold.found is None
