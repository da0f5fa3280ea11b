"""`synth import`: pictures from elsewhere to a spec and its episodes, both in memory.

Episodes that end in success are the experts. All others are near misses: the goal may hold on
none of their frames but those that are told a success. Every second episode of each kind is held
out. Nothing is written here, so that a source that cannot be read costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from synth.envs.recorded import FAMILY
from synth.episode import SPLITS, Episode, EpisodeStore, frame_digest
from synth.episode.frame_file import FrameFile
from synth.errors import UsageError
from synth.record.recorder import FramePool
from synth.sources.files import read_files
from synth.sources.minari_clips import minari_clips
from synth.sources.shaping import FrameShape
from synth.sources.success import Bits, by_table, ended, group_of, read_table
from synth.sources.text import SpecWords
from synth.spec import RECORDED, parse_spec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from synth.episode import EpisodeKind, Split
    from synth.sources.clip import Clip
    from synth.spec import Spec

__all__ = ["ImportOptions", "Imported", "import_source"]

TABLE = "success.csv"
"""Looked for in the source where nobody says what success is."""

How = Literal["own", "folders", "last", "table"]
_WORDS: dict[How, str] = {
    "own": "as the source tells it frame by frame",
    "folders": "the last picture of each episode below a folder `success`",
    "last": "the last picture of each episode",
    "table": "as the table tells it",
}


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a source is to be read.

    Attributes:
        success: ``folders``, ``last``, a csv file, or for Minari a condition as in
            ``[success] when``; ``""`` takes what the source has.
        unsure: Frames before the first success that are not judged.
        every: Takes every so many frames, and the last.
        shape: What is done to each picture.
        goal: The goal in words; may stay empty.
    """

    success: str = ""
    unsure: int = 0
    every: int = 1
    shape: FrameShape = field(default_factory=FrameShape)
    goal: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Imported:
    """A task made of pictures.

    Attributes:
        text: Of its spec.
        spec: The same, read.
        store: Its episodes.
        remarks: Sentences for the user: what was taken for success, and how many there are.
    """

    text: str
    spec: Spec
    store: EpisodeStore
    remarks: tuple[str, ...]


@dataclass(frozen=True, eq=False, slots=True)
class _Read:
    """An episode whose pictures have been read: their indices, and what is known of them."""

    clip: Clip
    frames: list[NDArray[np.uint8]]
    bits: Bits
    mission: str | None

    @property
    def expert(self) -> bool:
        """Whether it shows the task done: not at first, and for certain at the end."""
        success, judged = self.bits.success, self.bits.judged
        return bool(success[-1] and judged[-1] and not success[0])


def import_source(
    name: str,
    source: str,
    options: ImportOptions,
    on_clip: Callable[[str, int, int], None] | None = None,
) -> Imported:
    """Read a source.

    Args:
        name: The task's.
        source: A folder, a file, or ``minari:ID``.
        options: How to read it.
        on_clip: Told of every episode, for a progress bar.

    Raises:
        UsageError: There are no episodes, they are damaged or of several sizes, or nothing tells
            what is success; the message says where.
        EnvironmentFault: A package is missing that reads them.
    """
    clips, told = _clips(source, options)
    how, tell = _telling(source, options, clips, own=told)
    with FrameFile() as file:
        builder = _Builder(file)
        for number, clip in enumerate(clips, start=1):
            builder.take(_read(clip, options, tell, builder))
            if on_clip is not None:
                on_clip("episodes", number, len(clips))
        episodes = builder.episodes()
        frames = file.array()
    words = SpecWords(
        goal=options.goal,
        source=source,
        success=options.success or how,
        unsure=options.unsure,
        every=options.every,
        render=options.shape.render(),
        lengths=tuple(len(e) for e in episodes),
        counts={(kind, split): n for kind, split, n in _counts(episodes)},
        frame=(int(frames.shape[2]), int(frames.shape[1])),
        missions=episodes[0].mission is not None,
    )
    text = words.text(name)
    spec = parse_spec(text, name=name, file=f"specs/{name}.toml")
    store = EpisodeStore(frames, episodes, spec.episode_digest(), RECORDED, FAMILY.versions())
    remarks = (
        f"success is {told or _WORDS[how]}",
        f"{len(clips)} episodes of {frames.shape[2]}x{frames.shape[1]} pixels, "
        f"{len(frames)} distinct: "
        + ", ".join(
            f"{n} {'experts' if kind == 'expert' else 'without a final success'} "
            f"{'held out' if split == 'held_out' else 'visible'}"
            for kind, split, n in _counts(episodes)
        ),
    )
    return Imported(text, spec, store, remarks)


