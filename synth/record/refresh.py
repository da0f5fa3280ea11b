"""Fresh held-out episodes, for when the old ones have been looked at.

A look at held-out episodes that ends badly tells whoever goes on from there one bit about
them. So the next look is at others: as many of each kind, from seeds that no earlier
generation had. The visible ones stay what they are. Whether it is time is not decided here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from synth.episode import EpisodeStore
from synth.episode.frame_file import FrameFile, joined
from synth.errors import EnvironmentFault, SpecError
from synth.record.player import Player
from synth.record.recorder import FramePool, roll_all
from synth.record.scenes import with_scenes
from synth.record.seeds import BLOCK, Seeds
from synth.record.variants import with_variants

if TYPE_CHECKING:
    from synth.spec import Spec

__all__ = ["NEAR_MISS_SEEDS", "fresh_held_out", "generation_seeds", "with_held_out"]

NEAR_MISS_SEEDS = 500
"""Seeds that one generation has for near misses, at least: not each seed allows one."""


def fresh_held_out(spec: Spec, store: EpisodeStore, generation: int) -> EpisodeStore:
    """A store with the visible part of `store` and held-out episodes of a generation.

    Pure given the spec: the same generation is the same episodes whenever it is recorded.

    Args:
        spec: What to record.
        store: Whose visible part stays; what was held out in it, finds included, is left out.
        generation: How often the held-out episodes were replaced then; 0 for the first ones.

    Raises:
        ExpertFailed: The expert does not succeed.
        EnvironmentFault: The simulator is missing or misbehaves.
        SpecError: There are no seeds for so many generations.
    """
    seeds = generation_seeds(spec, generation)
    with Player(spec) as player, FrameFile() as file:
        family = player.family
        episodes = tuple(roll_all(player, seeds, {"held_out": FramePool(file)}))
        frames, untold = file.array(), player.untold.found
        fresh = EpisodeStore(
            frames,
            episodes,
            store.spec_digest,
            store.env,
            store.versions,
            generation=generation,
            untold=untold,
        )
        fresh = with_scenes(player, fresh)
    if frames.shape[1:] != store.frames.shape[1:]:
        raise EnvironmentFault(
            f"specs/{spec.name}.toml: fresh held-out frames are {frames.shape[1:]}, and the "
            f"recorded ones {store.frames.shape[1:]}. Run `synth record {spec.name} --force`."
        )
    return with_held_out(store, with_variants(spec, fresh, family))


def generation_seeds(spec: Spec, generation: int) -> Seeds:
    """The seeds of a spec, those of held-out episodes moved on within their blocks.

    Raises:
        SpecError: A block has no seeds for so many generations.
    """
    seeds, count = Seeds.of(spec), spec.held_out.episodes
    near = max(NEAR_MISS_SEEDS, 2 * spec.near_miss.episodes) if spec.near_miss is not None else 0
    if max(near, 2 * count) * (generation + 1) > BLOCK and generation:  # half of it is spare
        raise SpecError(
            f"the held-out episodes were replaced {generation - 1} times, and there are no seeds "
            "for more.",
            file=f"specs/{spec.name}.toml",
            key="seed",
            remedy="Choose another seed, and record and run again.",
        )
    expert, random = seeds.held_out_expert.start, seeds.held_out_random.start
    block = seeds.held_out_near_miss
    return replace(
        seeds,
        held_out_expert=range(expert + generation * count, expert + (generation + 1) * count),
        held_out_random=range(random + generation * count, random + (generation + 1) * count),
        held_out_near_miss=block[generation * near :],
    )


def with_held_out(store: EpisodeStore, other: EpisodeStore) -> EpisodeStore:
    """The visible part of one store with the held-out part, and generation, of another."""
    visible, held_out = store.select(split="visible"), other.select(split="held_out")
    shift = len(store.frames)
    frames = joined([store.frames, other.frames])
    moved = (replace(e, frame_index=e.frame_index + np.int32(shift)) for e in held_out)
    return replace(
        store,
        frames=frames,
        episodes=(*visible, *moved),
        variants=(
            *(v for v in store.variants if v.split == "visible"),
            *(v for v in other.variants if v.split == "held_out"),
        ),
        scenes=(
            *(s for s in store.scenes if s.split == "visible"),
            *(s for s in other.scenes if s.split == "held_out"),
        ),
        generation=other.generation,
        untold=store.untold or other.untold,
    )
