"""Episodes survive the disk, whole and to the byte."""

from __future__ import annotations

import json
import lzma

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from synth.episode import (
    SPLITS,
    Episode,
    EpisodeStore,
    frame_digest,
    read_store,
    write_store,
)
from synth.errors import StaleEpisodes, UsageError
from synth.spec import parse_spec

json_values = st.one_of(
    st.integers(-5, 5),
    st.floats(allow_nan=False, allow_infinity=False),
    st.lists(st.integers(0, 3), max_size=2),
)


@st.composite
def stores(draw):
    """A store of up to four episodes over up to six tiny frames."""
    count = draw(st.integers(1, 6))
    frames = draw(hnp.arrays(np.uint8, (count, 2, 3, 3)))
    names = draw(st.lists(st.sampled_from(["carrying_key", "door_open"]), unique=True))
    episodes = []
    for number in range(draw(st.integers(1, 4))):
        length = draw(st.integers(0, 5))
        bits = st.lists(st.booleans(), min_size=length + 1, max_size=length + 1)
        index = st.lists(st.integers(0, count - 1), min_size=length + 1, max_size=length + 1)
        rewards = st.lists(
            st.floats(allow_nan=False, allow_infinity=False), min_size=length, max_size=length
        )
        episodes.append(
            Episode(
                id=f"episode-{number:04d}",
                kind=draw(st.sampled_from(["expert", "random", "near_miss", "found"])),
                split=draw(st.sampled_from(SPLITS)),
                seed=draw(st.integers(0, 2**32)),
                policy=draw(st.text(max_size=5)),
                frame_index=np.array(draw(index), dtype=np.int32),
                actions=tuple(draw(json_values) for _ in range(length)),
                rewards=np.array(draw(rewards), dtype=np.float64),
                success=np.array(draw(bits), dtype=np.bool_),
                truth={name: np.array(draw(bits), dtype=np.bool_) for name in names},
                note=draw(st.text(max_size=5)),
            )
        )
    return EpisodeStore(frames, tuple(episodes), "digest", "Env-v0", {"numpy": "2"})


def assert_same_episode(one, two, store_one, store_two):
    """Everything but the frames' numbering agrees."""
    for name in ("id", "kind", "split", "seed", "policy", "note", "actions"):
        assert getattr(one, name) == getattr(two, name)
    assert np.array_equal(one.rewards, two.rewards)
    assert np.array_equal(one.success, two.success)
    assert one.truth.keys() == two.truth.keys()
    assert all(np.array_equal(one.truth[k], two.truth[k]) for k in one.truth)
    assert np.array_equal(store_one.frames_of(one), store_two.frames_of(two))
    assert np.array_equal(store_one.initial_of(one), store_two.initial_of(two))


@settings(deadline=None)
@given(store=stores())
def test_what_is_written_is_what_is_read(tmp_path_factory, store):
    """Every store comes back with its episodes, frames, truth and provenance."""
    folder = tmp_path_factory.mktemp("store")
    write_store(folder, store)
    again = read_store(folder)
    assert (again.spec_digest, again.env, again.versions) == ("digest", "Env-v0", {"numpy": "2"})
    assert len(again.episodes) == len(store.episodes)
    for one, two in zip(store.episodes, again.episodes, strict=True):
        assert_same_episode(one, two, store, again)


@settings(deadline=None)
@given(store=stores())
def test_writing_what_was_read_gives_the_same_bytes(tmp_path_factory, store):
    """The format has one spelling for each store, so digests of its files mean something."""
    first, second = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    write_store(first, store)
    write_store(second, read_store(first))
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes(), path.name


@settings(deadline=None)
@given(store=stores())
def test_held_out_frames_lie_in_their_own_file(tmp_path_factory, store):
    """The visible file holds no frame that only held-out episodes use."""
    folder = tmp_path_factory.mktemp("store")
    write_store(folder, store)
    with lzma.open(folder / "visible.npy.xz") as stream:
        on_disk = {frame_digest(f) for f in np.lib.format.read_array(stream)}
    used = {frame_digest(f) for e in store.select(split="visible") for f in store.frames_of(e)}
    assert on_disk == used


def small_store(**changes):
    """One visible episode of one action."""
    episode = Episode(
        id="expert-0000",
        kind="expert",
        split="visible",
        seed=0,
        policy="p",
        frame_index=np.array([0, 1], dtype=np.int32),
        actions=(2,),
        rewards=np.array([1.0]),
        success=np.array([False, True]),
        truth={},
    )
    frames = np.arange(2 * 2 * 2 * 3, dtype=np.uint8).reshape(2, 2, 2, 3)
    return EpisodeStore(frames, (episode,), **{"spec_digest": "d", "env": "E-v0", **changes})


def test_episodes_are_found_by_id_kind_and_split():
    """Selections keep the order, and an unknown id is a KeyError."""
    store = small_store()
    assert store["expert-0000"].seed == 0
    assert len(store.select(kind="expert", split="visible")) == 1
    assert store.select(split="held_out") == store.select(kind="random") == ()
    with pytest.raises(KeyError, match="random-0000"):
        store["random-0000"]


def test_the_manifest_counts_what_is_there(tmp_path):
    """A person sees counts and versions without opening the frames."""
    write_store(tmp_path, small_store(versions={"b": "2", "a": "1"}))
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["episodes"] == {"visible": {"expert": 1}, "held_out": {"expert": 0}}
    assert manifest["frames"] == {"visible": 2, "held_out": 0}
    assert list(manifest["versions"]) == ["a", "b"]


