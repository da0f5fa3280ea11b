"""A spec to an `EpisodeStore`: visible and held-out episodes of expert and random policy.

Pure given the spec: the same spec and package versions give the same store, byte for
byte once written. In random episodes and near misses, pictures that cannot be told from success
(`synth.record.aliasing`) are not judged; they are counted, and looked for. Near misses
follow where the spec asks for them; finds are not made here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from synth.episode import SPLITS, Episode, EpisodeStore, Rollout, Split, frame_digest
from synth.episode.frame_file import FrameFile
from synth.record.native import require_native
from synth.record.near_miss import near_misses
from synth.record.player import Player
from synth.record.repeatable import require_repeatable
from synth.record.scenes import with_scenes
from synth.record.seeds import Seeds
from synth.record.serving import Serving
from synth.record.sight import Sight
from synth.record.untold import look_beside_success
from synth.record.variants import with_variants

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from synth.episode import EpisodeKind
    from synth.record.serving import OnProgress, OnSkip
    from synth.spec import Spec

__all__ = ["FramePool", "episode_count", "episode_of", "record", "roll_all"]

_PREFIX: dict[Split, str] = {"visible": "", "held_out": "held-"}
_WORDS: dict[Split, str] = {"visible": "", "held_out": "held-out "}


def episode_count(spec: Spec) -> int:
    """How many episodes `record` makes."""
    near = spec.near_miss.episodes if spec.near_miss is not None else 0
    return spec.expert.episodes + spec.random.episodes + 2 * spec.held_out.episodes + 2 * near


def record(
    spec: Spec, *, on_progress: OnProgress | None = None, on_skip: OnSkip | None = None
) -> EpisodeStore:
    """Record all episodes of a spec.

    Args:
        spec: What to record.
        on_progress: Told of every episode, for a progress bar.
        on_skip: Told of every seed that does not serve, of every kind of near miss that a seed
            does not allow, and of every change of picture or scene that an episode does not.

    Returns:
        Visible experts, visible random, held-out experts, held-out random, visible and
        held-out near misses, in this order; scenes of the experts' worlds; and the variants of
        some episodes.

    Raises:
        ExpertFailed: The expert fails on too many seeds.
        EnvironmentFault: The simulator is missing or misbehaves.
        SpecError: The spec names what does not exist, or shows too little.
    """
    with Player(spec) as player, FrameFile() as file:
        family = player.family
        pools: dict[Split, FramePool] = {split: FramePool(file) for split in SPLITS}
        seeds = Seeds.of(spec)
        require_repeatable(player, seeds.visible_random.start)
        rolls = roll_all(player, seeds, pools, on_progress=on_progress, on_skip=on_skip)
        episodes = tuple(rolls)
        look_beside_success(player, seeds.visible_expert)
        digest, versions = spec.episode_digest(), family.versions()
        store = EpisodeStore(file.array(), episodes, digest, spec.env, versions)
        store = with_scenes(player, store, on_progress=on_progress, on_skip=on_skip)
        store = replace(store, untold=player.untold.found)
    return with_variants(spec, store, family, on_progress=on_progress, on_skip=on_skip)


class FramePool:
    """Distinct frames of a split, in the order in which they first appear.

    Args:
        file: Takes the frames in; the pools of both splits share one.
        known: Frames that are there already, by digest.
        after: How many frames lie before the file's own.
    """

    def __init__(
        self, file: FrameFile, *, known: Mapping[bytes, int] | None = None, after: int = 0
    ) -> None:
        self._file, self._index, self._after = file, dict(known or {}), after

    def add(self, frames: NDArray[np.uint8]) -> NDArray[np.int32]:
        """Take in ``uint8[T, H, W, 3]``; gives ``int32[T]``, the frames' indices.

        Raises:
            EnvironmentFault: The frames are not of the pool's shape.
        """
        return np.array([self._place(frame) for frame in frames], dtype=np.int32)

    def _place(self, frame: NDArray[np.uint8]) -> int:
        digest = frame_digest(frame)
        if digest not in self._index:
            self._index[digest] = self._after + len(self._file)
            self._file.append(frame[None])
        return self._index[digest]


def roll_all(
    player: Player,
    seeds: Seeds,
    pools: Mapping[Split, FramePool],
    *,
    on_progress: OnProgress | None = None,
    on_skip: OnSkip | None = None,
) -> Iterator[Episode]:
    """Experts and random episodes, split by split, and then the near misses.

    Args:
        player: Plays them.
        seeds: From which seeds.
        pools: Take in the frames; their splits are those that are recorded.
        on_progress: Told of every episode.
        on_skip: Told of every seed that does not serve, and of every kind of near miss that a
            seed does not allow.
    """
    spec, splits = player.spec, len(pools)
    near = spec.near_miss.episodes if spec.near_miss is not None else 0
    shown = sum(len(_seeds_of(seeds, "expert", split)) for split in pools) + near * splits
    acted = sum(len(_seeds_of(seeds, "random", split)) for split in pools)
    experts, randoms = Serving(spec, shown, on_skip), Serving(spec, acted, on_skip)
    sight, tell = Sight(spec), on_progress or _silent
    for split, pool in pools.items():
        prefix = _PREFIX[split]
        rolls = experts.rolls(_seeds_of(seeds, "expert", split), player.roll_expert)
        for k, rolled in enumerate(rolls):
            sight.see(rolled)
            if not k:
                require_native(player, rolled)
            yield episode_of(rolled, pool, "expert", split, f"{prefix}expert-{k:04d}")
            tell(f"{_WORDS[split]}experts", k + 1, len(_seeds_of(seeds, "expert", split)))
        rolls = randoms.rolls(_seeds_of(seeds, "random", split), player.fair_random)
        for k, rolled in enumerate(rolls):
            sight.see(rolled)
            if not k:
                require_native(player, rolled)
            yield episode_of(rolled, pool, "random", split, f"{prefix}random-{k:04d}")
            tell(f"{_WORDS[split]}random", k + 1, len(_seeds_of(seeds, "random", split)))
    sight.require()  # told before the rest is played
    for split, pool in pools.items():
        block = seeds.held_out_near_miss if split == "held_out" else seeds.visible_near_miss
        made = near_misses(player, block, on_skip=on_skip, serving=experts)
        for k, one in enumerate(made):
            name = f"{_PREFIX[split]}near-miss-{k:04d}"
            sight.see(one.rolled)
            yield episode_of(one.rolled, pool, "near_miss", split, name, note=one.note)
            tell(f"{_WORDS[split]}near misses", k + 1, near)
    sight.require()


def _silent(_phase: str, _done: int, _total: int) -> None:
    """Tell nobody."""


def _seeds_of(seeds: Seeds, kind: Literal["expert", "random"], split: Split) -> Sequence[int]:
    if kind == "expert":
        return seeds.visible_expert if split == "visible" else seeds.held_out_expert
    return seeds.visible_random if split == "visible" else seeds.held_out_random


def episode_of(
    rolled: Rollout, pool: FramePool, kind: EpisodeKind, split: Split, name: str, *, note: str = ""
) -> Episode:
    """A rollout as an episode called `name`, its frames taken into the split's pool."""
    return Episode(
        id=name,
        kind=kind,
        split=split,
        seed=rolled.seed,
        policy=rolled.policy,
        frame_index=pool.add(rolled.frames),
        actions=rolled.actions,
        rewards=rolled.rewards,
        success=rolled.success,
        truth=rolled.truth,
        note=note,
        scene_events=rolled.scene_events,
        judged=rolled.judged,
        mission=rolled.mission,
    )
