"""Film strips: an episode's frames, and below them what the program says of each.

A strip has a lane for each sub-task, with the truth it is compared with as a thin line below,
and one for the environment's own success. What is drawn are runs of equal answers, so that a
long episode costs no more than a short one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Literal

import numpy as np

from synth.sandbox import Cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from synth.episode import Episode, EpisodeStore, Scene
    from synth.page.album import Album, AlbumPicture
    from synth.suite.evidence import RecordedVerdicts
    from synth.suite.still_verdicts import StillVerdicts
    from synth.task.labels import Label

__all__ = ["FilmStrip", "FilmStrips", "Lane", "LaneRun", "Mark", "runs"]

LaneAnswer = Literal["yes", "no", "none", "unjudged"]

SUCCESS = "success"
THUMBS = 12
"""Frames shown small above the timeline, where they are square; wide ones are fewer."""


@dataclass(frozen=True, slots=True)
class LaneRun:
    """Frames that follow each other and have the same answer.

    Attributes:
        start: First frame.
        length: How many frames.
        answer: ``none`` where the program gave no verdict, ``unjudged`` where nobody can tell.
    """

    start: int
    length: int
    answer: LaneAnswer


@dataclass(frozen=True, slots=True)
class Mark:
    """A label by eyes on one frame of a lane.

    Attributes:
        frame: Which frame.
        answer: What was answered, yes or no.
        agrees: Whether the program says the same.
        words: Who answered what.
    """

    frame: int
    answer: bool
    agrees: bool
    words: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of a timeline.

    Attributes:
        name: Of the sub-task, or ``success``.
        runs: What is said, frame by frame.
        truth: What is true, where it is known.
        told_by: What says so: a predicate's name; empty where nothing does.
        credited: The frame at which the sub-task is credited; ``None`` where it is not.
        marks: Labels.
    """

    name: str
    runs: tuple[LaneRun, ...]
    truth: tuple[LaneRun, ...] = ()
    told_by: str = ""
    credited: int | None = None
    marks: tuple[Mark, ...] = ()

    @property
    def spoken(self) -> str:
        """The answers as one letter a frame, for the page's script: y, n, x or ?."""
        letters: dict[LaneAnswer, str] = {"yes": "y", "no": "n", "none": "x", "unjudged": "?"}
        return "".join(letters[run.answer] * run.length for run in self.runs)


@dataclass(frozen=True, slots=True)
class FilmStrip:
    """One episode, or the pictures of one scene.

    Attributes:
        id: Of the episode or scene.
        kind: ``expert``, ``random``, ``near miss``, ``found`` or ``scene``.
        words: How it was made, or its mission; possibly nothing.
        frames: One picture a frame.
        captions: What is done between a frame and the one before, or where the agent is.
        lanes: One a sub-task, then success.
        start: The initial picture, where it is not the first frame.
        timed: Whether the frames follow each other in time.
        mission: The words of the episode, where they vary.
        seed: What the environment was reset with.
        focus: The frame that matters; ``None`` where the last credit does.
    """

    id: str
    kind: str
    words: str
    frames: tuple[AlbumPicture, ...]
    captions: tuple[str, ...]
    lanes: tuple[Lane, ...]
    start: AlbumPicture | None = None
    timed: bool = True
    mission: str | None = None
    seed: int = 0
    focus: int | None = None

    @property
    def thumbs(self) -> tuple[int, ...]:
        """Which frames are shown small: the first, the last, and some between."""
        aspect = max(1.0, self.frames[0].width / self.frames[0].height)
        count = min(round(THUMBS / aspect), len(self.frames))
        return tuple(np.unique(np.linspace(0, len(self.frames) - 1, count).round()).astype(int))

    @property
    def opening(self) -> int:
        """The frame that a reader sees first: what matters, the last credit, or else the last."""
        if self.focus is not None:
            return self.focus
        credited = [lane.credited for lane in self.lanes if lane.credited is not None]
        return max(credited, default=len(self.frames) - 1)


