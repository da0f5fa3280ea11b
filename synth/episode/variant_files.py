"""Variants on disk, beside the episodes that they show in perturbed pictures.

Only where there are any::

    variants.jsonl                  one variant a line: name, episode, split, size, frame indices
    variants-visible-48x64.npy.xz   uint8[N, 48, 64, 3], that split's distinct frames of that size
    variants-held_out-48x64.npy.xz

So held-out pictures lie in files of their own here as well. What a variant is for, and how
it is made, is not known here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.episode.episode_records import VariantRecord, valid_line
from synth.episode.packing import read_frames, write_frames
from synth.episode.store import SPLITS, Variant, frame_digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from synth.episode.episode_records import ManifestRecord
    from synth.episode.store import Episode, Split

__all__ = ["read_variants", "write_variants"]

LIST = "variants.jsonl"
KEY = "variants"
"""Of the manifest: how many variants there are in each split."""

_Size = tuple[int, int]


class _Pool:
    """Distinct frames of one split and size, in the order in which they first appear."""

    def __init__(self) -> None:
        self._index: dict[bytes, int] = {}
        self.frames: list[NDArray[np.uint8]] = []

    def place(self, frame: NDArray[np.uint8]) -> int:
        at = self._index.setdefault(frame_digest(frame), len(self.frames))
        if at == len(self.frames):
            self.frames.append(frame)
        return at


def write_variants(folder: Path, variants: Sequence[Variant]) -> dict[str, Any]:
    """Write variants; the same ones always become the same bytes.

    Args:
        folder: Exists; files of variants that lie there already are removed.
        variants: Possibly none, and then nothing is written.

    Returns:
        What the manifest says of them.
    """
    for old in sorted(folder.glob("variants*")):
        old.unlink()
    if not variants:
        return {}
    pools: dict[tuple[Split, _Size], _Pool] = {}
    lines: list[str] = []
    for variant in variants:
        height, width = variant.frames.shape[1:3]
        pool = pools.setdefault((variant.split, (height, width)), _Pool())
        record = {
            "name": variant.name,
            "base": variant.base,
            "split": variant.split,
            "size": [height, width],
            "frames": [pool.place(variant.frames[i]) for i in variant.frame_index],
        }
        lines.append(json.dumps(record, separators=(",", ":")) + "\n")
    (folder / LIST).write_text("".join(lines), encoding="utf-8")
    for (split, size), pool in pools.items():
        write_frames(_path(folder, split, size), np.stack(pool.frames))
    return {KEY: {split: sum(v.split == split for v in variants) for split in SPLITS}}


def read_variants(
    folder: Path, manifest: ManifestRecord, episodes: Mapping[str, Episode]
) -> tuple[Variant, ...]:
    """Read what `write_variants` wrote.

    Args:
        folder: Where the files lie.
        manifest: Says whether there are any.
        episodes: The episodes that they show, by id.

    Raises:
        OSError: A file cannot be read.
        LookupError: A line lacks something.
        ValueError: A line or a frame does not fit the rest.
    """
    if manifest.variants is None:
        return ()
    variants = tuple(_read(folder, episodes))
    for split in SPLITS:
        listed, counted = sum(v.split == split for v in variants), manifest.variants.get(split, 0)
        if listed != counted:
            raise ValueError(f"{LIST} has {listed} variants of {split}, not {counted}")
    return variants


def _read(folder: Path, episodes: Mapping[str, Episode]) -> Iterator[Variant]:
    stacks: dict[tuple[Split, _Size], NDArray[np.uint8]] = {}
    lines = (folder / LIST).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        raw = valid_line(VariantRecord, line, f"{LIST}, line {number}")
        key = (raw.split, raw.size)
        if key not in stacks:
            stacks[key] = read_frames(_path(folder, *key))
            if stacks[key].shape[1:] != (*key[1], 3):
                raise ValueError(f"{_path(folder, *key).name} holds no frames of that size")
            stacks[key].setflags(write=False)
        index = np.asarray(raw.frames, dtype=np.int32)
        variant = Variant(raw.name, raw.base, raw.split, index, stacks[key])
        _require_fit(variant, episodes[raw.base])
        yield variant


def _require_fit(variant: Variant, episode: Episode) -> None:
    called = f"{variant.base} with {variant.name}"
    if variant.split != episode.split or len(variant.frame_index) != len(episode) + 1:
        raise ValueError(f"{called} is not of its episode's split and length")
    if variant.frame_index.min() < 0 or variant.frame_index.max() >= len(variant.frames):
        raise ValueError(f"{called} refers to a frame that is not there")


def _path(folder: Path, split: Split, size: _Size) -> Path:
    return folder / f"variants-{split}-{size[0]}x{size[1]}.npy.xz"
