"""Scenes on disk, beside the episodes in whose worlds they are.

Only where there are any::

    scenes.jsonl             one scene a line: episode, way, what is ahead, pictures, truth
    scenes-visible.npy.xz    uint8[N, H, W, 3], that split's distinct pictures
    scenes-held_out.npy.xz

So held-out pictures lie in a file of their own here as well. How a scene is found is not known
here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from synth.episode.episode_records import SceneRecord, valid_line
from synth.episode.frame_file import FrameFile
from synth.episode.packing import read_frames, write_frames
from synth.episode.scene import Scene, Still, still_id
from synth.episode.store import SPLITS, frame_digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from synth.episode.episode_records import ManifestRecord
    from synth.episode.store import Episode, Split

__all__ = ["read_scenes", "write_scenes"]

LIST = "scenes.jsonl"
KEY = "scenes"
"""Of the manifest: how many scenes there are in each split."""


def write_scenes(folder: Path, scenes: Sequence[Scene]) -> dict[str, Any]:
    """Write scenes; the same ones always become the same bytes.

    Args:
        folder: Exists; files of scenes that lie there already are removed.
        scenes: Possibly none, and then nothing is written.

    Returns:
        What the manifest says of them.
    """
    for old in sorted(folder.glob("scenes*")):
        old.unlink()
    if not scenes:
        return {}
    lines: dict[str, str] = {}
    for split in SPLITS:
        with FrameFile() as file:
            place: dict[bytes, int] = {}
            for scene in (one for one in scenes if one.split == split):
                lines[scene.id] = json.dumps(_to_json(scene, file, place), separators=(",", ":"))
            if len(file):
                write_frames(_path(folder, split), file.array())
    text = "".join(f"{lines[scene.id]}\n" for scene in scenes)
    (folder / LIST).write_text(text, encoding="utf-8")
    return {KEY: {split: sum(s.split == split for s in scenes) for split in SPLITS}}


def _to_json(scene: Scene, file: FrameFile, place: dict[bytes, int]) -> dict[str, Any]:
    def at(frame: NDArray[np.uint8]) -> int:
        number = place.setdefault(frame_digest(frame), len(file))
        if number == len(file):
            file.append(frame[None])
        return number

    names = sorted({name for still in scene.stills for name in still.truth})
    return {
        "id": scene.id,
        "base": scene.base,
        "split": scene.split,
        "way": list(scene.way),
        "ahead": None if scene.ahead is None else [list(box) for box in scene.ahead],
        "backdrop": at(scene.backdrop),
        "stills": [at(still.frame) for still in scene.stills],
        "success": _bits(still.success for still in scene.stills),
        "truth": {name: _bits(still.truth[name] for still in scene.stills) for name in names},
        "notes": [still.note for still in scene.stills],
    }


def read_scenes(
    folder: Path,
    manifest: ManifestRecord,
    episodes: Mapping[str, Episode],
    shape: tuple[int, ...],
) -> tuple[Scene, ...]:
    """Read what `write_scenes` wrote.

    Args:
        folder: Where the files lie.
        manifest: Says whether there are any.
        episodes: The episodes in whose worlds they are, by id.
        shape: Of the episodes' own frames, ``(H, W, 3)``.

    Raises:
        OSError: A file cannot be read.
        LookupError: A line lacks something.
        ValueError: A line or a picture does not fit the rest.
    """
    if manifest.scenes is None:
        return ()
    scenes = tuple(_read(folder, episodes, shape))
    for split in SPLITS:
        listed, counted = sum(s.split == split for s in scenes), manifest.scenes.get(split, 0)
        if listed != counted:
            raise ValueError(f"{LIST} has {listed} scenes of {split}, not {counted}")
    return scenes


def _read(folder: Path, episodes: Mapping[str, Episode], shape: tuple[int, ...]) -> Iterator[Scene]:
    stacks: dict[Split, NDArray[np.uint8]] = {}
    lines = (folder / LIST).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        raw = valid_line(SceneRecord, line, f"{LIST}, line {number}")
        if raw.split not in stacks:
            stacks[raw.split] = read_frames(_path(folder, raw.split))
            if stacks[raw.split].shape[1:] != shape:
                raise ValueError(f"{_path(folder, raw.split).name} holds no frames of {shape}")
        frames = stacks[raw.split]
        if episodes[raw.base].split != raw.split:
            raise ValueError(f"{raw.id} is not of its episode's split")
        if max(raw.backdrop, *raw.stills) >= len(frames):
            raise ValueError(f"{raw.id} refers to a picture that is not there")
        parts = (raw.success, raw.notes, *raw.truth.values())
        if any(len(part) != len(raw.stills) for part in parts):
            raise ValueError(f"{raw.id} does not say the same number of things of each still")
        stills = tuple(
            Still(
                id=still_id(raw.id, k),
                frame=frames[at],
                success=raw.success[k] == "1",
                truth={key: bits[k] == "1" for key, bits in raw.truth.items()},
                note=raw.notes[k],
            )
            for k, at in enumerate(raw.stills)
        )
        ahead = None if raw.ahead is None else tuple(raw.ahead)
        backdrop = frames[raw.backdrop]
        yield Scene(raw.id, raw.base, raw.split, tuple(raw.way), backdrop, ahead, stills)


def _bits(values: Iterator[bool]) -> str:
    return "".join("1" if value else "0" for value in values)


def _path(folder: Path, split: Split) -> Path:
    return folder / f"scenes-{split}.npy.xz"
