"""A picture beside its initial one, found by a reference that stays: what eyes can be asked about.

``expert-0003:12`` is frame 12 of a recorded episode, ``scene-0003/12`` a still of a scene. A
reference is a place and may come to hold another picture when episodes are recorded anew; the
`Exhibit.sha` of the two pictures tells.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.episode.store import frame_digest
from synth.foreign import whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from synth.episode.store import Episode, EpisodeStore, Split

__all__ = ["DIGITS", "Exhibit", "exhibit_at", "frame_reference", "pair_sha"]

DIGITS = 16
"""Of a `pair_sha`."""


@dataclass(frozen=True, eq=False, slots=True)
class Exhibit:
    """A picture of an episode's world, with the initial picture of that episode.

    Attributes:
        reference: Where it lies: ``expert-0003:12`` or ``scene-0003/12``.
        split: Of its episode.
        episode: Id of the episode; of a still the one in whose world it is.
        frame_number: Index within the episode, or ``None`` for a still.
        initial: ``uint8[H, W, 3]``.
        frame: ``uint8[H, W, 3]``.
        success: What the environment reports there.
        judged: Whether success can be told from the picture.
        truth: Predicate name to value; for reports alone.
        mission: The words of its episode; ``None`` where missions do not vary.
    """

    reference: str
    split: Split
    episode: str
    frame_number: int | None
    initial: NDArray[np.uint8]
    frame: NDArray[np.uint8]
    success: bool
    judged: bool
    truth: Mapping[str, bool]
    mission: str | None = None

    @property
    def sha(self) -> str:
        """By which two exhibits are the same: 16 hex digits of both pictures and the mission."""
        return pair_sha(frame_digest(self.initial), frame_digest(self.frame), self.mission)


def pair_sha(initial: bytes, frame: bytes, mission: str | None) -> str:
    """16 hex digits of a picture beside its initial one, in an episode of some mission.

    Args:
        initial: Digest of the initial picture.
        frame: Digest of the picture.
        mission: The words, where they vary.
    """
    words = b"" if mission is None else b"\0" + mission.encode("utf-8", "surrogatepass")
    return hashlib.sha256(initial + frame + words).hexdigest()[:DIGITS]


def frame_reference(episode: Episode, frame: int) -> str:
    """``expert-0003:12``."""
    return f"{episode.id}:{frame}"


def exhibit_at(store: EpisodeStore, reference: str) -> Exhibit | None:
    """What lies at a reference, or ``None`` where nothing does."""
    if "/" in reference:
        return _still_at(store, reference)
    name, _, number = reference.rpartition(":")
    episode = next((e for e in store.episodes if e.id == name), None)
    at = whole_number(number)
    if episode is None or at is None or at >= len(episode.frame_index):
        return None
    return Exhibit(
        reference,
        episode.split,
        episode.id,
        at,
        store.initial_of(episode),
        store.frames[episode.frame_index[at]],
        bool(episode.success[at]),
        bool(episode.judged[at]),
        {name: bool(values[at]) for name, values in episode.truth.items()},
        episode.mission,
    )


def _still_at(store: EpisodeStore, reference: str) -> Exhibit | None:
    for scene in store.scenes:
        for still in scene.stills:
            if still.id == reference:
                base = store[scene.base]
                return Exhibit(
                    reference,
                    scene.split,
                    base.id,
                    None,
                    store.initial_of(base),
                    still.frame,
                    still.success,
                    True,
                    still.truth,
                    base.mission,
                )
    return None
