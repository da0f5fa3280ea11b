"""Episodes in perturbed pictures: those that were recorded, and those computed from them.

Variants that need a simulator lie in the store. The others are computed here from the
recorded frames, always the same ones for the same episode. What makes frames look alike that
differed is left out. No verdict is formed here.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.episode import SPLITS, frame_digest
from synth.errors import StaleEpisodes
from synth.perturbations import Computed, PerturbationWay, asked, perturbation_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from synth.episode import Episode, EpisodeKind, EpisodeStore, Split, Variant
    from synth.failure import Failure
    from synth.perturbations import Perturbation
    from synth.spec import Spec

__all__ = [
    "Perturbed",
    "PerturbedExample",
    "examples",
    "missing_perturbations",
    "perturbed",
    "picture_of",
]


KINDS: tuple[EpisodeKind, ...] = ("expert", "near_miss")
"""Of these the first few episodes are shown in perturbed pictures."""


@dataclass(frozen=True, eq=False, slots=True)
class Perturbed:
    """An episode in perturbed pictures.

    Attributes:
        perturbation: What was done to them.
        name: The same as it is stored, with amounts: ``shift: 1 down``.
        episode: The episode as recorded.
        index: ``int32[T+1]`` into `frames`.
        frames: ``uint8[N, H, W, 3]``.
    """

    perturbation: Perturbation[object]
    name: str
    episode: Episode
    index: NDArray[np.int32]
    frames: NDArray[np.uint8]


@dataclass(frozen=True, eq=False, slots=True)
class PerturbedExample:
    """One picture as recorded and perturbed, for people and prompts.

    Attributes:
        name: The perturbation as it is stored.
        words: The same as the end of a sentence.
        episode: Id of the visible episode.
        frame: Which of its frames.
        before: ``uint8[H, W, 3]``, as recorded.
        after: Perturbed; not always of the same size.
    """

    name: str
    words: str
    episode: str
    frame: int
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]


def perturbed(store: EpisodeStore, spec: Spec, splits: Sequence[Split]) -> Iterator[Perturbed]:
    """All perturbed pictures that a spec asks for: recorded variants, then computed ones.

    Args:
        store: The episodes.
        spec: Without a metamorphic table there are none.
        splits: Which episodes.

    Raises:
        StaleEpisodes: A variant is of a perturbation that is not known here.
    """
    if spec.metamorphic is None:
        return
    by_id = {e.id: e for e in store.episodes}
    for v in store.variants:
        if v.split in splits:
            yield _recorded(v, by_id[v.base])
    for episode in _shown(store, spec, splits):
        for one in asked(spec):
            yield from _computed(store, spec, episode, one)


def picture_of(store: EpisodeStore, spec: Spec, failure: Failure) -> NDArray[np.uint8] | None:
    """The perturbed picture on which a verdict was wrong.

    Args:
        store: The episodes that were judged.
        spec: Their spec.
        failure: One of a test in perturbed pictures; ``episode``, ``frame`` and ``variant``
            name the picture.

    Returns:
        ``uint8[H, W, 3]``, not always of the recorded frames' size; ``None`` where the
        failure names no perturbed picture, or one that is not there.
    """
    if failure.variant is None or failure.episode is None or failure.frame is None:
        return None
    episode = store[failure.episode]
    recorded = ((v.name, v.frame_index, v.frames) for v in store.variants if v.base == episode.id)
    computed = (
        (p.name, p.index, p.frames)
        for one in asked(spec)
        for p in _computed(store, spec, episode, one)
    )
    for name, index, frames in (*recorded, *computed):
        if name == failure.variant and 0 <= failure.frame < len(index):
            picture: NDArray[np.uint8] = frames[index[failure.frame]]
            return picture
    return None


def missing_perturbations(store: EpisodeStore, spec: Spec) -> tuple[str, ...]:
    """The perturbations that a spec asks for and no episode of a store is shown in, by label.

    Nothing is checked under these, so whoever says what was not checked names them.
    """
    return tuple(one.label for one in asked(spec) if next(_of(store, spec, one), None) is None)


def examples(store: EpisodeStore, spec: Spec) -> Iterator[PerturbedExample]:
    """One example of each perturbation that a spec asks for and a visible episode allows.

    The example is the initial frame of the first such episode.
    """
    for one in asked(spec):
        shown = next(_of(store, spec, one, ("visible",)), None)
        if shown is not None:
            yield PerturbedExample(
                shown.name,
                shown.perturbation.words(shown.name),
                shown.episode.id,
                0,
                store.initial_of(shown.episode),
                shown.frames[shown.index[0]],
            )


def _of(
    store: EpisodeStore, spec: Spec, one: PerturbationWay, splits: Sequence[Split] = SPLITS
) -> Iterator[Perturbed]:
    """The episodes that are shown in one way of one perturbation."""
    for v in store.variants:
        if v.split in splits and one.perturbation.made_by(one.way, v.name):
            yield _recorded(v, store[v.base])
    for episode in _shown(store, spec, splits):
        yield from _computed(store, spec, episode, one)


def _shown(store: EpisodeStore, spec: Spec, splits: Sequence[Split]) -> Iterator[Episode]:
    """The first episodes of each split and kind, as many as the spec says."""
    count = spec.metamorphic.episodes if spec.metamorphic is not None else 0
    for split in splits:
        for kind in KINDS:
            yield from store.select(kind=kind, split=split)[:count]


def _recorded(variant: Variant, episode: Episode) -> Perturbed:
    try:
        perturbation = perturbation_of(variant.name)
    except LookupError as error:
        raise StaleEpisodes(
            f"variants.jsonl shows {variant.base} in a way that is not known here: {error}.",
            remedy="Record again with `synth record TASK --force`.",
        ) from error
    return Perturbed(perturbation, variant.name, episode, variant.frame_index, variant.frames)


def _computed(
    store: EpisodeStore, spec: Spec, episode: Episode, one: PerturbationWay
) -> Iterator[Perturbed]:
    by = one.perturbation
    if not isinstance(by, Computed):
        return
    used, index = np.unique(episode.frame_index, return_inverse=True)
    plain = store.frames[used]
    rng = np.random.default_rng(zlib.crc32(episode.id.encode()))
    for repaint in by.repaints(one.way, rng, spec.render):
        if repaint.each_frame:
            at = np.arange(len(episode.frame_index), dtype=np.int32)
            frames = repaint.function(store.frames_of(episode))
            yield Perturbed(by, repaint.name, episode, at, frames)
            continue
        frames = repaint.function(plain)
        # Where two pictures became one, no program can tell them apart.
        if len({frame_digest(frame) for frame in frames}) == len(plain):
            yield Perturbed(by, repaint.name, episode, index.astype(np.int32), frames)