@dataclass(frozen=True, eq=False, slots=True)
class FilmStrips:
    """Makes strips of a task's episodes.

    Attributes:
        store: The episodes.
        album: Where their pictures go.
        evidence: What the program says of them.
        stills: What it says of scenes.
        predicates: Sub-task to the predicate that it is compared with.
        labels: Those in force, by the reference of their picture.
    """

    store: EpisodeStore
    album: Album
    evidence: RecordedVerdicts
    stills: StillVerdicts
    predicates: Mapping[str, str]
    labels: Mapping[str, Sequence[Label]]

    def episode(self, episode: Episode) -> FilmStrip:
        """The strip of an episode."""
        cells, credit = self.evidence.cells_of(episode), self.evidence.credit(episode)
        credited = [frame if frame >= 0 else None for frame in credit.first]
        references = [f"{episode.id}:{t}" for t in range(len(episode) + 1)]
        lanes = self._lanes(cells, episode.truth, references, credited)
        said = np.where(episode.judged, episode.success, -1)
        return FilmStrip(
            episode.id,
            episode.kind.replace("_", " "),
            episode.note,
            self.album.all(self.store.frames_of(episode)),
            ("initial picture", *(f"after action {t}" for t in range(1, len(episode) + 1))),
            (*lanes, Lane(SUCCESS, runs(said))),
            mission=episode.mission,
            seed=episode.seed,
        )

    def scene(self, scene: Scene) -> FilmStrip:
        """The strip of a scene: its pictures side by side, in no order of time."""
        base = self.store[scene.base]
        truth = {
            name: np.array([still.truth.get(name, False) for still in scene.stills])
            for name in {name for still in scene.stills for name in still.truth}
        }
        cells = self.stills.cells_of(scene)
        lanes = self._lanes(cells, truth, [s.id for s in scene.stills], [None] * cells.shape[1])
        success = np.array([still.success for still in scene.stills])
        return FilmStrip(
            scene.id,
            "scene",
            f"in the world of {base.id}: {', then '.join(scene.way) or 'as at the start'}",
            self.album.all(still.frame for still in scene.stills),
            tuple(still.note for still in scene.stills),
            (*lanes, Lane(SUCCESS, runs(success))),
            start=self.album.add(self.store.initial_of(base)),
            timed=False,
            mission=base.mission,
            seed=base.seed,
        )

    def _lanes(
        self,
        cells: NDArray[np.uint8],
        truth: Mapping[str, NDArray[np.bool_]],
        references: Sequence[str],
        credited: Sequence[int | None],
    ) -> tuple[Lane, ...]:
        said = np.select([cells == Cell.TRUE, cells == Cell.FALSE], [1, 0], -2)
        lanes = []
        for k, name in enumerate(self.evidence.subtasks):
            predicate = self.predicates.get(name, "")
            known = truth.get(predicate)
            lanes.append(
                Lane(
                    name,
                    runs(said[:, k]),
                    () if known is None else runs(known),
                    "" if known is None else predicate,
                    credited[k],
                    tuple(self._marks(name, references, said[:, k])),
                )
            )
        return tuple(lanes)

    def _marks(
        self, subtask: str, references: Sequence[str], said: NDArray[np.int64]
    ) -> Iterable[Mark]:
        for frame, reference in enumerate(references):
            for label in self.labels.get(reference, ()):
                if label.subtask == subtask and label.holds is not None:
                    agrees = bool(said[frame] == label.holds)
                    yield Mark(frame, label.holds, agrees, f"{label.answer}, by {label.by}")


def runs(values: NDArray[np.generic]) -> tuple[LaneRun, ...]:
    """Equal neighbours together.

    Args:
        values: 1 for yes, 0 for no, -1 where it is not judged, -2 where there is no verdict.

    Example:
        >>> [(r.start, r.length, r.answer) for r in runs(np.array([0, 0, 1]))]
        [(0, 2, 'no'), (2, 1, 'yes')]
    """
    answers: dict[int, LaneAnswer] = {1: "yes", 0: "no", -1: "unjudged", -2: "none"}
    found, at = [], 0
    for value, members in groupby(values.astype(int).tolist()):
        length = len(list(members))
        found.append(LaneRun(at, length, answers[value]))
        at += length
    return tuple(found)
