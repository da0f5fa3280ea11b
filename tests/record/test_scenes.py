"""Scenes: arrangements that no episode shows, with honest pictures of the agent elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from lamp_row import LAMP, BareRow, LampRow, LampRowFamily, lamp_spec

from synth.episode import EpisodeStore, frame_digest, write_store
from synth.record import Player, record
from synth.record.refresh import fresh_held_out
from synth.record.scenes import with_scenes
from synth.spec import NearMissSpec

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.episode import Scene
    from synth.spec import Spec

TILE = 8


def reachable(player: Player, seed: int) -> dict[bytes, bool]:
    """Every picture that some episode of a seed can show, and whether it can be a success."""
    simulator = player.simulator
    first = simulator.reset(seed)
    seen = {frame_digest(first.frame): False}
    states, layer = {simulator.state()}, [()]
    while layer:
        following = []
        for way in layer:
            for action in player.actions or ():
                simulator.reset(seed, draw=False)
                for earlier in way:
                    simulator.step(earlier, draw=False)
                step = simulator.step(action)
                digest = frame_digest(step.frame)
                seen[digest] = seen.get(digest, False) or step.success
                if not step.done and simulator.state() not in states:
                    states.add(simulator.state())
                    following.append((*way, action))
        layer = following
    return seen


@pytest.fixture(scope="module")
def spec(make_spec: Callable[..., Spec]) -> Spec:
    """DoorKey in its smallest size, two worlds of each split."""
    return make_spec(max_steps=60).model_copy(update={"near_miss": NearMissSpec(episodes=1)})


@pytest.fixture(scope="module")
def plain(spec: Spec) -> EpisodeStore:
    """Recorded without near misses, so without scenes."""
    return record(spec.model_copy(update={"near_miss": None}))


@pytest.fixture(scope="module")
def store(spec: Spec, plain: EpisodeStore) -> EpisodeStore:
    """The same with scenes."""
    with Player(spec) as player:
        return with_scenes(player, plain)


def sides(scene: Scene, colour: tuple[int, int, int], column: int) -> set[bool]:
    """On which sides of a column of tiles a colour is seen in the scene's pictures."""
    found: set[bool] = set()
    for still in scene.stills:
        at = np.nonzero((still.frame == colour).all(axis=-1))[1] // TILE
        found |= {bool(one > column) for one in at if one != column}
    return found


def test_what_somebody_could_do_to_a_door_and_a_key_is_shown(spec, store):
    """Taken, put down in both rooms, opened, shut again after use, the agent on either side."""
    with Player(spec) as player:
        for base in store.select(kind="expert", split="visible"):
            player.simulator.reset(base.seed, draw=False)
            cells = player.simulator.env.grid
            (wall,) = {
                x
                for x in range(5)
                for y in range(5)
                if getattr(cells.get(x, y), "type", "") == "door"
            }
            scenes = [scene for scene in store.scenes if scene.base == base.id]
            ways = {scene.way for scene in scenes}
            assert {(), ("pickup",), ("pickup", "toggle"), ("pickup", "toggle", "toggle")} <= ways
            down = [scene for scene in scenes if scene.way[-1:] == ("drop",)]
            yellow = set().union(*(sides(scene, (255, 255, 0), wall) for scene in down))
            assert yellow == {False, True}
            for scene in scenes:
                truth = [still.truth for still in scene.stills if not still.success]
                used = all(one["door_unlocked"] for one in truth)
                room = sides(scene, (255, 0, 0), wall)
                assert room == ({False, True} if used and len(room) > 1 else {False}) or used
                if scene.way == ("pickup", "toggle", "toggle"):
                    assert used
                    assert not any(one["door_open"] for one in truth)
                    assert room == {False, True}


def test_every_still_is_a_picture_that_an_episode_can_show(spec, store):
    """And where it is called no success, it can be none: nobody could tell it from one."""
    with Player(spec) as player:
        for base in store.select(kind="expert"):
            known = reachable(player, base.seed)
            for scene in (one for one in store.scenes if one.base == base.id):
                for still in scene.stills:
                    assert (
                        known[frame_digest(still.frame)] == still.success == still.truth["at_goal"]
                    )


def test_success_is_shown_from_every_side(make_spec):
    """The goal in Empty's corner is entered from the left and from above."""
    table = {"near_miss": NearMissSpec(episodes=1, scenes=1)}
    spec = make_spec("MiniGrid-Empty-5x5-v0").model_copy(update=table)
    for scene in record(spec).scenes:
        won = [still for still in scene.stills if still.success]
        assert len(won) == 2
        assert {still.note for still in won} == {"success by forward"}
        assert {frame_digest(still.frame) for still in scene.stills} > {
            frame_digest(still.frame) for still in won
        }


