"""What a request shows, as views and labels.

A label says what a sub-task's checker should say on a frame. Demonstrations label the goal
on every frame they show; complaints label the frames they carry. Nothing else is known
here: no file is read, and captions are not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth import vision
from synth.errors import ModelDeadEnd
from synth.models.builtin.readings import Reading, readings, unreadable
from synth.models.builtin.things import Palette
from synth.models.builtin.view import View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.prompts.requests import Demonstration, FailureReport, Shot

__all__ = ["Evidence", "Example", "Story", "gather", "gather_all"]

HELP = "choose a vision-language model with --model"


@dataclass(frozen=True, eq=False, slots=True)
class Example:
    """A labelled frame of an episode."""

    now: View
    initial: View
    label: bool


@dataclass(frozen=True, eq=False, slots=True)
class Story:
    """One demonstration: views in order, the first initial and the last a success."""

    views: tuple[View, ...]

    @property
    def initial(self) -> View:
        """The first."""
        return self.views[0]

    @property
    def goal(self) -> View:
        """The last."""
        return self.views[-1]


@dataclass(frozen=True, eq=False, slots=True)
class Evidence:
    """Everything a request shows, read in one way.

    Attributes:
        reading: How its pictures are looked at.
        stories: The demonstrations, the longest first.
        labels: Examples from complaints, by sub-task.
        initials: The initial frames of demonstrations, and of complaints about episodes in
            which the task can be done: a scene that lacks what the task needs says nothing
            about which kinds of thing there are.
    """

    reading: Reading
    stories: tuple[Story, ...]
    labels: dict[str, tuple[Example, ...]]
    initials: tuple[View, ...]

    @property
    def tile(self) -> int:
        """Side of a tile in pixels; 0 where the pictures are things on a plain ground."""
        return self.reading.tile

    @property
    def scenery(self) -> Palette:
        """Ground and known colours; all pictures share them, and a grid has none."""
        return self.stories[0].initial.scenery or Palette((), (), 0)

    @property
    def shape(self) -> tuple[int, int]:
        """Of every picture that counts."""
        height, width = self.stories[0].initial.codes.shape
        return height, width


def gather(
    demonstrations: Sequence[Demonstration], complaints: Sequence[FailureReport] = ()
) -> Evidence:
    """A request's pictures in their likeliest reading; raises as `gather_all`."""
    return gather_all(demonstrations, complaints)[0]


def gather_all(
    demonstrations: Sequence[Demonstration], complaints: Sequence[FailureReport] = ()
) -> tuple[Evidence, ...]:
    """A request's pictures in each of their readings, the likeliest first.

    Raises:
        ModelDeadEnd: There is no demonstration, or the pictures are not of the sort that
            this synthesiser understands; the message says which.
    """
    shown = [d for d in demonstrations if len(d.shots) > 1]
    if not shown:
        raise ModelDeadEnd(
            "builtin: the request shows no demonstration with an initial and a goal image, so "
            "there is nothing to learn from."
        )
    shown.sort(key=lambda d: -len(d.shots))
    shape = shown[0].shots[0].frame.shape
    shown = [d for d in shown if all(s.frame.shape == shape for s in d.shots)]
    if not shown:
        raise ModelDeadEnd("builtin: the images of a demonstration differ in size.")
    blamed = [said.shots[0].frame for said in complaints if said.shots and _whole(said)]
    initials = [vision.pack(d.shots[0].frame) for d in shown]
    initials += [vision.pack(frame) for frame in blamed if frame.shape == shape]
    found = readings(shown, initials)
    if not found:
        raise ModelDeadEnd(f"builtin: {unreadable(initials)}; {HELP}.")
    return tuple(_read(reading, shown, complaints) for reading in found)


def _read(
    reading: Reading, shown: Sequence[Demonstration], complaints: Sequence[FailureReport]
) -> Evidence:
    shape, known = shown[0].shots[0].frame.shape, dict[str, View]()

    def view(shot: Shot) -> View:
        return known.setdefault(
            shot.name, View.of(shot.name, shot.frame, reading.tile, reading.scenery)
        )

    stories = tuple(Story(tuple(view(shot) for shot in d.shots)) for d in shown)
    initials = {story.initial.name: story.initial for story in stories}
    labels: dict[str, list[Example]] = {}
    for complaint in complaints:
        pictures = [shot for shot in complaint.shots if shot.frame.shape == shape]
        if len(pictures) != len(complaint.shots) or not pictures:
            continue
        initial = view(pictures[0])
        if _whole(complaint):
            initials.setdefault(initial.name, initial)
        name = complaint.failure.subtask
        if name is None:
            continue
        for shot, label in zip(pictures, complaint.labels, strict=False):
            if label is not None:
                labels.setdefault(name, []).append(Example(view(shot), initial, label))
    return Evidence(
        reading,
        stories,
        {name: tuple(examples) for name, examples in labels.items()},
        tuple(initials.values()),
    )


def _whole(complaint: FailureReport) -> bool:
    """Whether a complaint's episode shows a scene that holds what the task needs.

    An expert's does, and one in which something is done. Others may lack a thing, or hold
    it where no environment would put it.
    """
    return complaint.failure.group == "expert" or any(complaint.labels)
