"""Fresh held-out episodes: other seeds, the same visible part, the same bytes each time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from synth.episode import read_store, write_store
from synth.errors import EnvironmentFault, SpecError
from synth.record import Seeds, record
from synth.record.refresh import (
    fresh_held_out,
    fresh_visible,
    generation_seeds,
    with_held_out,
)
from synth.spec import MetamorphicSpec, NearMissSpec

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from synth.episode import EpisodeStore
    from synth.spec import Spec


@pytest.fixture(scope="module")
def spec(make_spec: Callable[..., Spec]) -> Spec:
    """A few episodes of every kind, and changed pictures of some."""
    tables = {
        "near_miss": NearMissSpec(episodes=3, scenes=6),
        "metamorphic": MetamorphicSpec(episodes=1, render=[{"tile_size": 9}]),
    }
    return make_spec(max_steps=60).model_copy(update=tables)


@pytest.fixture(scope="module")
def store(spec: Spec) -> EpisodeStore:
    """As first recorded."""
    return record(spec)


def content(store: EpisodeStore, split: str) -> list[object]:
    """All that tells episodes of a split apart, frames by content."""
    episodes = [
        (e.id, e.kind, e.seed, e.note, e.scene_events, store.frames_of(e).tobytes())
        for e in store.select(split=split)
    ]
    variants = [
        (v.name, v.base, v.frames[v.frame_index].tobytes())
        for v in store.variants
        if v.split == split
    ]
    return [*episodes, *variants]


def test_the_visible_part_stays_what_it_is(spec: Spec, store: EpisodeStore) -> None:
    """Frames, notes and changed pictures of the visible split are untouched."""
    fresh = fresh_held_out(spec, store, 1)
    assert content(fresh, "visible") == content(store, "visible")
    assert fresh.generation == 1


def test_the_held_out_part_is_of_seeds_that_no_generation_shares(
    spec: Spec, store: EpisodeStore
) -> None:
    """As many of each kind, with the same ids, from seeds of the same blocks."""
    seen = {e.seed for e in store.select(split="held_out")}
    for generation in (1, 2):
        fresh = fresh_held_out(spec, store, generation).select(split="held_out")
        assert [(e.id, e.kind) for e in fresh] == [
            (e.id, e.kind) for e in store.select(split="held_out")
        ]
        seeds = {e.seed for e in fresh}
        assert not seeds & seen
        assert {seed // 10_000 for seed in seeds} == {2, 3, 6}
        seen |= seeds


def test_the_first_generation_is_what_was_recorded(spec: Spec, store: EpisodeStore) -> None:
    """Recorded again it is the same, to the last pixel: so it can be gone back to."""
    again = fresh_held_out(spec, fresh_held_out(spec, store, 1), 0)
    assert content(again, "held_out") == content(store, "held_out")
    assert again.generation == 0


def test_a_fresh_store_is_written_and_read_like_any_other(
    spec: Spec, store: EpisodeStore, tmp_path: Path
) -> None:
    """The generation is kept, and the frames of the old episodes are not."""
    fresh = fresh_held_out(spec, store, 1)
    write_store(tmp_path, fresh)
    read = read_store(tmp_path)
    assert read.generation == 1
    assert len(read.frames) < len(fresh.frames)
    for split in ("visible", "held_out"):
        assert content(read, split) == content(fresh, split)


def test_held_out_finds_do_not_outlive_their_generation(store: EpisodeStore) -> None:
    """They have been looked at like the rest."""
    found = replace(store.select(split="held_out")[0], id="held-found-0000", kind="found")
    more = replace(store, episodes=(*store.episodes, found))
    assert with_held_out(more, store).select(kind="found") == ()
    visible = replace(found, id="found-0000", split="visible")
    kept = with_held_out(replace(store, episodes=(*store.episodes, visible)), store)
    assert [e.id for e in kept.select(kind="found")] == ["found-0000"]


def test_seeds_that_run_out_are_said_with_the_key_to_change(spec: Spec) -> None:
    """No generation may reach into another block."""
    assert generation_seeds(spec, 0) == Seeds.of(spec)
    assert generation_seeds(spec, 19).held_out_near_miss.start == 69_500
    with pytest.raises(SpecError, match=r"no seeds for more\. Choose another seed"):
        generation_seeds(spec, 20)


def test_fresh_visible_episodes_share_no_seed_with_any_other(
    spec: Spec, store: EpisodeStore
) -> None:
    """Of every kind, with changed pictures, visible by seed and name; none of them is recorded."""
    seen = {e.seed for e in store.episodes}
    for batch in (1, 2):
        fresh = fresh_visible(spec, store, batch)
        assert {e.kind for e in fresh.episodes} == {"expert", "random", "near_miss"}
        assert all(e.id.startswith(f"fresh-{batch}-") for e in fresh.episodes)
        assert {e.split for e in fresh.episodes} == {"visible"}
        assert fresh.variants
        seeds = {e.seed for e in fresh.episodes}
        assert not seeds & seen
        assert {seed // 10_000 for seed in seeds} == {0, 1, 5}
        seen |= seeds
    assert content(fresh_visible(spec, store, 2), "visible") == content(fresh, "visible")
    with pytest.raises(SpecError, match=r"no seeds for more\. Choose another seed"):
        fresh_visible(spec, store, 10)


def test_a_simulator_that_is_missing_is_an_environment_fault(
    spec: Spec, store: EpisodeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message is the family's own."""

    def missing(_: Spec) -> None:
        raise EnvironmentFault("minigrid is not installed.")

    monkeypatch.setattr("synth.record.player.family_of", missing)
    with pytest.raises(EnvironmentFault, match="not installed"):
        fresh_held_out(spec, store, 1)


def test_frames_of_another_size_are_refused(spec: Spec, store: EpisodeStore) -> None:
    """A store of another rendering is not mixed with this one."""
    small = replace(store, frames=np.ascontiguousarray(store.frames[:, :8, :8]))
    with pytest.raises(EnvironmentFault, match="Run `synth record task --force`"):
        fresh_held_out(spec, small, 1)
