"""Typed requests: everything a model is ever asked, as data.

Each request knows its kind, its pictures and what it carries. Templates put it into words
(`synth.prompts.render`); a model that needs no text, such as a program
synthesiser, works from these fields. Nothing held out and no truth has a place in them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

from synth.episode import frame_digest
from synth.prompts.beside import beside

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from synth.failure import Failure
    from synth.plan import Plan, Stages

__all__ = [
    "ChangedPicture",
    "Computation",
    "Demonstration",
    "DescribeRequest",
    "FailureReport",
    "FasterRequest",
    "FunctionCost",
    "LabelPicture",
    "LabelRequest",
    "RefineRequest",
    "Request",
    "RequestKind",
    "Shot",
    "WriteRequest",
]

RequestKind = Literal["describe", "write", "refine", "faster", "label"]


@dataclass(frozen=True, eq=False, slots=True)
class Shot:
    """One picture of a request.

    Attributes:
        name: File-safe and unique within the request: ``expert-0003-frame-0007``.
        caption: What the picture is, in words.
        frame: ``uint8[H, W, 3]``, true size. It is enlarged only when sent.
        mission: The words of its episode, shown beside it; ``None`` where missions do not vary.
    """

    name: str
    caption: str
    frame: NDArray[np.uint8]
    mission: str | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Demonstration:
    """Frames of one visible expert episode, in order, the first initial and the last a success.

    Attributes:
        episode: The episode's id.
        shots: At least two.
        complete: Whether every frame of the episode is here, rather than a selection.
    """

    episode: str
    shots: tuple[Shot, ...]
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Computation:
    """What the program computed on a picture, in its own process's words.

    Attributes:
        picture: Name of the picture.
        lines: One for each function, ``near: gap = 3.5 -> False``, the checker's first.
    """

    picture: str
    lines: tuple[str, ...]


@dataclass(frozen=True, eq=False, slots=True)
class FailureReport:
    """One failure with its pictures.

    Attributes:
        failure: Always of the visible split.
        shots: The initial frame, the frame at fault, and where it helps the nearest frame
            on which the verdict should have been the other; possibly none.
        also: How many further failures are like this one and are not shown.
        labels: For each of the shots what the failure's sub-task should have said there,
            ``None`` where nobody knows; possibly none at all.
        computed: What the program that failed computed on some of the shots; possibly nothing.
    """

    failure: Failure
    shots: tuple[Shot, ...] = ()
    also: int = 0
    labels: tuple[bool | None, ...] = ()
    computed: tuple[Computation, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class ChangedPicture:
    """An example of a change of the picture under which every verdict must stay.

    Attributes:
        words: The change, in words.
        before: A picture as recorded.
        after: The same changed; not always of the same size.
    """

    words: str
    before: Shot
    after: Shot


@dataclass(frozen=True, slots=True)
class FunctionCost:
    """Where a program's time goes.

    Attributes:
        function: Name of one of its top-level functions.
        microseconds: Mean per frame, callees included.
        calls: Mean calls per frame.
    """

    function: str
    microseconds: float
    calls: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Request:
    """What all requests share.

    Attributes:
        goal: The goal in words, or ``None`` where the spec withholds it.
        picture_notes: What the family says of its pictures (camera, sizes, seams between
            views); possibly nothing.
        missions: Missions of visible episodes, as examples; none where missions do not vary.
        measured: Whether success is a threshold of a measure, so that progress is wanted.
        sample: Which of the round's K independent samples this is, from 0.
        round: The round it belongs to, from 0.
        prompts: Folder of templates that take the place of synth's own, or ``None``.
    """

    kind: ClassVar[RequestKind]
    goal: str | None = None
    picture_notes: str = ""
    missions: tuple[str, ...] = ()
    measured: bool = False
    sample: int = 0
    round: int = 0
    prompts: Path | None = None

    @property
    def key(self) -> str:
        """Its place in the run: ``refine-3-0``. Replays match by it."""
        return f"{self.kind}-{self.round}-{self.sample}"

    @property
    def shots(self) -> tuple[Shot, ...]:
        """All its pictures, in the order in which the prompt shows them."""
        return ()

    @property
    def private(self) -> bool:
        """Whether its pictures are held out, so that a run's folder must not keep them."""
        return False


@dataclass(frozen=True, eq=False, kw_only=True)
class DescribeRequest(Request):
    """Images to plan. The answer is a plan as JSON.

    Attributes:
        remarks: What the plan so far leaves open, in the words of whoever labelled pictures.
    """

    kind: ClassVar[RequestKind] = "describe"
    demonstrations: tuple[Demonstration, ...]
    reports: tuple[FailureReport, ...] = ()
    previous: Plan | None = None
    remarks: tuple[str, ...] = ()

    @property
    def shots(self) -> tuple[Shot, ...]:
        """All demonstrations' pictures, then the reports'."""
        return _shots(self.demonstrations, self.reports)


