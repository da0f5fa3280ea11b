"""A spec to an `EpisodeStore`: visible and held-out episodes of expert and random policy.

Pure given the spec: the same spec and package versions give the same store, byte for
byte once written. Random episodes end before a frame that looks like success and is none, as
near misses do (`synth.record.aliasing`). Near misses follow where the spec asks for them; finds
are not made here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from synth.episode import SPLITS, Episode, EpisodeStore, Rollout, Split, frame_digest
from synth.errors import EnvironmentFault
from synth.record.near_miss import near_misses
from synth.record.player import Player
from synth.record.seeds import Seeds
from synth.record.serving import Serving
from synth.record.sight import Sight
from synth.record.variants import with_variants

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from synth.episode import Kind
    from synth.record.serving import OnSkip
    from synth.spec import Spec

__all__ = ["FramePool", "OnEpisode", "episode_count", "episode_of", "record", "roll_all"]

_PREFIX: dict[Split, str] = {"visible": "", "held_out": "held-"}


class OnEpisode(Protocol):
    """Called after every episode."""

    def __call__(self, episode: Episode, done: int, total: int) -> None:
        """`done` of `total` episodes are recorded, `episode` the latest."""
        ...


def episode_count(spec: Spec) -> int:
    """How many episodes `record` makes."""
    near = spec.near_miss.episodes if spec.near_miss is not None else 0
    return spec.expert.episodes + spec.random.episodes + 2 * spec.held_out.episodes + 2 * near


def record(
    spec: Spec, *, on_episode: OnEpisode | None = None, on_skip: OnSkip | None = None
) -> EpisodeStore:
    """Record all episodes of a spec.

    Args:
        spec: What to record.
        on_episode: Told of every episode, for a progress bar.
        on_skip: Told of every seed that does not serve, of every kind of near miss that a seed
            does not allow, and of every change of picture or scene that an episode does not.

    Returns:
        Visible experts, visible random, held-out experts, held-out random, visible and
        held-out near misses, in this order; and the variants of some of them.

    Raises:
        ExpertFailed: The expert fails on too many seeds.
        EnvironmentFault: The simulator is missing or misbehaves.
        SpecError: The spec names what does not exist, or shows too little.
    """
    pools: dict[Split, FramePool] = {split: FramePool() for split in SPLITS}
    episodes: list[Episode] = []
    with Player(spec) as player:
        family = player.family
        for episode in roll_all(player, Seeds.of(spec), pools, on_skip=on_skip):
            episodes.append(episode)
            if on_episode is not None:
                on_episode(episode, len(episodes), episode_count(spec))
    store = join(pools, episodes, spec, family.versions())
    return with_variants(spec, store, family, on_skip=on_skip)


class FramePool:
    """Distinct frames in the order in which they first appear.

    Args:
        frames: ``uint8[N, H, W, 3]``, frames that are there already.
        known: Which of these are the same frame when they come again; all by default.
    """

    def __init__(
        self, frames: Sequence[NDArray[np.uint8]] = (), known: Iterable[int] | None = None
    ) -> None:
        self._frames = list(frames)
        known = range(len(self._frames)) if known is None else known
        self._index = {frame_digest(self._frames[i]): i for i in known}

    def __len__(self) -> int:
        """The number of distinct frames."""
        return len(self._frames)

    def add(self, frames: NDArray[np.uint8]) -> NDArray[np.int32]:
        """Take in ``uint8[T, H, W, 3]``; gives ``int32[T]``, the frames' indices.

        Raises:
            EnvironmentFault: The frames are not of the pool's shape.
        """
        if self._frames and frames.shape[1:] != self._frames[0].shape:
            raise EnvironmentFault(
                f"frames of {frames.shape[1:]} follow frames of {self._frames[0].shape}; all "
                "episodes of a task must render to one size, so fix the environment's size."
            )
        return np.array([self._place(frame) for frame in frames], dtype=np.int32)

    def stack(self) -> NDArray[np.uint8]:
        """``uint8[N, H, W, 3]``."""
        return np.stack(self._frames)

    def _place(self, frame: NDArray[np.uint8]) -> int:
        at = self._index.setdefault(frame_digest(frame), len(self._frames))
        if at == len(self._frames):
            self._frames.append(frame)
        return at


def roll_all(
    player: Player,
    seeds: Seeds,
    pools: Mapping[Split, FramePool],
    *,
    on_skip: OnSkip | None = None,
) -> Iterator[Episode]:
    """Experts and random episodes, split by split, and then the near misses.

    Args:
        player: Plays them.
        seeds: From which seeds.
        pools: Take in the frames; their splits are those that are recorded.
        on_skip: Told of every seed that does not serve, and of every kind of near miss that a
            seed does not allow.
    """
    spec, splits = player.spec, len(pools)
    near = spec.near_miss.episodes if spec.near_miss is not None else 0
    shown = sum(len(_seeds_of(seeds, "expert", split)) for split in pools) + near * splits
    acted = sum(len(_seeds_of(seeds, "random", split)) for split in pools)
    experts, randoms = Serving(spec, shown, on_skip), Serving(spec, acted, on_skip)
    sight = Sight(spec)
    for split, pool in pools.items():
        prefix = _PREFIX[split]
        rolls = experts.rolls(_seeds_of(seeds, "expert", split), player.roll_expert)
        for k, rolled in enumerate(rolls):
            sight.see(rolled)
            yield episode_of(rolled, pool, "expert", split, f"{prefix}expert-{k:04d}")
        rolls = randoms.rolls(_seeds_of(seeds, "random", split), player.fair_random)
        for k, rolled in enumerate(rolls):
            sight.see(rolled)
            yield episode_of(rolled, pool, "random", split, f"{prefix}random-{k:04d}")
    for split, pool in pools.items():
        block = seeds.held_out_near_miss if split == "held_out" else seeds.visible_near_miss
        made = near_misses(player, block, on_skip=on_skip, serving=experts)
        for k, one in enumerate(made):
            name = f"{_PREFIX[split]}near-miss-{k:04d}"
            sight.see(one.rolled)
            yield episode_of(one.rolled, pool, "near_miss", split, name, note=one.note)
    sight.require()


def _seeds_of(seeds: Seeds, kind: Literal["expert", "random"], split: Split) -> range:
    if kind == "expert":
        return seeds.visible_expert if split == "visible" else seeds.held_out_expert
    return seeds.visible_random if split == "visible" else seeds.held_out_random


def episode_of(
    rolled: Rollout, pool: FramePool, kind: Kind, split: Split, name: str, *, note: str = ""
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
        changes=rolled.changes,
        judged=rolled.judged,
    )


def join(
    pools: dict[Split, FramePool], episodes: list[Episode], spec: Spec, versions: dict[str, str]
) -> EpisodeStore:
    """One store from the pools of both splits."""
    visible = pools["visible"].stack()
    held_out = pools["held_out"].stack()
    if visible.shape[1:] != held_out.shape[1:]:
        raise EnvironmentFault(
            f"held-out frames of {held_out.shape[1:]} follow frames of {visible.shape[1:]}; all "
            "episodes of a task must render to one size, so fix the environment's size."
        )
    frames = np.concatenate([visible, held_out])
    frames.setflags(write=False)
    shift = np.int32(len(visible))
    placed = tuple(
        replace(e, frame_index=e.frame_index + shift) if e.split == "held_out" else e
        for e in episodes
    )
    return EpisodeStore(frames, placed, spec.episode_digest(), spec.env, versions)
