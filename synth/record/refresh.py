"""Fresh episodes of a task: held-out ones, and visible ones that are shown but never kept.

A look at held-out episodes that ends badly tells whoever goes on from there one bit about
them. So the next look is at others: as many of each kind, from seeds that no earlier
generation had. The visible ones stay what they are. Fresh visible episodes serve to show how a
program fails where no recorded one does. Whether it is time is not decided here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from synth.envs.registry import why_no_simulator
from synth.episode import EpisodeStore
from synth.episode.frame_file import FrameFile, joined
from synth.errors import EnvironmentFault, SpecError
from synth.experts import demonstrated
from synth.record.player import Player
from synth.record.recorder import FramePool, roll_all
from synth.record.scenes import with_scenes
from synth.record.seeds import BLOCK, Seeds
from synth.record.variants import with_variants

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.episode import Split
    from synth.record.serving import OnProgress
    from synth.spec import Spec

__all__ = [
    "NEAR_MISS_SEEDS",
    "fresh_held_out",
    "fresh_unrecorded",
    "fresh_visible",
    "generation_seeds",
    "renewable",
    "with_held_out",
]

NEAR_MISS_SEEDS = 500
"""Seeds that one generation has for near misses, at least: not each seed allows one."""


def renewable(spec: Spec) -> bool:
    """Whether more episodes of a task can be made at all: of recordings there are no others."""
    return not why_no_simulator(spec) and demonstrated(spec) is None


def fresh_held_out(
    spec: Spec, store: EpisodeStore, generation: int, *, on_progress: OnProgress | None = None
) -> EpisodeStore:
    """A store with the visible part of `store` and held-out episodes of a generation.

    Pure given the spec: the same generation is the same episodes whenever it is recorded.

    Args:
        spec: What to record.
        store: Whose visible part stays; what was held out in it, finds included, is left out.
        generation: How often the held-out episodes were replaced then; 0 for the first ones.
        on_progress: Told of every episode, for a progress bar.

    Raises:
        ExpertFailed: The expert does not succeed.
        EnvironmentFault: The simulator is missing or misbehaves.
        SpecError: There are no seeds for so many generations.
    """
    seeds = generation_seeds(spec, generation)
    fresh = _recorded(spec, store, seeds, "held_out", on_progress, generation=generation)
    return with_held_out(store, fresh)


def fresh_visible(
    spec: Spec, store: EpisodeStore, batch: int, *, on_progress: OnProgress | None = None
) -> EpisodeStore:
    """Visible episodes that no recording holds, as many of each kind as are held out.

    They are called ``fresh-3-expert-0001`` and belong to no folder: a program is held against
    them, and what it fails is shown. Pure given the spec.

    Args:
        spec: What to record.
        store: The recorded episodes, for their format; none of them is in what is returned.
        batch: From 1; no two batches share a seed.
        on_progress: Told of every episode, for a progress bar.

    Raises:
        ExpertFailed: The expert does not succeed.
        EnvironmentFault: The simulator is missing or misbehaves.
        SpecError: There are no seeds for so many batches.
    """
    _require_renewable(spec)
    seeds, count = Seeds.of(spec), spec.held_out.episodes
    near = _near_miss_seeds(spec)
    most = max(spec.expert.episodes, spec.random.episodes)
    if max(most + batch * count, (batch + 1) * near) > BLOCK // 2:  # half of it is spare
        raise SpecError(
            f"fresh episodes were made {batch - 1} times, and there are no seeds for more.",
            file=f"specs/{spec.name}.toml",
            key="seed",
            remedy="Choose another seed, and record and run again.",
        )

    def after(block: Sequence[int]) -> range:
        stop = block[0] + len(block)
        return range(stop + (batch - 1) * count, stop + batch * count)

    seeds = replace(
        seeds,
        visible_expert=after(seeds.visible_expert),
        visible_random=after(seeds.visible_random),
        visible_near_miss=seeds.visible_near_miss[batch * near :],
    )
    return _recorded(spec, store, seeds, "visible", on_progress, prefix=f"fresh-{batch}-")


def fresh_unrecorded(
    spec: Spec, like: EpisodeStore, count: int, *, on_progress: OnProgress | None = None
) -> EpisodeStore:
    """Episodes from the block of seeds that nothing records, and no run is shown: for reports.

    They are called ``fresh-expert-0001``, have no perturbed pictures and no scenes, and belong to
    no folder. Pure given the spec.

    Args:
        spec: What to play.
        like: The recorded episodes, for their format.
        count: Experts, random episodes, and near misses where the spec has them, of each so many.
        on_progress: Told of every episode, for a progress bar.

    Raises:
        ExpertFailed: The expert does not succeed.
        EnvironmentFault: The simulator is missing or misbehaves.
        SpecError: There are no other episodes than the recorded ones.
    """
    _require_renewable(spec)
    seeds = Seeds.of(spec)
    seeds = replace(
        seeds,
        visible_expert=seeds.fresh[:count],
        visible_random=seeds.fresh[count : 2 * count],
        visible_near_miss=seeds.fresh[2 * count : BLOCK // 2],  # half of it is spare
    )
    if spec.near_miss is not None:
        fewer = spec.near_miss.model_copy(update={"episodes": count})
        spec = spec.model_copy(update={"near_miss": fewer})
    return _recorded(spec, like, seeds, "visible", on_progress, prefix="fresh-", bare=True)


def _recorded(
    spec: Spec,
    like: EpisodeStore,
    seeds: Seeds,
    split: Split,
    on_progress: OnProgress | None,
    *,
    generation: int = 0,
    prefix: str = "",
    bare: bool = False,
) -> EpisodeStore:
    """One split from other seeds, in a store of its own; `bare` without variants and scenes."""
    with Player(spec) as player, FrameFile() as file:
        family = player.family
        rolls = roll_all(player, seeds, {split: FramePool(file)}, on_progress=on_progress)
        episodes = tuple(replace(e, id=f"{prefix}{e.id}") for e in rolls)
        frames, untold = file.array(), player.untold.found
        fresh = EpisodeStore(
            frames,
            episodes,
            like.spec_digest,
            like.env,
            like.versions,
            generation=generation,
            untold=untold,
        )
        if not bare:
            fresh = with_scenes(player, fresh, prefix=prefix, on_progress=on_progress)
    if frames.shape[1:] != like.frames.shape[1:]:
        raise EnvironmentFault(
            f"specs/{spec.name}.toml: fresh frames are {frames.shape[1:]}, and the "
            f"recorded ones {like.frames.shape[1:]}. Run `synth record {spec.name} --force`."
        )
    return fresh if bare else with_variants(spec, fresh, family, on_progress=on_progress)


def generation_seeds(spec: Spec, generation: int) -> Seeds:
    """The seeds of a spec, those of held-out episodes moved on within their blocks.

    Raises:
        SpecError: A block has no seeds for so many generations.
    """
    seeds, count = Seeds.of(spec), spec.held_out.episodes
    if not generation:
        return seeds
    _require_renewable(spec)
    near = _near_miss_seeds(spec)
    if max(near, 2 * count) * (generation + 1) > BLOCK:  # half of it is spare
        raise SpecError(
            f"the held-out episodes were replaced {generation - 1} times, and there are no seeds "
            "for more.",
            file=f"specs/{spec.name}.toml",
            key="seed",
            remedy="Choose another seed, and record and run again.",
        )
    expert, random = seeds.held_out_expert[0], seeds.held_out_random.start
    block = seeds.held_out_near_miss
    return replace(
        seeds,
        held_out_expert=range(expert + generation * count, expert + (generation + 1) * count),
        held_out_random=range(random + generation * count, random + (generation + 1) * count),
        held_out_near_miss=block[generation * near :],
    )


def _require_renewable(spec: Spec) -> None:
    if not renewable(spec):
        raise SpecError(
            "what was recorded elsewhere is all there is, and no fresh episodes can be made of it.",
            file=f"specs/{spec.name}.toml",
            key="expert.policy",
        )


def _near_miss_seeds(spec: Spec) -> int:
    return max(NEAR_MISS_SEEDS, 2 * spec.near_miss.episodes) if spec.near_miss is not None else 0


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