def test_frames_that_were_read_cannot_be_written_into(tmp_path):
    """All readers share them."""
    write_store(tmp_path, small_store())
    with pytest.raises(ValueError, match="read-only"):
        read_store(tmp_path).frames[0] = 0


def test_equal_frames_have_equal_digests_and_shapes_count():
    """Content and shape both decide."""
    frame = np.zeros((2, 3, 3), np.uint8)
    assert frame_digest(frame) == frame_digest(frame.copy())
    assert frame_digest(frame) == frame_digest(np.zeros((3, 2, 3), np.uint8).transpose(1, 0, 2))
    assert frame_digest(frame) != frame_digest(frame.reshape(3, 2, 3))


def packed(header: bytes) -> bytes:
    """A packed stack with such a header and no frames."""
    return lzma.compress(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)


def changed(lines: bytes, change: dict[str, object]) -> bytes:
    """The same lines, with the first one's values changed."""
    first, rest = lines.split(b"\n", 1)
    return json.dumps({**json.loads(first), **change}).encode() + b"\n" + rest


def test_an_empty_folder_says_how_to_record(tmp_path):
    """The message names the folder, the file that is missing and the command."""
    with pytest.raises(UsageError, match=r"no episodes here .*manifest\.json.*synth record"):
        read_store(tmp_path)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("manifest.json", b"{"),
        ("manifest.json", b"[]"),
        ("manifest.json", b'{"format": 1}'),
        ("episodes.jsonl", b'{"id": "x"}\n'),
        ("episodes.jsonl", b"\xff\n"),
        ("episodes.jsonl", b"3\n"),
        ("episodes.jsonl", lambda old: old.replace(b"[0,1]", b"[0,7]")),
        ("episodes.jsonl", lambda old: old.replace(b"[0,1]", b"[0]")),
        *(
            ("episodes.jsonl", lambda old, change=change: changed(old, change))
            for change in (
                {"rewards": 5},
                {"rewards": {"0": "x"}},
                {"rewards": {"-1": 1.0}},
                {"rewards": {"99": 1.0}},
                {"truth": []},
                {"truth": {"key": None}},
                {"success": {}},
                {"success": "0x"},
                {"judged": 7},
                {"frames": [float("inf")]},
                {"frames": [-1, 0]},
                {"frames": [1 << 40, 0]},
                {"id": 5},
                {"id": ""},
                {"note": None},
                {"policy": None},
                {"seed": "x"},
                {"seed": 1 << 80},
                {"kind": []},
                {"kind": "expart"},
                {"split": "hidden"},
                {"mission": 5},
                {"actions": None},
                {"changes": [[None, 0, 0, 1, 1, True, False]]},
                {"changes": [[0, 0, 0, 1]]},
            )
        ),
        ("manifest.json", lambda old: old.replace(b'"versions": {', b'"versions": {"x": 5, ')),
        ("manifest.json", lambda old: old.replace(b"{", b'{"generation": "x",', 1)),
        ("manifest.json", lambda old: old.replace(b"{", b'{"untold": [1],', 1)),
        ("manifest.json", lambda old: old.replace(b"{", b'{"variants": 3,', 1)),
        ("visible.npy.xz", b""),
        ("visible.npy.xz", b"not xz"),
        ("held_out.npy.xz", lzma.compress(b"not npy")),
        *(
            ("visible.npy.xz", packed(header))
            for header in (
                b"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 4, 6, 3), }",
                b"{'descr': '|u1', 'fortran_order': False, 'shape': (-2, 4, 6, 3), }",
                b"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 0, 6, 3), }",
                b"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 4, 6, 4), }",
                b"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 4000000, 4000000, 3), }",
                b"{'descr': '|u1', 'fortran_order': False, 'shape': 7, }",
                b"{'descr': '|O', 'fortran_order': False, 'shape': (2, 4, 6, 3), }",
                b"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 4, 6, 3",
                b"{'descr': " + b"(" * 300,
                b"'''",
                b"\xff" * 30,
            )
        ),
    ],
)
def test_damage_is_said_to_be_damage(tmp_path, file, content):
    """Whatever file is broken, the message names the folder and never is a traceback."""
    write_store(tmp_path, small_store())
    path = tmp_path / file
    path.write_bytes(content(path.read_bytes()) if callable(content) else content)
    with pytest.raises(UsageError, match="damaged"):
        read_store(tmp_path)


def test_a_newer_format_is_told_apart_from_damage(tmp_path):
    """Episodes of another synth are not called broken."""
    write_store(tmp_path, small_store())
    path = tmp_path / "manifest.json"
    path.write_text(path.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(UsageError, match="episode format 2 is not the one"):
        read_store(tmp_path)


def test_episodes_of_another_spec_are_stale():
    """The message names the spec and the way out; a fitting spec passes."""
    text = 'env = "E-v0"\n[expert]\npolicy = "a:b"\n'
    spec = parse_spec(text, name="task")
    small_store(spec_digest=spec.episode_digest()).require_fit(spec)
    with pytest.raises(StaleEpisodes, match=r"specs/task\.toml.*synth record task --force"):
        small_store().require_fit(spec)
