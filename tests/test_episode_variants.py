"""Variants survive the disk beside their episodes, each split in files of its own."""

from __future__ import annotations

import json
import lzma

import numpy as np
import pytest

from synth.episode import Episode, EpisodeStore, Variant, read_store, write_store
from synth.errors import UsageError

RNG = np.random.default_rng(0)
BIG = RNG.integers(0, 256, (4, 4, 6, 3)).astype(np.uint8)
SMALL = RNG.integers(0, 256, (3, 2, 3, 3)).astype(np.uint8)
FILES = {
    "variants.jsonl",
    "variants-visible-4x6.npy.xz",
    "variants-visible-2x3.npy.xz",
    "variants-held_out-4x6.npy.xz",
}


def variant(base, name, index, frames):
    """A variant of an episode, whose id tells the split."""
    split = "held_out" if base.startswith("held") else "visible"
    return Variant(name, base, split, np.array(index, dtype=np.int32), frames)


def episode(name, index):
    """An episode of one action."""
    return Episode(
        id=name,
        kind="expert",
        split="held_out" if name.startswith("held") else "visible",
        seed=0,
        policy="p",
        frame_index=np.array(index, dtype=np.int32),
        actions=(2,),
        rewards=np.array([1.0]),
        success=np.array([False, True]),
        truth={},
    )


VARIANTS = (
    variant("expert-0000", "highlight = true", (3, 1), BIG),
    variant("expert-0000", "tile_size = 8", (2, 2), SMALL),
    variant("held-expert-0000", "highlight = true", (0, 3), BIG),
)


def small_store(variants=VARIANTS):
    """Two episodes, and three variants of two sizes."""
    frames = np.arange(4 * 2 * 2 * 3, dtype=np.uint8).reshape(4, 2, 2, 3)
    episodes = (episode("expert-0000", (0, 1)), episode("held-expert-0000", (2, 3)))
    return EpisodeStore(frames, episodes, "digest", "Env-v0", variants=variants)


def pictures(shown):
    """``uint8[T+1, H, W, 3]``."""
    return shown.frames[shown.frame_index]


def test_variants_come_back_with_their_frames(tmp_path):
    """Name, episode, split and every frame, whatever its size."""
    store = small_store()
    write_store(tmp_path, store)
    again = read_store(tmp_path)
    assert len(again.variants) == 3
    for one, two in zip(store.variants, again.variants, strict=True):
        assert (one.name, one.base, one.split) == (two.name, two.base, two.split)
        assert np.array_equal(pictures(one), pictures(two))
    found = again.variant("expert-0000", "tile_size = 8")
    assert pictures(found).shape == (2, 2, 3, 3)
    with pytest.raises(KeyError, match="tile_size = 9"):
        again.variant("expert-0000", "tile_size = 9")


def test_writing_what_was_read_gives_the_same_bytes(tmp_path):
    """Digests of the files mean something, however the frames were shared in memory."""
    write_store(tmp_path / "one", small_store())
    write_store(tmp_path / "two", read_store(tmp_path / "one"))
    assert {p.name for p in (tmp_path / "one").glob("variants*")} == FILES
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_held_out_pictures_lie_in_files_of_their_own(tmp_path):
    """A visible file holds the pictures of visible variants, and no other."""
    write_store(tmp_path, small_store())
    with lzma.open(tmp_path / "variants-visible-4x6.npy.xz") as stream:
        on_disk = np.lib.format.read_array(stream)
    assert np.array_equal(on_disk, BIG[[3, 1]])


def test_without_variants_nothing_of_them_is_written(tmp_path):
    """Stores from before there were any keep their bytes, and old files do not stay behind."""
    write_store(tmp_path, small_store())
    write_store(tmp_path, small_store(variants=()))
    assert not list(tmp_path.glob("variants*"))
    assert "variants" not in json.loads((tmp_path / "manifest.json").read_text())
    assert read_store(tmp_path).variants == ()


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("variants.jsonl", lambda old: old.replace(b"[1,2]", b"[1,9]").replace(b"[0,1]", b"[0,9]")),
        ("variants.jsonl", lambda old: old.replace(b"[0,1]", b"[0]")),
        ("variants.jsonl", lambda old: old.replace(b'"base":"expert', b'"base":"expect')),
        ("variants.jsonl", lambda old: old.replace(b'"split":"held_out"', b'"split":"visible"')),
        ("variants.jsonl", lambda old: old[: old.index(b"\n") + 1]),
        ("variants.jsonl", lambda old: old[:-5]),
        ("variants.jsonl", lambda _: b"3\n"),
        ("variants-visible-2x3.npy.xz", lambda _: b""),
        ("variants-visible-2x3.npy.xz", lambda _: lzma.compress(b"not npy")),
        ("manifest.json", lambda old: old.replace(b'"held_out": 1\n  }\n}', b'"held_out": 2}}')),
    ],
)
def test_damage_is_said_to_be_damage(tmp_path, file, change):
    """Whatever is broken, the message names the folder and is never a traceback."""
    write_store(tmp_path, small_store())
    path = tmp_path / file
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(UsageError, match="damaged"):
        read_store(tmp_path)


def test_a_missing_file_is_named(tmp_path):
    """A store that lacks a file of its variants is not read without them."""
    write_store(tmp_path, small_store())
    (tmp_path / "variants-held_out-4x6.npy.xz").unlink()
    with pytest.raises(UsageError, match=r"variants-held_out-4x6\.npy\.xz is missing"):
        read_store(tmp_path)