def _clips(source: str, options: ImportOptions) -> tuple[tuple[Clip, ...], str]:
    """The episodes, and the condition of success where it was one."""
    kind, _, rest = source.partition(":")
    if kind == "minari":
        table = options.success.endswith(".csv") or options.success in {"last", "folders"}
        return minari_clips(rest, "" if table else options.success, ask=not table)
    return read_files(Path(source)), ""


def _telling(
    source: str, options: ImportOptions, clips: Sequence[Clip], *, own: str
) -> tuple[How, Callable[[Clip, Sequence[int]], tuple[Bits, str]]]:
    """What tells success, and the function that does: bits and mission of an episode."""
    said, unsure = options.success, options.unsure
    beside = Path(source) / TABLE
    if said.endswith(".csv") or (not said and beside.exists()):
        path = Path(said) if said else beside
        rows = read_table(path, [clip.name for clip in clips])
        return "table", lambda clip, frames: (
            by_table(path, rows[clip.name], frames, unsure),
            rows[clip.name][0].mission,
        )
    if own or (not said and all(clip.success is not None for clip in clips)):
        return "own", lambda clip, frames: (_own(clip, len(frames)), "")
    grouped = [clip for clip in clips if group_of(clip.name) is not None]
    if said == "folders" or (not said and grouped):
        if len(grouped) < len(clips):
            stray = next(clip for clip in clips if group_of(clip.name) is None)
            raise UsageError(
                f"{source}: {stray.name} lies neither below a folder `success` nor below one "
                "`failure`. Move it there, or tell success otherwise: --success last, or a csv."
            )
        return "folders", lambda clip, frames: (
            ended(frames, unsure, success=bool(group_of(clip.name))),
            "",
        )
    if said in {"", "last"}:
        return "last", lambda _clip, frames: (ended(frames, unsure, success=True), "")
    raise UsageError(
        f"--success {said}: say folders, last, or a csv file that exists; a condition such as "
        "`info.success` is for minari: alone."
    )


def _own(clip: Clip, count: int) -> Bits:
    success = clip.success if clip.success is not None else np.zeros(count, np.bool_)
    judged = clip.judged if clip.judged is not None else np.ones(count, np.bool_)
    if len(success) != count:
        raise UsageError(f"{clip.name}: success is told of {len(success)} of {count} frames.")
    return Bits(success, judged)


def _read(
    clip: Clip,
    options: ImportOptions,
    tell: Callable[[Clip, Sequence[int]], tuple[Bits, str]],
    builder: _Builder,
) -> _Read:
    """One episode's pictures, and which of them are a success."""
    known: dict[bytes, int] = {}
    numbers: list[int] = []
    kept: list[NDArray[np.uint8]] = []
    last: NDArray[np.uint8] | None = None
    for t, raw in enumerate(clip.frames()):
        frame = options.shape.make(raw, clip.name)
        builder.require_size(clip, frame)
        numbers.append(known.setdefault(frame_digest(frame), len(known)))
        last = None if t % options.every == 0 else frame
        if last is None:
            kept.append(frame)
    if last is not None:  # how it ends is what matters most
        kept.append(last)
    if len(kept) < 2:  # noqa: PLR2004 - a first and a last one
        raise UsageError(
            f"{clip.name}: {len(kept) or 'no'} picture{'s' if not kept else ''}; an episode needs "
            "a first and a last one."
        )
    bits, words = tell(clip, numbers)
    at = sorted({*range(0, len(numbers), options.every), len(numbers) - 1})
    bits = Bits(bits.success[at], bits.judged[at])
    return _Read(clip, kept, bits, clip.mission or words or None)


