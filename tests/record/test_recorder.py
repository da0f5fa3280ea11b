"""A whole recording: splits, ids, distinct frames, repeatability."""

from __future__ import annotations

import numpy as np
import pytest

from synth.episode import frame_digest
from synth.errors import EnvironmentFault, ExpertFailed
from synth.record import Seeds, episode_count, record, roll_expert
from synth.spec import NearMissSpec

STEADY = "def act(simulator):\n    while True:\n        yield 1\n"


def test_four_kinds_of_episodes_come_in_order(make_spec):
    """Visible before held-out, expert before random, numbered from zero."""
    store = record(make_spec())
    assert [e.id for e in store.episodes] == [
        *("expert-0000", "expert-0001", "random-0000", "random-0001"),
        *("held-expert-0000", "held-expert-0001", "held-random-0000", "held-random-0001"),
    ]
    assert all(
        e.split == ("held_out" if e.id.startswith("held") else "visible") for e in store.episodes
    )
    assert all(e.kind in e.id for e in store.episodes)


def test_episodes_have_the_seeds_of_their_block(make_spec):
    """What is recorded follows the documented scheme."""
    spec = make_spec(seed=11)
    store = record(spec)
    seeds = Seeds.of(spec)
    held = store.select(split="held_out")
    assert [e.seed for e in store.select(kind="expert", split="visible")] == list(
        seeds.visible_expert
    )
    assert [e.seed for e in store.select(kind="random", split="visible")] == list(
        seeds.visible_random
    )
    assert [e.seed for e in held if e.kind == "expert"] == list(seeds.held_out_expert)
    assert [e.seed for e in held if e.kind == "random"] == list(seeds.held_out_random)


def test_experts_end_in_success_and_random_ones_at_success_or_the_limit(make_spec):
    """No episode goes on after it is decided."""
    spec = make_spec()
    for e in record(spec).episodes:
        assert not e.success[:-1].any()
        assert e.success[-1] or (e.kind == "random" and len(e) == spec.max_steps)


def test_each_split_keeps_each_distinct_frame_once(make_spec):
    """No picture is stored twice within a split, and no split uses the other's."""
    store = record(make_spec("MiniGrid-Empty-5x5-v0"))
    used = {
        split: {int(i) for e in store.select(split=split) for i in e.frame_index}
        for split in ("visible", "held_out")
    }
    assert not used["visible"] & used["held_out"]
    assert used["visible"] | used["held_out"] == set(range(len(store.frames)))
    for indices in used.values():
        assert len({frame_digest(store.frames[i]) for i in indices}) == len(indices)


def test_a_store_gives_back_the_frames_that_were_rendered(make_spec):
    """The pool loses nothing: the first frame of each episode is the environment's."""
    spec = make_spec()
    store = record(spec)
    for e in store.select(kind="expert"):
        assert np.array_equal(store.frames_of(e), roll_expert(spec, e.seed).frames)


def test_a_store_cannot_be_written_into(make_spec):
    """Frames are shared by all readers, so they are read-only."""
    with pytest.raises(ValueError, match="read-only"):
        record(make_spec()).frames[0] = 0


def test_the_callback_hears_of_every_episode_by_phase(make_spec):
    """A progress bar counts each phase to its total."""
    spec = make_spec().model_copy(update={"near_miss": NearMissSpec(episodes=3, scenes=2)})
    heard = []
    record(spec, on_progress=lambda *told: heard.append(told))
    scenes = [("scenes", 2, 2), ("held-out scenes", 2, 2)]
    assert len(heard) == episode_count(spec) + len(scenes) == 16
    phases = [f"{split}{kind}" for split in ("", "held-out ") for kind in ("experts", "random")]
    expected = [(phase, k, 2) for phase in phases for k in (1, 2)]
    expected += [(f"{split}near misses", k, 3) for split in ("", "held-out ") for k in (1, 2, 3)]
    assert heard == expected + scenes


def test_the_store_says_what_made_it(make_spec):
    """Environment, versions and the spec's digest are recorded."""
    spec = make_spec()
    store = record(spec)
    assert (store.env, store.spec_digest) == (spec.env, spec.episode_digest())
    assert {"minigrid", "gymnasium"} <= store.versions.keys()


@pytest.mark.parametrize("odd_seed", [1, 20_000])
def test_episodes_of_two_sizes_are_the_environments_fault(fake, experts, make_spec, odd_seed):
    """All frames of a task have one shape, across episodes and across splits."""
    fake.side = lambda seed, _t: 5 if seed >= odd_seed else 4
    with pytest.raises(EnvironmentFault, match="one size"):
        record(make_spec(policy=experts(STEADY)))


def test_an_expert_that_fails_stops_the_recording(fake, experts, make_spec):
    """There is nothing to learn from, so nothing is recorded, and the simulator is closed."""
    with pytest.raises(ExpertFailed, match="seed 0 after 1 of 30 steps"):
        record(make_spec(policy=experts("def act(simulator):\n    yield 0\n")))
    assert fake.closed
