"""A spec to an `EpisodeStore`: visible and held-out episodes of expert and random policy.

Pure given the spec: the same spec and package versions give the same store, byte for
byte once written. Near misses follow where the spec asks for them; finds are not made here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from synth.envs import family_of, find_policy
from synth.episode import Episode, EpisodeStore, frame_digest
from synth.errors import EnvironmentFault
from synth.record.near_miss import near_misses
from synth.record.rolling import Rollout, expert_rollout, random_policy, rollout
from synth.record.seeds import Seeds
from synth.record.variants import with_variants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from synth.envs import Policy, Simulator
    from synth.episode import Kind, Split
    from synth.record.near_miss import NearMiss, OnSkip
    from synth.spec import Spec

__all__ = ["OnEpisode", "episode_count", "episode_of", "record"]


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
        on_skip: Told of every kind of near miss that a seed does not allow, and of every
            change of the picture or the scene that an episode does not.

    Returns:
        Visible experts, visible random, held-out experts, held-out random, visible and
        held-out near misses, in this order; and the variants of some of them.

    Raises:
        ExpertFailed: The expert does not succeed.
        EnvironmentFault: The simulator is missing or misbehaves.
        SpecError: The spec names what does not exist.
    """
    family = family_of(spec)
    policy = find_policy(spec)
    simulator = family.make(spec)
    pools: dict[Split, FramePool] = {"visible": FramePool(), "held_out": FramePool()}
    episodes: list[Episode] = []
    try:
        for kind, split, prefix, number, rolled in _rollouts(spec, simulator, policy):
            episode = episode_of(rolled, pools[split], kind, split, f"{prefix}-{number:04d}")
            episodes.append(episode)
            if on_episode is not None:
                on_episode(episode, len(episodes), episode_count(spec))
        for split, number, made in _near_misses(spec, simulator, policy, family.name, on_skip):
            name = f"{'held-' if split == 'held_out' else ''}near-miss-{number:04d}"
            near = episode_of(made.rolled, pools[split], "near_miss", split, name)
            episodes.append(replace(near, note=made.note))
            if on_episode is not None:
                on_episode(episodes[-1], len(episodes), episode_count(spec))
    finally:
        simulator.close()
    store = join(pools, episodes, spec, family.versions())
    return with_variants(spec, store, family, on_skip=on_skip)


class FramePool:
    """Distinct frames in the order in which they first appear."""

    def __init__(self) -> None:
        self._index: dict[bytes, int] = {}
        self._frames: list[NDArray[np.uint8]] = []

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


def _rollouts(
    spec: Spec, simulator: Simulator, policy: Policy
) -> Iterator[tuple[Kind, Split, str, int, Rollout]]:
    seeds = Seeds.of(spec)
    plan: tuple[tuple[Kind, Split, str, range], ...] = (
        ("expert", "visible", "expert", seeds.visible_expert),
        ("random", "visible", "random", seeds.visible_random),
        ("expert", "held_out", "held-expert", seeds.held_out_expert),
        ("random", "held_out", "held-random", seeds.held_out_random),
    )
    for kind, split, prefix, block in plan:
        for number, seed in enumerate(block):
            if kind == "expert":
                rolled = expert_rollout(spec, simulator, policy, seed)
            else:
                rolled = rollout(
                    simulator, random_policy(seed), seed, spec.max_steps, name="random"
                )
            yield kind, split, prefix, number, rolled


def _near_misses(
    spec: Spec, simulator: Simulator, policy: Policy, family: str, on_skip: OnSkip | None
) -> Iterator[tuple[Split, int, NearMiss]]:
    seeds = Seeds.of(spec)
    blocks: tuple[tuple[Split, range], ...] = (
        ("visible", seeds.visible_near_miss),
        ("held_out", seeds.held_out_near_miss),
    )
    for split, block in blocks:
        found = near_misses(spec, simulator, policy, block, family=family, on_skip=on_skip)
        for number, made in enumerate(found):
            yield split, number, made


def episode_of(rolled: Rollout, pool: FramePool, kind: Kind, split: Split, name: str) -> Episode:
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
        changes=rolled.changes,
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
