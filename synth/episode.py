"""Episodes, and the folder that holds them.

An episode of T actions has T + 1 frames: the initial one and one after each action.
Frames are stored once by content and referred to by index, losslessly. Truth (predicates
over simulator state) lies beside the frames; it scores reports and never reaches a model
or an assertion.

The folder::

    episodes/
        manifest.json        format, spec digest, environment, versions, counts
        episodes.jsonl       one episode a line: seed, policy, frame indices, actions, ...
        visible.npy.xz       uint8[N, H, W, 3], the visible split's distinct frames
        held_out.npy.xz      the same for the held-out split

This module reads and writes; it does not record (`synth.record` does).
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from synth.errors import StaleEpisodes, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from synth.spec import Spec

__all__ = [
    "Change",
    "Episode",
    "EpisodeStore",
    "Kind",
    "Split",
    "Variant",
    "read_store",
    "write_store",
]

Kind = Literal["expert", "random", "near_miss", "found"]
Split = Literal["visible", "held_out"]
SPLITS: tuple[Split, ...] = ("visible", "held_out")
FORMAT = 1
XZ_PRESET = 3
"""On rendered frames as small as the default 6, and 15 times as quick to write."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something in the scene other than the one who acts looks different from a frame on.

    It is seen in the *backdrop*, the picture drawn without the one who acts, and only
    counted where the first backdrop shows a thing and not bare ground.

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
    """An episode in changed pictures, on which every verdict must stay what it was.

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
        changes: What changed in the scene and when; ``None`` where that was not recorded.
    """

    id: str
    kind: Kind
    split: Split
    seed: int
    policy: str
    frame_index: NDArray[np.int32]
    actions: tuple[Any, ...]
    rewards: NDArray[np.float64]
    success: NDArray[np.bool_]
    truth: Mapping[str, NDArray[np.bool_]]
    note: str = ""
    changes: tuple[Change, ...] | None = None

    def __len__(self) -> int:
        """The number of actions, T."""
        return len(self.actions)