def test_what_is_ahead_is_what_the_expert_still_changes(store):
    """From the start the key's place and the door's; with the door open and the key away, none."""
    for scene in store.scenes:
        assert scene.ahead is not None  # in DoorKey everything can be mended
        initial = next(s.backdrop for s in store.scenes if s.base == scene.base and not s.way)
        if not scene.way:
            assert len(scene.ahead) == 2
            for top, left, bottom, right in scene.ahead:
                assert len(np.unique(initial[top:bottom, left:right].reshape(-1, 3), axis=0)) > 1
        if scene.way == ("pickup", "toggle"):
            assert scene.ahead == ()


def test_a_scene_shows_one_arrangement_in_different_pictures(store):
    """All its pictures are its backdrop with something small upon it, and no two are the same."""
    for scene in store.scenes:
        digests = [frame_digest(still.frame) for still in scene.stills]
        assert len(digests) == len(set(digests)) >= 2
        for still in scene.stills:
            rows, columns = np.nonzero((still.frame != scene.backdrop).any(axis=-1))
            assert np.ptp(rows) < TILE
            assert np.ptp(columns) < TILE


def test_the_same_spec_gives_the_same_scenes(spec, plain, store, tmp_path):
    """To the byte, whatever was played before; held-out pictures in a file of their own."""
    with Player(spec) as player:
        player.play(3, (2, 2, 0))
        again = with_scenes(player, plain)
    write_store(tmp_path / "one", store)
    write_store(tmp_path / "two", again)
    names = sorted(path.name for path in (tmp_path / "one").glob("scenes*"))
    assert names == ["scenes-held_out.npy.xz", "scenes-visible.npy.xz", "scenes.jsonl"]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_fresh_held_out_episodes_come_with_scenes_of_their_own(spec, store):
    """In the worlds of the fresh experts; the visible ones stay."""
    fresh = fresh_held_out(spec, store, 1)
    for split, same in (("visible", True), ("held_out", False)):
        old, new = (
            [frame_digest(s.backdrop) for s in one.scenes if s.split == split]
            for one in (store, fresh)
        )
        assert new
        assert (old == new) == same
    bases = {scene.base for scene in fresh.scenes if scene.split == "held_out"}
    assert bases <= {episode.id for episode in fresh.select(split="held_out")}


def test_no_more_scenes_than_asked_for_and_none_without_the_table(spec, plain):
    """``scenes`` counts for each split; 0 is none, and so is a spec without near misses."""
    for asked in (0, 3):
        table = NearMissSpec(episodes=1, scenes=asked)
        with Player(spec.model_copy(update={"near_miss": table})) as player:
            made = with_scenes(player, plain).scenes
        assert [sum(s.split == split for s in made) for split in ("visible", "held_out")] == [
            asked
        ] * 2
    with Player(spec.model_copy(update={"near_miss": None})) as player:
        assert with_scenes(player, plain) is plain


def serve(monkeypatch: pytest.MonkeyPatch, simulator: BareRow) -> None:
    """Every spec gets this simulator."""
    family = LampRowFamily(simulator)
    monkeypatch.setattr("synth.record.player.family_of", lambda _spec: family)


def test_any_family_with_the_abilities_has_scenes(monkeypatch):
    """A lamp lit, and smashed: that looks like put out, and can not be won any more."""
    serve(monkeypatch, LampRow())
    told: list[tuple[str, int, int]] = []
    store = record(lamp_spec(), on_progress=lambda *words: told.append(words))
    scenes = [scene for scene in store.scenes if scene.split == "visible"]
    assert {scene.way for scene in scenes} == {(), ("switch",), ("switch", "smash")}
    lamp = (0, 4 * LAMP + 1, 2, 4 * LAMP + 3)
    ahead = {(): (lamp,), ("switch",): (), ("switch", "smash"): None}
    for scene in scenes:
        assert scene.ahead == ahead[scene.way]
        assert any(still.success for still in scene.stills) == (scene.way == ("switch",))
        assert all(still.truth["lit"] == (scene.way == ("switch",)) for still in scene.stills)
    assert [words for words in told if words[0] == "scenes"][-1][1] == len(scenes)


def test_a_world_that_moves_by_itself_has_none(monkeypatch):
    """Nobody did what is seen there; the reason is told."""
    serve(monkeypatch, LampRow(restless=True))
    skips: list[tuple[str, int, str]] = []
    store = record(lamp_spec(), on_skip=lambda *words: skips.append(words))
    assert store.scenes == ()
    assert ("scenes", 0, "the world moves by itself") in skips


def test_a_family_without_the_abilities_has_none_and_nothing_is_said(monkeypatch, tmp_path):
    """Its episodes, and their bytes, are what they are where none are asked for."""
    skips: list[tuple[str, int, str]] = []
    for name, asked in (("without", 0), ("with", 40)):
        serve(monkeypatch, BareRow())
        store = record(lamp_spec(asked), on_skip=lambda *words: skips.append(words))
        write_store(tmp_path / name, replace(store, spec_digest="same"))
    assert "scenes" not in {what for what, *_ in skips}
    for path in (tmp_path / "without").iterdir():
        assert path.read_bytes() == (tmp_path / "with" / path.name).read_bytes()
    assert len(list((tmp_path / "with").iterdir())) == len(list((tmp_path / "without").iterdir()))
