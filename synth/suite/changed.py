"""Episodes in changed pictures: those that were recorded, and those computed from them.

Variants that need a simulator lie in the store. Noise, light and shifts are computed here
from the recorded frames, always the same ones for the same episode. Light and shift are the
same for all frames of an episode, as a camera would have it; noise is new in every frame.
What makes frames look alike that differed is left out. No verdict is formed here.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from synth.episode import frame_digest
from synth.episode.naming import brightness_name, noise_name, shift_name
from synth.suite.repaint import brightened, noisy, shifted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from synth.episode import Episode, EpisodeStore, Kind, Split, Variant
    from synth.failure import Failure
    from synth.spec import Spec

    Repaint = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]

__all__ = ["Changed", "changed", "picture_of"]


KINDS: tuple[Kind, ...] = ("expert", "near_miss")
"""Of these the first few episodes are shown in changed pictures."""


@dataclass(frozen=True, eq=False, slots=True)
class Changed:
    """An episode in changed pictures.

    Attributes:
        name: The change; `synth.episode.naming` tells its sort, and says it in words.
        episode: The episode as recorded.
        index: ``int32[T+1]`` into `frames`.
        frames: ``uint8[N, H, W, 3]``.
    """

    name: str
    episode: Episode
    index: NDArray[np.int32]
    frames: NDArray[np.uint8]


def changed(store: EpisodeStore, spec: Spec, splits: Sequence[Split]) -> Iterator[Changed]:
    """All changed pictures that a spec asks for: recorded variants, then computed ones.

    Args:
        store: The episodes.
        spec: Without a metamorphic table there are none.
        splits: Which episodes.
    """
    asked = spec.metamorphic
    if asked is None:
        return
    by_id = {e.id: e for e in store.episodes}
    for v in store.variants:
        if v.split in splits:
            yield _recorded(v, by_id[v.base])
    for split in splits:
        for kind in KINDS:
            for episode in store.select(kind=kind, split=split)[: asked.episodes]:
                yield from _computed(store, spec, episode)


def picture_of(store: EpisodeStore, spec: Spec, failure: Failure) -> NDArray[np.uint8] | None:
    """The changed picture on which a verdict was wrong.

    Args:
        store: The episodes that were judged.
        spec: Their spec.
        failure: One of a test in changed pictures; ``episode``, ``frame`` and ``variant``
            name the picture.

    Returns:
        ``uint8[H, W, 3]``, not always of the recorded frames' size; ``None`` where the
        failure names no changed picture, or one that is not there.
    """
    if failure.variant is None or failure.episode is None or failure.frame is None:
        return None
    episode = store[failure.episode]
    recorded = (_recorded(v, episode) for v in store.variants if v.base == episode.id)
    for found in (*recorded, *_computed(store, spec, episode)):
        if found.name == failure.variant and 0 <= failure.frame < len(found.index):
            picture: NDArray[np.uint8] = found.frames[found.index[failure.frame]]
            return picture
    return None


def _recorded(variant: Variant, episode: Episode) -> Changed:
    return Changed(variant.name, episode, variant.frame_index, variant.frames)


def _computed(store: EpisodeStore, spec: Spec, episode: Episode) -> Iterator[Changed]:
    used, index = np.unique(episode.frame_index, return_inverse=True)
    plain = store.frames[used]
    for name, every, repaint in _ways(spec, episode):
        if every:
            at = np.arange(len(episode.frame_index), dtype=np.int32)
            yield Changed(name, episode, at, repaint(store.frames_of(episode)))
            continue
        frames = repaint(plain)
        if len({frame_digest(frame) for frame in frames}) == len(plain):
            yield Changed(name, episode, index.astype(np.int32), frames)


def _ways(spec: Spec, episode: Episode) -> Iterator[tuple[str, bool, Repaint]]:
    """Name, whether every frame is changed on its own, and how."""
    asked = spec.metamorphic
    if asked is None:
        return
    rng = np.random.default_rng(zlib.crc32(episode.id.encode()))
    if asked.noise:
        yield noise_name(asked.noise), True, partial(noisy, amount=asked.noise, rng=rng.spawn(1)[0])
    if asked.brightness:
        for amount in (asked.brightness, -asked.brightness):
            yield brightness_name(amount), False, partial(brightened, amount=amount)
    if asked.shift:
        span = range(-asked.shift, asked.shift + 1)
        moves = [(down, right) for down in span for right in span if down or right]
        down, right = moves[int(rng.integers(len(moves)))]
        yield shift_name(down, right), False, partial(shifted, down=down, right=right)
