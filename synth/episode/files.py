"""The folder that holds a task's episodes, read and written losslessly.

The folder::

    episodes/
        manifest.json        format, spec digest, environment, versions, counts
        episodes.jsonl       one episode a line: seed, policy, frame indices, actions, ...
        visible.npy.xz       uint8[N, H, W, 3], the visible split's distinct frames
        held_out.npy.xz      the same for the held-out split

and where some episodes are shown in perturbed pictures as well, or arrangements that no episode
shows, in files that `synth.episode.variant_files` and `synth.episode.scene_files` describe.
Pictures for people lie beside them and are neither read nor written here.
"""

from __future__ import annotations

import json
import lzma
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.episode.episode_records import (
    EpisodeRecord,
    ManifestRecord,
    valid,
    valid_line,
)
from synth.episode.frame_file import FrameFile
from synth.episode.packing import unpack_frames, write_frames
from synth.episode.scene_files import read_scenes, write_scenes
from synth.episode.store import SPLITS, Episode, EpisodeStore, SceneEvent
from synth.episode.variant_files import read_variants, write_variants
from synth.errors import UsageError
from synth.foreign import read_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from synth.episode.store import Split

__all__ = ["read_store", "write_store"]

FORMAT = 1


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
        write_frames(folder / f"{split}.npy.xz", store.frames, used)
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
        **({"untold": store.untold.to_json()} if store.untold is not None else {}),
        **write_variants(folder, store.variants),
        **write_scenes(folder, store.scenes),
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
    except (LookupError, ValueError, lzma.LZMAError, EOFError, OSError) as error:
        raise UsageError(
            f"{folder}: the episodes are damaged ({error}); restore the folder or record again."
        ) from error


def _read_store(folder: Path) -> EpisodeStore:
    raw = read_json((folder / "manifest.json").read_text(encoding="utf-8"))
    if isinstance(raw, dict) and raw.get("format", FORMAT) != FORMAT:
        raise UsageError(
            f"{folder}: episode format {raw['format']} is not the one this version of "
            f"synth reads ({FORMAT}); record again with `synth record`."
        )
    manifest = valid(ManifestRecord, raw, "manifest.json")
    offsets: dict[Split, int] = {}
    with FrameFile() as file:
        for split in SPLITS:
            offsets[split] = len(file)
            unpack_frames(folder / f"{split}.npy.xz", file)
        frames = file.array()
    episodes = tuple(_read_episodes(folder / "episodes.jsonl", offsets))
    for e in episodes:
        lengths = {
            len(e.frame_index),
            len(e.success),
            len(e.judged),
            *(len(v) for v in e.truth.values()),
        }
        if lengths != {len(e) + 1}:
            raise ValueError(f"{e.id} has {len(e)} actions and {sorted(lengths)} frames")
        if e.mission is not None and not e.mission.strip():
            raise ValueError(f"{e.id} has no words for a mission, but {e.mission!r}")
        if (e.mission is None) != (episodes[0].mission is None):
            with_, without = sorted((e, episodes[0]), key=lambda one: one.mission is None)
            raise ValueError(f"{with_.id} has a mission, and {without.id} has none")
        if e.frame_index.min() < 0 or e.frame_index.max() >= len(frames):
            raise ValueError(f"{e.id} refers to a frame that is not there")
    named = {e.id: e for e in episodes}
    return EpisodeStore(
        frames,
        episodes,
        manifest.spec_digest,
        manifest.env,
        manifest.versions,
        variants=read_variants(folder, manifest, named),
        scenes=read_scenes(folder, manifest, named, frames.shape[1:]),
        generation=manifest.generation,
        untold=manifest.untold,
    )


def _to_json(e: Episode, local: Mapping[int, int]) -> dict[str, Any]:
    return {
        "id": e.id,
        "kind": e.kind,
        "split": e.split,
        "seed": e.seed,
        "policy": e.policy,
        **({} if e.mission is None else {"mission": e.mission}),
        "frames": [local[int(i)] for i in e.frame_index],
        "actions": list(e.actions),
        "rewards": {str(t): float(r) for t, r in enumerate(e.rewards) if r},
        "success": _bits(e.success),
        **({} if e.judged.all() else {"judged": _bits(e.judged)}),
        "truth": {name: _bits(values) for name, values in sorted(e.truth.items())},
        "note": e.note,
        **_scene_events_to_json(e),
    }


def _scene_events_to_json(e: Episode) -> dict[str, Any]:
    if e.scene_events is None:
        return {}
    # The key of format 1; recorded folders have it.
    return {"changes": [[c.frame, *c.box, c.leaves, c.returns] for c in e.scene_events]}


def _read_episodes(path: Path, offsets: Mapping[Split, int]) -> Iterator[Episode]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        raw = valid_line(EpisodeRecord, line, f"{path.name}, line {number}")
        rewards = np.zeros(len(raw.actions))
        for t, r in raw.rewards.items():
            rewards[t] = r
        yield Episode(
            id=raw.id,
            kind=raw.kind,
            split=raw.split,
            seed=raw.seed,
            policy=raw.policy,
            frame_index=np.asarray(raw.frames, dtype=np.int32) + np.int32(offsets[raw.split]),
            actions=tuple(raw.actions),
            rewards=rewards,
            success=_unbits(raw.success),
            truth={name: _unbits(bits) for name, bits in raw.truth.items()},
            note=raw.note,
            scene_events=None
            if raw.changes is None
            else tuple(
                SceneEvent(frame, (top, left, bottom, right), leaves=leaves, returns=returns)
                for frame, top, left, bottom, right, leaves, returns in raw.changes
            ),
            judged=_unbits("1" * len(raw.success) if raw.judged is None else raw.judged),
            mission=raw.mission,
        )


def _bits(values: NDArray[np.bool_] | Sequence[bool]) -> str:
    return "".join("1" if v else "0" for v in values)


def _unbits(bits: str) -> NDArray[np.bool_]:
    values: NDArray[np.bool_] = np.frombuffer(bits.encode("ascii"), dtype=np.uint8) == ord("1")
    return values