class _Builder:
    """Takes in episodes, deals them out to the splits, and keeps each picture once."""

    def __init__(self, file: FrameFile) -> None:
        self._pools: dict[Split, FramePool] = {split: FramePool(file) for split in SPLITS}
        self._made: dict[tuple[EpisodeKind, Split], list[Episode]] = {}
        self._shape: tuple[tuple[int, ...], str] | None = None
        self._seed = 0

    def require_size(self, clip: Clip, frame: NDArray[np.uint8]) -> None:
        """Check that a picture is as large as all before.

        Raises:
            UsageError: It is not; the message names both episodes.
        """
        if self._shape is None:
            self._shape = (frame.shape, clip.name)
        (height, width, _), first = self._shape
        if frame.shape[:2] != (height, width):
            raise UsageError(
                f"pictures of several sizes: {first} has {width}x{height} pixels, and {clip.name} "
                f"{frame.shape[1]}x{frame.shape[0]}. `--size {width}x{height}` makes all alike."
            )

    def take(self, read: _Read) -> None:
        """Add an episode: of each kind the first is visible, the second held out, and so on."""
        kind: EpisodeKind = "expert" if read.expert else "near_miss"
        there = {split: self._made.setdefault((kind, split), []) for split in SPLITS}
        split: Split = "held_out" if len(there["visible"]) > len(there["held_out"]) else "visible"
        clip, steps = read.clip, len(read.frames) - 1
        prefix = "held-" if split == "held_out" else ""
        whole = clip.actions is not None and len(clip.actions) == steps
        rewards = clip.rewards if clip.rewards is not None and whole else np.zeros(steps)
        there[split].append(
            Episode(
                id=f"{prefix}{kind.replace('_', '-')}-{len(there[split]):04d}",
                kind=kind,
                split=split,
                seed=self._seed,
                policy=RECORDED,
                frame_index=self._pools[split].add(np.stack(read.frames)),
                actions=clip.actions if whole and clip.actions is not None else (None,) * steps,
                rewards=rewards,
                success=read.bits.success,
                judged=read.bits.judged,
                truth={},
                note="" if read.expert else f"imported: {clip.name}",
                mission=read.mission,
            )
        )
        self._seed += 1

    def episodes(self) -> tuple[Episode, ...]:
        """All of them, experts first.

        Raises:
            UsageError: Too few of them succeed, or some have a mission and others none.
        """
        order: tuple[tuple[EpisodeKind, Split], ...] = (
            ("expert", "visible"),
            ("expert", "held_out"),
            ("near_miss", "visible"),
            ("near_miss", "held_out"),
        )
        everything = [e for at in order for e in self._made.get(at, ())]
        experts = sum(e.kind == "expert" for e in everything)
        if experts < 2:  # noqa: PLR2004 - one to be shown, and one held out
            raise UsageError(
                f"{experts or 'none'} of {len(everything)} episodes end{'s' if experts else ''} in "
                "success and begin without; at least two must: one to be shown to a model, and one "
                "held out."
            )
        worded = [e for e in everything if e.mission is not None]
        if worded and len(worded) < len(everything):
            raise UsageError(
                f"{len(worded)} of {len(everything)} episodes have a mission; all must, or none."
            )
        return tuple(everything)


def _counts(episodes: Sequence[Episode]) -> Iterator[tuple[EpisodeKind, Split, int]]:
    kinds: tuple[EpisodeKind, ...] = ("expert", "near_miss")
    for kind in kinds:
        for split in SPLITS:
            n = sum(e.kind == kind and e.split == split for e in episodes)
            if n:
                yield kind, split, n
