"""The pictures that may be labelled: recorded frames of all kinds, and stills of scenes.

Each distinct pair of picture and initial picture of a split is one *row* of a pool; where missions
vary, once for each mission. The same
row may be seen in several *strips*: frames of an episode in order, or stills of a scene.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.episode import frame_digest
from synth.episode.exhibit import DIGITS, frame_reference, pair_sha
from synth.sandbox import CONFINED
from synth.verdicts import Footage, ask

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from synth.episode import Episode, EpisodeStore, Scene, Split
    from synth.program import Program
    from synth.sandbox import Sandboxes

__all__ = ["Pool", "Strip", "experts_of", "make_pool", "verdicts"]


@dataclass(frozen=True, eq=False, slots=True)
class Strip:
    """Pictures beside one initial picture.

    Attributes:
        episode: The episode; of a scene the one in whose world it is.
        scene: The scene whose stills these are, or ``None`` for the episode's own frames.
        footage: The pictures, the initial one first.
        rows: ``int64[T+1]``: the row of each.
    """

    episode: Episode
    scene: Scene | None
    footage: Footage
    rows: NDArray[np.int64]

    @property
    def frames(self) -> NDArray[np.uint8]:
        """``uint8[T+1, H, W, 3]``."""
        frames: NDArray[np.uint8] = self.footage.frames[self.footage.index]
        return frames


@dataclass(frozen=True, eq=False, slots=True)
class Pool:
    """All pictures of a split that may be labelled. N rows.

    Attributes:
        split: Whose.
        strips: Episodes as recorded, then scenes.
        references: Where each row is first seen; see `synth.episode.exhibit`.
        shas: `Exhibit.sha` of each row.
        askable: ``bool[N]``: whether it is worth asking, being another picture than its initial.
        success: ``int8[N]``: what the environment says of the goal, 1 or 0; -1 where it cannot be
            told from the picture, or is told both ways.
        digest: Of all of it; a row's number means something beside the same digest only.
    """

    split: Split
    strips: tuple[Strip, ...]
    references: tuple[str, ...]
    shas: tuple[str, ...]
    askable: NDArray[np.bool_]
    success: NDArray[np.int8]
    digest: str

    def __len__(self) -> int:
        """The number of rows, N."""
        return len(self.references)


def make_pool(store: EpisodeStore, split: Split) -> Pool:
    """The pool of a split; the same store always gives the same."""
    numbers: dict[tuple[bytes, bytes, str | None], int] = {}
    references: list[str] = []
    success: list[int] = []
    strips: list[Strip] = []
    digests: dict[int, bytes] = {}

    def digest_at(index: int) -> bytes:
        if index not in digests:
            digests[index] = frame_digest(store.frames[index])
        return digests[index]

    def add(key: tuple[bytes, bytes, str | None], reference: str, said: int) -> int:
        row = numbers.setdefault(key, len(references))
        if row == len(references):
            references.append(reference)
            success.append(said)
        elif success[row] != said:
            success[row] = -1
        return row

    for episode in store.select(split=split):
        first = digest_at(int(episode.frame_index[0]))
        told = np.where(episode.judged, episode.success.astype(np.int8), -1)
        rows = [
            add(
                (first, digest_at(int(index)), episode.mission),
                frame_reference(episode, t),
                int(told[t]),
            )
            for t, index in enumerate(episode.frame_index)
        ]
        footage = Footage(store.frames, episode.frame_index, episode.mission)
        strips.append(Strip(episode, None, footage, np.array(rows, np.int64)))
    for scene in (s for s in store.scenes if s.split == split):
        base = store[scene.base]
        initial = store.initial_of(base)
        first = digest_at(int(base.frame_index[0]))
        start = (first, first, base.mission)
        rows = [add(start, frame_reference(base, 0), int(base.success[0]))]
        rows += [
            add((first, frame_digest(still.frame), base.mission), still.id, int(still.success))
            for still in scene.stills
        ]
        frames = np.stack([initial, *(still.frame for still in scene.stills)])
        footage = Footage(frames, np.arange(len(frames), dtype=np.int64), base.mission)
        strips.append(Strip(base, scene, footage, np.array(rows, np.int64)))
    sha = hashlib.sha256()
    for (first, other, mission), reference in zip(numbers, references, strict=True):
        words = b"" if mission is None else mission.encode("utf-8", "surrogatepass") + b"\0"
        sha.update(first + other + words + reference.encode() + b"\0")
    return Pool(
        split,
        tuple(strips),
        tuple(references),
        tuple(pair_sha(*key) for key in numbers),
        np.array([first != other for first, other, _ in numbers], np.bool_),
        np.array(success, np.int8),
        sha.hexdigest()[:DIGITS],
    )


def verdicts(pool: Pool, program: Program, *, sandboxes: Sandboxes = CONFINED) -> NDArray[np.bool_]:
    """What a program says of each row, ``bool[N, K]``; what gives no bool does not hold.

    Raises:
        ProgramFault: It fails as a whole.
        SandboxUnavailable: This machine cannot confine it.
    """
    answers = ask(program, [strip.footage for strip in pool.strips], sandboxes=sandboxes)
    holds = np.zeros((len(pool), len(program.subtasks)), np.bool_)
    for n, strip in enumerate(pool.strips):
        holds[strip.rows] = answers.holds(n)
    return holds


def experts_of(pool: Pool) -> Iterable[Strip]:
    """The strips that are expert episodes."""
    return (s for s in pool.strips if s.scene is None and s.episode.kind == "expert")
