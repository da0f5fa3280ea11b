"""Episodes in memory: what was recorded, and in which perturbed pictures it is shown again.

An episode of T actions has T + 1 frames: the initial one and one after each action.
Frames are stored once by content and referred to by index. Truth (predicates over
simulator state) lies beside the frames; it scores reports and never reaches a model or an
assertion.

Files are read and written by `synth.episode.files`, episodes recorded by `synth.record`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from synth.errors import StaleEpisodes
from synth.pixels import differing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from synth.episode.scene import Scene
    from synth.episode.untold import Untold
    from synth.spec import Spec

__all__ = [
    "OTHER_MISSION",
    "SPLITS",
    "Episode",
    "EpisodeKind",
    "EpisodeStore",
    "SceneEvent",
    "Split",
    "Variant",
    "frame_digest",
]

EpisodeKind = Literal["expert", "random", "near_miss", "found"]
Split = Literal["visible", "held_out"]
SPLITS: tuple[Split, ...] = ("visible", "held_out")

OTHER_MISSION = "the right deed for another mission"
"""The note of a near miss in which another mission is fulfilled begins with it."""


def every_frame() -> NDArray[np.bool_]:
    """Stands for "every frame is judged" where no bits are given."""
    return np.ones(0, dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class SceneEvent:
    """Something in the scene other than the agent looks different from a frame on.

    It is seen in the *backdrop*, the picture drawn without the agent, and only counted where
    the first backdrop shows a thing and not bare ground. For example, a key is taken, whose
    tile is rows 32 to 47 and columns 16 to 31, and frame 9 is the first without it::

        SceneEvent(9, (32, 16, 48, 32), leaves=True, returns=False)

    Attributes:
        frame: The first frame on which it is so, at least 1.
        box: ``(top, left, bottom, right)`` in pixels, bottom and right exclusive.
        leaves: Whether the place looked as at first until then.
        returns: Whether the place looks as at first again.
    """

    frame: int
    box: tuple[int, int, int, int]
    leaves: bool
    returns: bool


@dataclass(frozen=True, eq=False, slots=True)
class Variant:
    """An episode in perturbed pictures, on which every verdict must stay what it was.

    Attributes:
        name: The change in a few words, unique per episode: ``highlight = true``.
        base: The episode's id.
        split: The episode's split.
        frame_index: ``int32[T+1]`` into `frames`.
        frames: ``uint8[N, H, W, 3]``; the size need not be that of the episode's own frames.
    """

    name: str
    base: str
    split: Split
    frame_index: NDArray[np.int32]
    frames: NDArray[np.uint8]


@dataclass(frozen=True, eq=False, slots=True)
class Episode:
    """One episode of T actions.

    Attributes:
        id: Unique within the task: ``expert-0003``, ``held-random-0011``.
        kind: Where it came from.
        split: ``visible`` may be shown to a model, ``held_out`` never.
        seed: What the environment was reset with.
        policy: Who acted.
        frame_index: ``int32[T+1]`` into `EpisodeStore.frames`.
        actions: T actions as JSON values.
        rewards: ``float64[T]``, the environment's own.
        success: ``bool[T+1]``, the environment's success flag at each frame.
        truth: Predicate name to ``bool[T+1]``.
        note: For near misses and finds: how it was made.
        judged: ``bool[T+1]``, whether success can be told at that frame at the resolution of
            the picture; all by default. Where it cannot, no verdict is wrong.
        scene_events: What changed in the scene and when; ``None`` where that was not recorded.
        mission: The words of the episode; ``None`` in a task whose missions do not vary.
    """

    id: str
    kind: EpisodeKind
    split: Split
    seed: int
    policy: str
    frame_index: NDArray[np.int32]
    actions: tuple[Any, ...]
    rewards: NDArray[np.float64]
    success: NDArray[np.bool_]
    truth: Mapping[str, NDArray[np.bool_]]
    note: str = ""
    scene_events: tuple[SceneEvent, ...] | None = None
    judged: NDArray[np.bool_] = field(default_factory=every_frame)
    mission: str | None = None

    def __post_init__(self) -> None:
        if not len(self.judged):
            object.__setattr__(self, "judged", np.ones(len(self.success), dtype=np.bool_))

    def __len__(self) -> int:
        """The number of actions, T."""
        return len(self.actions)

    @property
    def first_success(self) -> int | None:
        """The first frame that is a success, judged or not; ``None`` where there is none."""
        return int(np.argmax(self.success)) if self.success.any() else None

    @property
    def fulfils(self) -> str | None:
        """The mission that is fulfilled, where it is none of this episode's own; else ``None``."""
        prefix = f"{OTHER_MISSION}: "
        return self.note.removeprefix(prefix) if self.note.startswith(prefix) else None

    def false_frames(self, goal: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Judged frames on which a goal holds without success.

        Args:
            goal: ``bool[T+1]``, where it holds.
        """
        return np.flatnonzero(goal & ~self.success & self.judged)

    def missed_frames(self, goal: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Judged frames of success on which a goal does not hold; `goal` as above."""
        return np.flatnonzero(~goal & self.success & self.judged)


@dataclass(frozen=True, eq=False, slots=True)
class Likeness:
    """A frame of an episode, and in how many pixels it differs from another frame."""

    pixels: int
    episode: Episode
    frame: int


@dataclass(frozen=True, eq=False, slots=True)
class EpisodeStore:
    """All episodes of a task.

    Attributes:
        frames: ``uint8[N, H, W, 3]``, each distinct frame of a split once.
        episodes: In recording order.
        spec_digest: `Spec.episode_digest` of the spec they were made from.
        env: Environment id.
        versions: Package versions that made them.
        variants: Some of the episodes in perturbed pictures.
        scenes: Arrangements that no episode shows, with their pictures.
        untold: The pictures that were met and cannot be told from success; ``None`` where there
            was none, or nobody looked.
        generation: How often the held-out episodes were replaced by fresh ones.
    """

    frames: NDArray[np.uint8]
    episodes: tuple[Episode, ...]
    spec_digest: str
    env: str
    versions: Mapping[str, str] = field(default_factory=dict)
    variants: tuple[Variant, ...] = ()
    generation: int = 0
    scenes: tuple[Scene, ...] = ()
    untold: Untold | None = None

    def select(
        self, *, kind: EpisodeKind | None = None, split: Split | None = None
    ) -> tuple[Episode, ...]:
        """Episodes of a kind, of a split, or both."""
        return tuple(
            e
            for e in self.episodes
            if (kind is None or e.kind == kind) and (split is None or e.split == split)
        )

    def __getitem__(self, episode_id: str) -> Episode:
        """The episode of that id.

        Raises:
            KeyError: There is none.
        """
        for episode in self.episodes:
            if episode.id == episode_id:
                return episode
        raise KeyError(episode_id)

    def variant(self, base: str, name: str) -> Variant:
        """An episode's variant of that name.

        Raises:
            KeyError: There is none.
        """
        for variant in self.variants:
            if (variant.base, variant.name) == (base, name):
                return variant
        raise KeyError(f"{base}, {name}")

    def frames_of(self, episode: Episode) -> NDArray[np.uint8]:
        """``uint8[T+1, H, W, 3]``."""
        return self.frames[episode.frame_index]

    def initial_of(self, episode: Episode) -> NDArray[np.uint8]:
        """``uint8[H, W, 3]``, the episode's first frame."""
        frame: NDArray[np.uint8] = self.frames[episode.frame_index[0]]
        return frame

    def most_like(
        self, frame: NDArray[np.uint8], places: Iterable[tuple[Episode, int]]
    ) -> Likeness | None:
        """Which of some frames of this store differs from a frame in the fewest pixels.

        Args:
            frame: ``uint8[H, W, 3]``, of the store's size.
            places: Episodes and frames of theirs; of equals the first by id and frame is taken.
        """
        likenesses = (
            Likeness(int(differing(self.frames[e.frame_index[t]], frame).sum()), e, int(t))
            for e, t in places
        )
        return min(
            likenesses, key=lambda one: (one.pixels, one.episode.id, one.frame), default=None
        )

    def require_fit(self, spec: Spec, *, folder: str = "episodes") -> None:
        """Check that these episodes were made from `spec`.

        Raises:
            StaleEpisodes: They were not; the message says how to record again.
        """
        if self.spec_digest != spec.episode_digest():
            raise StaleEpisodes(
                f"the episodes in {folder} were recorded from another version of this spec.",
                file=f"specs/{spec.name}.toml",
                remedy=f"Run `synth record {spec.name} --force`, or restore the spec.",
            )


def frame_digest(frame: NDArray[np.uint8]) -> bytes:
    """Digest of shape and content; equal frames have equal digests."""
    head = f"{frame.dtype}{frame.shape}".encode()
    return hashlib.sha256(head + np.ascontiguousarray(frame).tobytes()).digest()
