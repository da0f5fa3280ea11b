"""A run's history, round by round, as its journal tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from synth.errors import ProgramSyntaxError
from synth.journal import (
    CandidateRecord,
    DecisionRecord,
    HeldOutRecord,
    NoteRecord,
    PlanRecord,
    QuestionsRecord,
    RequestRecord,
    ResponseRecord,
    SpeedRecord,
    VerdictRecord,
    WastedRecord,
)
from synth.loop.adopt import RecordedTask
from synth.loop.feedback import every_report
from synth.loop.prices import find_price
from synth.loop.verdict import Verdict
from synth.models.base import Usage
from synth.page.blame import drafts, round_of
from synth.page.code import diff_lines
from synth.page.failures import Plate, of_report
from synth.program import changed_functions
from synth.suite.diagnosis import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from markupsafe import Markup

    from synth.journal import Record, Tape
    from synth.page.album import Album
    from synth.page.blame import ProgramDraft
    from synth.page.failures import ShownFailure
    from synth.plan import Plan
    from synth.task import TaskFolder

__all__ = ["Bill", "Exchanged", "JudgedDraft", "Round", "bill_of", "history"]

DECISIONS = {
    "best": "kept, the best so far",
    "accepted": "kept",
    "reverted": "taken back",
    "unusable": "could not be used",
    "held_out": "failed on what is held out",
    "stop": "the run ended",
}


@dataclass(frozen=True, slots=True)
class Bill:
    """What a run cost.

    Attributes:
        calls: Answers that came back, usable or not.
        input_tokens: As the services counted them.
        output_tokens: As the services counted them.
        seconds: Of work on the run, waiting for answers included.
        money: In the currency of the user's prices; ``None`` where no price is known.
        models: What answered, as the services name it, with the number of answers.
    """

    calls: int
    input_tokens: int
    output_tokens: int
    seconds: float
    money: float | None
    models: tuple[tuple[str, int], ...]

    @property
    def counted(self) -> bool:
        """Whether a service counted tokens at all."""
        return self.input_tokens + self.output_tokens > 0


@dataclass(slots=True)
class Exchanged:
    """One request, and what came back.

    Attributes:
        key: Its place in the run.
        kind: What was asked for.
        prompt: The full text.
        plates: The pictures that went with it.
        answer: The text that came; ``None`` where the journal holds none.
        model: What answered.
        input_tokens: As the service counted them.
        output_tokens: As the service counted them.
        wasted: Answers to the same request that were none, and why.
    """

    key: str
    kind: str
    prompt: str
    plates: tuple[Plate, ...] = ()
    answer: str | None = None
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    wasted: list[str] = field(default_factory=list)


@dataclass(slots=True)
class JudgedDraft:
    """A program that an answer came to, and how it did.

    Attributes:
        key: Of the request.
        diff: Against what it was made from.
        lines: Of the program.
        changed: Functions that differ from those of its base.
        base: Key of that.
        groups: Group to tests passed and failed; the last verdict's.
        failures: Of the visible split, with their frames.
        held_out: Sentences about looks at what is held out.
        speed: Microseconds a frame, single and batched.
    """

    key: str
    diff: tuple[Markup, ...]
    lines: int
    changed: tuple[str, ...]
    base: str
    groups: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    failures: tuple[ShownFailure, ...] = ()
    held_out: list[str] = field(default_factory=list)
    speed: tuple[float, float] | None = None

    @property
    def passed(self) -> int:
        """Visible tests that pass."""
        return sum(passed for passed, _ in self.groups.values())

    @property
    def failed(self) -> int:
        """Visible tests that fail."""
        return sum(failed for _, failed in self.groups.values())


@dataclass(slots=True)
class Round:
    """One round of a run.

    Attributes:
        number: From 0.
        asked: Its requests, in order.
        plans: What was planned, by request.
        judged: Programs.
        decisions: What was done with its answers.
        remarks: Decisions and notes, in order.
        seconds: Of work from the end of the round before to the last answer of this one.
    """

    number: int
    asked: list[Exchanged] = field(default_factory=list)
    plans: list[tuple[str, Plan]] = field(default_factory=list)
    judged: list[JudgedDraft] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def kind(self) -> str:
        """What was asked for: that of its first request."""
        return self.asked[0].kind if self.asked else "note"

    @property
    def outcome(self) -> str:
        """What came of it, in a few words."""
        if self.plans and not self.judged:
            return f"a plan of {count(len(self.plans[-1][1].names), 'sub-task')}"
        return "; ".join(dict.fromkeys(self.decisions))

    @property
    def tokens(self) -> int:
        """Of its answers, both ways."""
        return sum(one.input_tokens + one.output_tokens for one in self.asked)


def bill_of(tape: Tape, model: str) -> Bill:
    """What a run cost.

    Args:
        tape: Its journal.
        model: As given on the command line; its price is looked up.

    Raises:
        UsageError: A file of prices is damaged.
    """
    paid = tape.paid
    usage = Usage(sum(r.input_tokens for r in paid), sum(r.output_tokens for r in paid))
    names = [r.model for r in paid if r.model]
    price = find_price(model)
    return Bill(
        calls=len(paid),
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        seconds=tape.elapsed,
        money=None if price is None else price.cost(usage),
        models=tuple((name, names.count(name)) for name in sorted(set(names))),
    )


def history(tape: Tape, task: TaskFolder, pictures: Path, album: Album) -> tuple[Round, ...]:
    """The rounds of a run.

    Args:
        tape: Its journal.
        task: Where the frames of failures are.
        pictures: Where the pictures of requests are.
        album: Where all of them go.
    """
    book = _Book(tape, task, pictures, album)
    for record in tape.records:
        book.read(record)
    return tuple(book.rounds[number] for number in sorted(book.rounds))


class _Book:
    """Takes down one record after the other."""

    def __init__(self, tape: Tape, task: TaskFolder, pictures: Path, album: Album) -> None:
        self._tape, self._task, self._album = tape, task, album
        self._pictures = pictures
        made = drafts(tape)
        self._drafts = {draft.key: draft for draft in made}
        self.rounds: dict[int, Round] = {}
        self._at = 0
        self._plan = task.plan
        self._asked: dict[tuple[str, str], Exchanged] = {}
        self._judged: dict[str, JudgedDraft] = {}
        self._elapsed = 0.0

    def read(self, record: Record) -> None:
        """Take down one record."""
        key = getattr(record, "key", "")
        if round_of(key) >= 0:
            self._at = round_of(key)
        here = self.rounds.setdefault(self._at, Round(self._at))
        elapsed = getattr(record, "elapsed", 0.0)
        if elapsed > self._elapsed:
            here.seconds += elapsed - self._elapsed
            self._elapsed = elapsed
        self._take(record, here)

    def _take(self, record: Record, here: Round) -> None:
        match record:
            case RequestRecord():
                asked = _asked(record, self._plates(record))
                self._asked[record.key, record.digest] = asked
                here.asked.append(asked)
            case ResponseRecord() | WastedRecord():
                self._answered(record)
            case PlanRecord(key=key, plan=plan):
                here.plans.append((key, plan))
                self._plan = plan
            case CandidateRecord(key=key, program=program):
                judged = self._judged[program] = self._candidate(self._drafts[key])
                here.judged.append(judged)
            case VerdictRecord() | HeldOutRecord() | SpeedRecord():
                self._told(record)
            case DecisionRecord() | QuestionsRecord() | NoteRecord():
                _remark(record, here)
            case _:
                pass

    def _told(self, record: VerdictRecord | HeldOutRecord | SpeedRecord) -> None:
        """What was found out about a program."""
        judged = self._judged.get(record.program)
        if judged is None:
            return
        match record:
            case VerdictRecord():
                self._verdict(record, judged)
            case HeldOutRecord():
                judged.held_out.append(_look(record))
            case SpeedRecord():
                judged.speed = (record.single, record.batched)

    def _answered(self, record: ResponseRecord | WastedRecord) -> None:
        asked = self._asked.get((record.key, record.digest))
        if asked is None:
            return
        asked.input_tokens += record.input_tokens
        asked.output_tokens += record.output_tokens
        asked.model = record.model or asked.model
        if isinstance(record, WastedRecord):
            asked.wasted.append(f"{record.reason}: {record.text}" if record.text else record.reason)
        else:
            asked.answer = record.text

    def _plates(self, record: RequestRecord) -> tuple[Plate, ...]:
        plates = []
        for one in record.pictures:
            path = self._pictures / f"{one.sha}.png"
            # They are for people, and a run is complete without them.
            if path.exists():
                with Image.open(path) as image:
                    frame = np.asarray(image.convert("RGB"), np.uint8)
                plates.append(Plate(self._album.add(frame), one.caption))
        return tuple(plates)

    def _candidate(self, draft: ProgramDraft) -> JudgedDraft:
        base = self._drafts.get(draft.base)
        before = base.source if base is not None else ""
        try:
            changed = changed_functions(before, draft.source) if before else ()
        except ProgramSyntaxError:
            changed = ()  # what does not parse has no functions to tell apart
        diff = diff_lines(before, draft.source) if before else ()
        return JudgedDraft(draft.key, diff, len(draft.source.splitlines()), changed, draft.base)

    def _verdict(self, record: VerdictRecord, judged: JudgedDraft) -> None:
        verdict = Verdict.from_record(record, self._tape.suite(record.tests))
        if verdict is None:
            return
        judged.groups = verdict.groups
        task = RecordedTask(self._task.spec, self._task.store)
        try:
            reports = every_report(verdict, self._plan.goal, task)
        except LookupError:
            reports = ()  # its episodes are no longer among those that are kept
        shown = tuple(of_report(report, self._album) for report in reports)
        judged.failures = tuple({f.sentence: f for f in (*judged.failures, *shown)}.values())


def _asked(record: RequestRecord, plates: Sequence[Plate]) -> Exchanged:
    return Exchanged(record.key, record.kind, record.prompt, tuple(plates))


def _remark(record: DecisionRecord | QuestionsRecord | NoteRecord, here: Round) -> None:
    match record:
        case DecisionRecord(key=key, decision=decision, reason=reason):
            here.remarks.append(f"{key or 'run'}: {DECISIONS[decision]} ({reason})")
            if key:
                here.decisions.append(DECISIONS[decision])
        case QuestionsRecord():
            if record.questions:
                here.remarks.append(_questions(record))
        case NoteRecord(text=text):
            here.remarks.append(text)


def _look(record: HeldOutRecord) -> str:
    kinds = f" ({'; '.join(record.kinds)})" if record.kinds else ""
    fresh = f", episodes of generation {record.generation}" if record.generation else ""
    return (
        f"look {record.look} at what is held out{fresh}: {record.passed} tests pass, "
        f"{record.failed} fail{kinds}"
    )


def _questions(record: QuestionsRecord) -> str:
    which = "held-out pictures" if record.split == "held_out" else "pictures"
    return (
        f"eyes are asked {len(record.questions)} questions about {which} on which {record.rivals} "
        f"rival readings differ; answers tell {record.told} pairs of them apart, {record.left} "
        "are left"
    )
