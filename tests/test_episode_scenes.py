"""Scenes on disk: what is written is read, to the bit, and damage is said to be damage."""

from __future__ import annotations

import json
import lzma

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.episode import Episode, EpisodeStore, Scene, Still, read_store, write_store
from synth.episode.scene import still_id
from synth.errors import UsageError

FRAMES = np.arange(6 * 4 * 5 * 3, dtype=np.uint8).reshape(6, 4, 5, 3)


def episode(name: str, split, first: int) -> Episode:
    """One step, from one frame to the next."""
    return Episode(
        id=name,
        kind="expert",
        split=split,
        seed=first,
        policy="p",
        frame_index=np.array([first, first + 1], dtype=np.int32),
        actions=(1,),
        rewards=np.array([1.0]),
        success=np.array([False, True]),
        truth={},
    )


EPISODES = (episode("expert-0000", "visible", 0), episode("held-expert-0000", "held_out", 2))


def scene(number: int, *, split="visible", ahead=((0, 1, 2, 3),), flags=(False, True)) -> Scene:
    """A scene of the split's episode, with a still for each flag."""
    prefix = "" if split == "visible" else "held-"
    name = f"{prefix}scene-{number:04d}"
    stills = tuple(
        Still(still_id(name, k), FRAMES[(number + k) % 6], flag, {"on": flag, "x": True}, f"n{k}")
        for k, flag in enumerate(flags)
    )
    way = ("pickup",) * number
    return Scene(name, f"{prefix}expert-0000", split, way, FRAMES[number % 6], ahead, stills)


def small_store(scenes=None) -> EpisodeStore:
    """Two episodes; by default a visible scene with nothing known ahead, and a held-out one."""
    if scenes is None:
        scenes = (scene(0, ahead=None), scene(1, split="held_out"))
    return EpisodeStore(FRAMES, EPISODES, "digest", "Env-v0", scenes=tuple(scenes))


def content(scenes) -> list[object]:
    """All that tells scenes apart."""
    return [
        (
            *(one.id, one.base, one.split, one.way, one.ahead, one.backdrop.tobytes()),
            [(s.id, s.success, dict(s.truth), s.note, s.frame.tobytes()) for s in one.stills],
        )
        for one in scenes
    ]


boxes = st.tuples(*(st.integers(0, 9) for _ in range(4)))
scenes_of_any_kind = st.lists(
    st.builds(
        scene,
        st.integers(0, 20),
        split=st.sampled_from(["visible", "held_out"]),
        ahead=st.none() | st.lists(boxes, max_size=3).map(tuple),
        flags=st.lists(st.booleans(), min_size=1, max_size=5),
    ),
    max_size=5,
    unique_by=lambda one: one.id,
)


@given(scenes_of_any_kind)
def test_what_is_written_is_read(tmp_path_factory, scenes):
    """Any scenes come back as they were, and written again they are the same bytes."""
    folder = tmp_path_factory.mktemp("store")
    write_store(folder / "one", small_store(scenes))
    read = read_store(folder / "one")
    assert content(read.scenes) == content(scenes)
    write_store(folder / "two", read)
    for path in (folder / "one").iterdir():
        assert path.read_bytes() == (folder / "two" / path.name).read_bytes()


def test_pictures_of_each_split_lie_in_files_of_their_own(tmp_path):
    """A visible file holds visible pictures alone, each once."""
    write_store(tmp_path, small_store())
    with lzma.open(tmp_path / "scenes-visible.npy.xz") as stream:
        on_disk = np.lib.format.read_array(stream)
    assert np.array_equal(on_disk, FRAMES[[0, 1]])


def test_without_scenes_nothing_of_them_is_written(tmp_path):
    """Stores from before there were any keep their bytes, and old files do not stay behind."""
    write_store(tmp_path, small_store())
    write_store(tmp_path, small_store(scenes=()))
    assert not list(tmp_path.glob("scenes*"))
    assert "scenes" not in json.loads((tmp_path / "manifest.json").read_text())
    assert read_store(tmp_path).scenes == ()


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("scenes.jsonl", lambda old: old.replace(b'"stills":[0,1]', b'"stills":[0,9]')),
        ("scenes.jsonl", lambda old: old.replace(b'"backdrop":0', b'"backdrop":-1')),
        ("scenes.jsonl", lambda old: old.replace(b'"success":"01"', b'"success":"011"')),
        ("scenes.jsonl", lambda old: old.replace(b'"on":"01"', b'"on":"0"')),
        ("scenes.jsonl", lambda old: old.replace(b'"base":"expert', b'"base":"expect')),
        ("scenes.jsonl", lambda old: old.replace(b'"split":"held_out"', b'"split":"visible"')),
        ("scenes.jsonl", lambda old: old.replace(b'"stills":[0,1]', b'"stills":[]')),
        ("scenes.jsonl", lambda old: old.replace(b"[0,1,2,3]", b"[0,1,2]")),
        ("scenes.jsonl", lambda old: old[: old.index(b"\n") + 1]),
        ("scenes.jsonl", lambda old: old[:-5]),
        ("scenes.jsonl", lambda _: b"3\n"),
        ("scenes-visible.npy.xz", lambda _: b""),
        ("scenes-visible.npy.xz", lambda _: lzma.compress(b"not npy")),
    ],
)
def test_damage_is_said_to_be_damage(tmp_path, file, change):
    """Whatever is broken, the message names the folder and is never a traceback."""
    write_store(tmp_path, small_store())
    path = tmp_path / file
    before = path.read_bytes()
    path.write_bytes(change(before))
    assert path.read_bytes() != before
    with pytest.raises(UsageError, match="damaged"):
        read_store(tmp_path)


def test_pictures_of_another_size_are_damage(tmp_path):
    """A scene is drawn as its episodes are."""
    write_store(tmp_path, small_store())
    with lzma.open(tmp_path / "scenes-visible.npy.xz", "wb") as stream:
        np.lib.format.write_array(stream, np.zeros((2, 3, 3, 3), np.uint8))
    with pytest.raises(UsageError, match="damaged"):
        read_store(tmp_path)


def test_a_missing_file_is_named(tmp_path):
    """A store that lacks a file of its scenes is not read without them."""
    write_store(tmp_path, small_store())
    (tmp_path / "scenes-held_out.npy.xz").unlink()
    with pytest.raises(UsageError, match=r"scenes-held_out\.npy\.xz is missing"):
        read_store(tmp_path)
