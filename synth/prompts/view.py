"""What the templates read: requests laid out for printing.

A picture that a request shows twice is sent once; afterwards it is referred to by name.
This module decides what is told about each picture; how it is told stands in the
templates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.prompts.beside import enlarged
from synth.prompts.palette import colour_table, difference
from synth.prompts.pictures import scale_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from synth.failure import Failure
    from synth.prompts.palette import ColourTable, FrameDifference
    from synth.prompts.requests import (
        ChangedPicture,
        Computation,
        Demonstration,
        FailureReport,
        LabelRequest,
        Shot,
    )

__all__ = [
    "ChangeView",
    "DemonstrationView",
    "GroupView",
    "Marker",
    "ReportView",
    "ShotView",
    "SightView",
    "Viewer",
]


class Marker(str):
    """Where a picture goes in rendered text; no other text can look like one."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ShotView:
    """A picture in print.

    Attributes:
        name: The shot's.
        caption: The shot's.
        scale: True size and enlargement, in words.
        marker: Stands for the picture itself.
        repeated: Whether it was shown before, so that it is only referred to.
        table: Its colours, where they are listed.
        difference: What differs from the initial picture, where there is one.
        reference: Name of that initial picture.
        mission: The shot's.
    """

    name: str
    caption: str
    scale: str
    marker: Marker
    repeated: bool = False
    table: ColourTable | None = None
    difference: FrameDifference | None = None
    reference: str = ""
    mission: str | None = None


@dataclass(frozen=True, slots=True)
class DemonstrationView:
    """An episode in print."""

    episode: str
    complete: bool
    shots: tuple[ShotView, ...]


@dataclass(frozen=True, slots=True)
class ReportView:
    """A failure in print."""

    failure: Failure
    also: int
    shots: tuple[ShotView, ...]
    computed: tuple[Computation, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupView:
    """The failures of one sub-task, or of the program as a whole (``None``)."""

    subtask: str | None
    reports: tuple[ReportView, ...]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change that must not matter, in print."""

    words: str
    shots: tuple[ShotView, ...]


@dataclass(frozen=True, slots=True)
class SightView:
    """A picture that eyes are asked about, in print.

    Attributes:
        name: The picture's.
        scale: True size and enlargement of each side, in words.
        marker: Stands for the picture itself.
        subtasks: Which are asked.
        mission: The picture's.
    """

    name: str
    scale: str
    marker: Marker
    subtasks: tuple[str, ...]
    mission: str | None = None


class Viewer:
    """Lays out the pictures of one prompt, in the order in which they will be printed."""

    def __init__(self) -> None:
        self.shots: dict[str, Shot] = {}

    def demonstrations(
        self, demonstrations: Sequence[Demonstration]
    ) -> tuple[DemonstrationView, ...]:
        """Episodes: the initial picture with its colours, the others by what changed."""
        return tuple(
            DemonstrationView(d.episode, d.complete, self.pictures(d.shots)) for d in demonstrations
        )

    def reports(
        self, reports: Sequence[FailureReport], *, computed: bool = False
    ) -> tuple[GroupView, ...]:
        """Failures by sub-task, sub-tasks in the order of their most telling failure.

        Args:
            reports: The failures.
            computed: Whether to tell what the program computed: beside the program.
        """
        groups = dict.fromkeys(c.failure.subtask for c in reports)
        return tuple(
            GroupView(
                subtask,
                tuple(
                    ReportView(
                        c.failure,
                        c.also,
                        self.pictures(c.shots, at_fault=True),
                        c.computed if computed else (),
                    )
                    for c in reports
                    if c.failure.subtask == subtask
                ),
            )
            for subtask in groups
        )

    def changes(self, changes: Sequence[ChangedPicture]) -> tuple[ChangeView, ...]:
        """Changes that must not matter: a picture as recorded, and the same changed."""
        return tuple(ChangeView(c.words, self.pictures((c.before, c.after))) for c in changes)

    def sights(self, request: LabelRequest) -> tuple[SightView, ...]:
        """Pictures that eyes are asked about, each with its questions and no numbers."""
        views = []
        for picture, shot in zip(request.pictures, request.shots, strict=True):
            self.shots[shot.name] = shot
            views.append(
                SightView(
                    picture.name,
                    _sides(picture.frame),
                    Marker(f"\0{picture.name}\0"),
                    picture.subtasks,
                    picture.mission,
                )
            )
        return tuple(views)

    def pictures(self, shots: Sequence[Shot], *, at_fault: bool = False) -> tuple[ShotView, ...]:
        """Pictures of one episode, the initial one first.

        Args:
            shots: Of which the first is what the others are compared with.
            at_fault: Whether the second is a frame at fault, whose colours are listed too.
        """
        return tuple(
            self._picture(shot, shots[0], table=k == 0 or (at_fault and k == 1))
            for k, shot in enumerate(shots)
        )

    def _picture(self, shot: Shot, initial: Shot, *, table: bool) -> ShotView:
        scale = scale_of(shot.frame).words
        marker = Marker(f"\0{shot.name}\0")
        if shot.name in self.shots:
            return ShotView(
                shot.name, shot.caption, scale, marker, repeated=True, mission=shot.mission
            )
        self.shots[shot.name] = shot
        return ShotView(
            shot.name,
            shot.caption,
            scale,
            marker,
            table=colour_table(shot.frame) if table else None,
            difference=None if shot is initial else difference(shot.frame, initial.frame),
            reference=initial.name,
            mission=shot.mission,
        )


def _sides(frame: NDArray[np.uint8]) -> str:
    height, width = frame.shape[:2]
    times = enlarged(frame)
    shown = f"shown enlarged {times} times" if times > 1 else "shown as it is"
    return f"each side: true size {width} x {height} pixels (width x height), {shown}"