@dataclass(frozen=True, eq=False, slots=True)
class EpisodeStore:
    """All episodes of a task.

    Attributes:
        frames: ``uint8[N, H, W, 3]``, each distinct frame of a split once.
        episodes: In recording order.
        spec_digest: `Spec.episode_digest` of the spec they were made from.
        env: Environment id.
        versions: Package versions that made them.
        variants: Some of the episodes in changed pictures.
        generation: How often the held-out episodes were replaced by fresh ones.
    """

    frames: NDArray[np.uint8]
    episodes: tuple[Episode, ...]
    spec_digest: str
    env: str
    versions: Mapping[str, str] = field(default_factory=dict)
    variants: tuple[Variant, ...] = ()
    generation: int = 0

    def select(
        self, *, kind: Kind | None = None, split: Split | None = None
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

    def frames_of(self, episode: Episode) -> NDArray[np.uint8]:
        """``uint8[T+1, H, W, 3]``."""
        return self.frames[episode.frame_index]

    def initial_of(self, episode: Episode) -> NDArray[np.uint8]:
        """``uint8[H, W, 3]``, the episode's first frame."""
        frame: NDArray[np.uint8] = self.frames[episode.frame_index[0]]
        return frame

    def pairs_of(self, episodes: Sequence[Episode]) -> NDArray[np.int64]:
        """``int64[P, 2]``, the distinct pairs of frame and initial frame, sorted.

        Args:
            episodes: Of this store, at least one.
        """
        return np.unique(
            np.concatenate(
                [
                    np.stack([e.frame_index, np.full_like(e.frame_index, e.frame_index[0])], axis=1)
                    for e in episodes
                ]
            ).astype(np.int64),
            axis=0,
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


def write_store(folder: Path, store: EpisodeStore) -> None:
    """Write a store; the same store always becomes the same bytes.

    Frames that no episode uses are dropped, and each split keeps its own frames, so that
    held-out pictures lie in one file that nothing else refers to.

    Args:
        folder: Created where missing; files of the same names are replaced.
        store: What to write.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines: dict[str, str] = {}
    counts: dict[str, int] = {}
    for split in SPLITS:
        episodes = store.select(split=split)
        used = np.array(sorted({int(i) for e in episodes for i in e.frame_index}), dtype=np.int64)
        local = {int(old): new for new, old in enumerate(used)}
        counts[split] = len(used)
        buffer = io.BytesIO()
        np.save(buffer, store.frames[used], allow_pickle=False)
        packed = lzma.compress(buffer.getvalue(), preset=XZ_PRESET)
        (folder / f"{split}.npy.xz").write_bytes(packed)
        for e in episodes:
            lines[e.id] = json.dumps(_to_json(e, local), separators=(",", ":"))
    (folder / "episodes.jsonl").write_text(
        "".join(f"{lines[e.id]}\n" for e in store.episodes), encoding="utf-8"
    )
    manifest = {
        "format": FORMAT,
        "env": store.env,
        "spec_digest": store.spec_digest,
        **({"generation": store.generation} if store.generation else {}),
        "versions": dict(sorted(store.versions.items())),
        "frames": counts,
        "episodes": {
            split: {
                kind: len(store.select(kind=kind, split=split))
                for kind in dict.fromkeys(e.kind for e in store.episodes)
            }
            for split in SPLITS
        },
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def read_store(folder: Path) -> EpisodeStore:
    """Read what `write_store` wrote.

    Raises:
        UsageError: There are no episodes, or they are damaged or of an unknown format.
    """
    try:
        return _read_store(folder)
    except FileNotFoundError as error:
        raise UsageError(
            f"{folder}: no episodes here ({error.filename} is missing); `synth record` makes them."
        ) from error
    except UsageError:
        raise
    except (LookupError, TypeError, ValueError, lzma.LZMAError, EOFError, OSError) as error:
        raise UsageError(
            f"{folder}: the episodes are damaged ({error}); restore the folder or record again."
        ) from error


def _read_store(folder: Path) -> EpisodeStore:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    if manifest["format"] != FORMAT:
        raise UsageError(
            f"{folder}: episode format {manifest['format']} is not the one this version of "
            f"synth reads ({FORMAT}); record again with `synth record`."
        )
    stacks = []
    for split in SPLITS:
        with lzma.open(folder / f"{split}.npy.xz") as stream:
            stacks.append(np.load(io.BytesIO(stream.read()), allow_pickle=False))
    offsets = dict(zip(SPLITS, (0, len(stacks[0])), strict=True))
    frames = np.concatenate([s for s in stacks if len(s)] or stacks[:1])
    frames.setflags(write=False)
    episodes = tuple(_read_episodes(folder / "episodes.jsonl", offsets))
    for e in episodes:
        lengths = {len(e.frame_index), len(e.success), *(len(v) for v in e.truth.values())}
        if lengths != {len(e) + 1}:
            raise ValueError(f"{e.id} has {len(e)} actions and {sorted(lengths)} frames")
        if e.frame_index.min() < 0 or e.frame_index.max() >= len(frames):
            raise ValueError(f"{e.id} refers to a frame that is not there")
    return EpisodeStore(
        frames,
        episodes,
        manifest["spec_digest"],
        manifest["env"],
        manifest["versions"],
        generation=manifest.get("generation", 0),
    )


def _to_json(e: Episode, local: Mapping[int, int]) -> dict[str, Any]:
    return {
        "id": e.id,
        "kind": e.kind,
        "split": e.split,
        "seed": e.seed,
        "policy": e.policy,
        "frames": [local[int(i)] for i in e.frame_index],
        "actions": list(e.actions),
        "rewards": {str(t): float(r) for t, r in enumerate(e.rewards) if r},
        "success": _bits(e.success),
        "truth": {name: _bits(values) for name, values in sorted(e.truth.items())},
        "note": e.note,
        **_changes_to_json(e),
    }


def _changes_to_json(e: Episode) -> dict[str, Any]:
    if e.changes is None:
        return {}
    return {"changes": [[c.frame, *c.box, c.leaves, c.returns] for c in e.changes]}


def _changes(raw: dict[str, Any]) -> tuple[Change, ...] | None:
    if "changes" not in raw:
        return None
    return tuple(
        Change(frame, (top, left, bottom, right), leaves=leaves, returns=returns)
        for frame, top, left, bottom, right, leaves, returns in raw["changes"]
    )


def _read_episodes(path: Path, offsets: Mapping[Split, int]) -> Iterator[Episode]:
    for line in path.read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        rewards = np.zeros(len(raw["actions"]))
        for t, r in raw["rewards"].items():
            rewards[int(t)] = r
        index = np.asarray(raw["frames"], dtype=np.int32) + np.int32(offsets[raw["split"]])
        yield Episode(
            id=raw["id"],
            kind=raw["kind"],
            split=raw["split"],
            seed=raw["seed"],
            policy=raw["policy"],
            frame_index=index,
            actions=tuple(raw["actions"]),
            rewards=rewards,
            success=_unbits(raw["success"]),
            truth={name: _unbits(bits) for name, bits in raw["truth"].items()},
            note=raw["note"],
            changes=_changes(raw),
        )


def _bits(values: NDArray[np.bool_] | Sequence[bool]) -> str:
    return "".join("1" if v else "0" for v in values)


def _unbits(bits: str) -> NDArray[np.bool_]:
    values: NDArray[np.bool_] = np.frombuffer(bits.encode("ascii"), dtype=np.uint8) == ord("1")
    return values
