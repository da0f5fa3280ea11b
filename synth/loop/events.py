"""What happens in a run, as it happens.

The loop says; whoever listens draws. Events of answers may come from several threads,
but never two at a time. An observer that raises ends the run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synth.failure import Find
    from synth.loop.verdict import Verdict
    from synth.models.base import Usage
    from synth.plan import Plan
    from synth.prompts.requests import RequestKind

__all__ = [
    "Answered",
    "Asked",
    "Event",
    "FoundEpisode",
    "HeldOut",
    "Improved",
    "Judged",
    "Labelled",
    "LookedAgain",
    "Noticed",
    "Observer",
    "Planned",
    "Reverted",
    "RoundStarted",
    "RunStarted",
    "SpeedMeasured",
    "Stopped",
    "Unusable",
]


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The run begins, or goes on where an earlier process left it.

    Attributes:
        answers: How many answers the journal already holds.
    """

    task: str
    model: str
    answers: int


@dataclass(frozen=True, slots=True)
class RoundStarted:
    """A round begins."""

    round: int
    kind: RequestKind
    samples: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A request is on its way to the model."""

    key: str
    pictures: int
    characters: int


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer is in the journal.

    Attributes:
        cost: Of this answer, or ``None`` where no price is known.
        replayed: Whether the journal held it, so that nothing was asked or paid now.
    """

    key: str
    usage: Usage
    cost: float | None
    replayed: bool


@dataclass(frozen=True, slots=True)
class Unusable:
    """An answer held no plan, or no program, that could be judged."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Planned:
    """An answer held a plan."""

    key: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate was judged on the visible split."""

    key: str
    program: str
    verdict: Verdict
    plan: Plan


@dataclass(frozen=True, slots=True)
class FoundEpisode:
    """The search found an episode on which a candidate lies; all are judged by it from now."""

    key: str
    find: Find


@dataclass(frozen=True, slots=True)
class Reverted:
    """A candidate broke tests that had passed, or was no better, and is dropped.

    Attributes:
        broken: Ids of the tests that had passed; empty where it was only no better.
    """

    key: str
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Improved:
    """A candidate is the new base; `best` where it is also the best of the whole run."""

    key: str
    verdict: Verdict
    best: bool


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A candidate that passes everything visible was judged on the held-out split.

    Attributes:
        look: Which look this is, from 1.
        generation: How often the held-out episodes had been replaced.
    """

    key: str
    passed: int
    failed: int
    look: int
    generation: int = 0


@dataclass(frozen=True, slots=True)
class SpeedMeasured:
    """A passing candidate's speed, in microseconds a frame."""

    key: str
    single: float
    batched: float
    target: float


@dataclass(frozen=True, slots=True)
class Labelled:
    """Eyes were asked about pictures on which readings of the sub-tasks disagree.

    Attributes:
        held_out: Whether of the held-out split.
        rivals: How many readings there were besides the program's own.
        pictures: How many pictures were put to eyes.
        asked: How many questions.
        agreed: Of which two looks gave the same, yes or no.
        contested: Of which two looks differ.
    """

    key: str
    held_out: bool
    rivals: int
    pictures: int
    asked: int
    agreed: int
    contested: int


@dataclass(frozen=True, slots=True)
class LookedAgain:
    """Labels that a program contradicts were looked at once more."""

    key: str
    held_out: bool
    contradicted: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something worth a line: a changed prompt, an answer that was cut."""

    text: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The run is over."""

    accepted: bool
    reason: str


Event = (
    RunStarted
    | RoundStarted
    | Asked
    | Answered
    | Unusable
    | Planned
    | Judged
    | FoundEpisode
    | Reverted
    | Improved
    | HeldOut
    | SpeedMeasured
    | Labelled
    | LookedAgain
    | Noticed
    | Stopped
)

Observer = Callable[[Event], None]