@dataclass(frozen=True, eq=False, kw_only=True)
class WriteRequest(Request):
    """Plan to program. The answer is one Python code block.

    Attributes:
        invariances: Under which changes of the pictures the verdicts must stay, in words.
        changes: An example of each of these changes.
    """

    kind: ClassVar[RequestKind] = "write"
    plan: Plan
    demonstrations: tuple[Demonstration, ...]
    target_microseconds: float
    invariances: tuple[str, ...] = ()
    changes: tuple[ChangedPicture, ...] = ()

    @property
    def shots(self) -> tuple[Shot, ...]:
        """All demonstrations' pictures, then the changed ones."""
        return _shots(self.demonstrations, (), self.changes)


@dataclass(frozen=True, eq=False, kw_only=True)
class RefineRequest(Request):
    """Failures to repaired functions. The answer holds only the functions that change.

    Attributes:
        source: The program as it stands.
        reports: What failed, most telling first.
        notes: What was tried before and reverted, and why.
        history: What came of the rounds so far for this plan, one line each, oldest first.
        earlier: What failed before with other programs for this plan and is no longer
            among the reports, oldest first. Its pictures are not sent.
        invariances: As for `WriteRequest`.
        changes: As for `WriteRequest`.
        remarks: As for `DescribeRequest`.
        given_up: The stages of plans that were given up in this run. No prompt tells them: they
            are for a model that answers with another plan.
    """

    kind: ClassVar[RequestKind] = "refine"
    plan: Plan
    source: str
    reports: tuple[FailureReport, ...]
    notes: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    earlier: tuple[FailureReport, ...] = ()
    demonstrations: tuple[Demonstration, ...] = ()
    target_microseconds: float
    invariances: tuple[str, ...] = ()
    changes: tuple[ChangedPicture, ...] = ()
    remarks: tuple[str, ...] = ()
    given_up: tuple[Stages, ...] = ()

    @property
    def shots(self) -> tuple[Shot, ...]:
        """The demonstrations' pictures, then the reports', then the changed ones."""
        return _shots(self.demonstrations, self.reports, self.changes)


@dataclass(frozen=True, eq=False, kw_only=True)
class FasterRequest(Request):
    """A passing program, and where its time goes, to a faster one.

    Attributes:
        profile: By function; those that are called from outside sum up to the time of a frame
            without `hand_over`.
        hand_over: Microseconds per frame for handing over the frame and the verdicts.
        invariances: As for `WriteRequest`.
    """

    kind: ClassVar[RequestKind] = "faster"
    plan: Plan
    source: str
    profile: tuple[FunctionCost, ...]
    microseconds: float
    hand_over: float = 0.0
    target_microseconds: float
    notes: tuple[str, ...] = ()
    example: tuple[Shot, ...] = field(default=())
    invariances: tuple[str, ...] = ()

    @property
    def shots(self) -> tuple[Shot, ...]:
        """A few pictures, so that the answer is not written blind."""
        return self.example


@dataclass(frozen=True, eq=False, slots=True)
class LabelPicture:
    """One picture that eyes are asked about.

    Attributes:
        name: Says nothing of where it comes from: ``picture-03``.
        initial: ``uint8[H, W, 3]``, the initial picture of its episode.
        frame: ``uint8[H, W, 3]``, the picture itself.
        subtasks: Which sub-tasks are asked.
        mission: The words of its episode, part of the question; ``None`` where missions do not
            vary.
    """

    name: str
    initial: NDArray[np.uint8]
    frame: NDArray[np.uint8]
    subtasks: tuple[str, ...]
    mission: str | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class LabelRequest(Request):
    """Pictures and a plan to answers: does this sub-task hold here? The answer is JSON.

    It carries no program, no verdict and no success. A held-out one is seen by nobody else: its
    pictures are not kept, and nothing in it tells where they come from.

    Attributes:
        pictures: In the order in which they are asked.
        part: Which sheet of which look, within the round and sample.
        problem: Why the last answer to these questions could not be used, or nothing.
        held_out: Whether the pictures are held out.
    """

    kind: ClassVar[RequestKind] = "label"
    plan: Plan
    pictures: tuple[LabelPicture, ...]
    part: str
    problem: str = ""
    held_out: bool = False

    @property
    def private(self) -> bool:
        """Whether the pictures are held out."""
        return self.held_out

    @property
    def key(self) -> str:
        """Its place in the run: ``label-3-0-a1``."""
        return f"{self.kind}-{self.round}-{self.sample}-{self.part}"

    @property
    def shots(self) -> tuple[Shot, ...]:
        """Each picture beside its initial one, as it is sent."""
        return tuple(
            Shot(
                p.name,
                f"{p.name}: the initial image and a later one",
                beside(p.initial, p.frame),
                p.mission,
            )
            for p in self.pictures
        )


def _shots(
    demonstrations: tuple[Demonstration, ...],
    reports: tuple[FailureReport, ...],
    changes: tuple[ChangedPicture, ...] = (),
) -> tuple[Shot, ...]:
    shots = [s for d in demonstrations for s in d.shots]
    shots += [s for c in reports for s in c.shots]
    shots += [s for c in changes for s in (c.before, c.after)]
    return tuple({shot.name: shot for shot in shots}.values())


def request_digest(request: Request, prompt: str) -> str:
    """Digest of what a model would be asked: kind, place in the run, text and pictures."""
    content = [
        request.key,
        prompt,
        *(frame_digest(shot.frame).hex() for shot in request.shots),
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
