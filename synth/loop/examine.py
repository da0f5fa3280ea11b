"""What the loop needs to know about a program, and the suite that tells it.

`Examiner` is the seam: tests examine with something small, a run with the task's suite.
`Bench` stands before either and looks every question up in the journal first, so that a
program is judged once and measured once in the life of a run. The held-out split leaves
`Examiner.held_out` as two counts, and nothing else of it gets any further.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

import synth
from synth.errors import RewardError
from synth.journal import FunctionRecord, HeldOutRecord, SpeedRecord
from synth.loop.verdict import Verdict
from synth.program import program_digest
from synth.sandbox import Sandbox
from synth.suite import TaskFolder, judge, measure_speed

if TYPE_CHECKING:
    from synth.episode import EpisodeStore
    from synth.journal import Journal, Tape
    from synth.loop.clock import Clock
    from synth.plan import Plan
    from synth.spec import Spec

__all__ = ["Bench", "Examiner", "HeldOutCount", "SuiteExaminer", "Task", "Timing"]

PROFILE_FRAMES = 200


class Task(Protocol):
    """What a run needs of a task: the spec and the episodes."""

    @property
    def spec(self) -> Spec:
        """The spec."""
        ...

    @property
    def store(self) -> EpisodeStore:
        """Episodes of both splits."""
        ...


@dataclass(frozen=True, slots=True)
class HeldOutCount:
    """How many held-out tests passed and failed."""

    passed: int
    failed: int


@dataclass(frozen=True, slots=True)
class Timing:
    """Microseconds a frame, one by one and in batches, and where they go.

    Attributes:
        profile: Slowest function first.
    """

    single: float
    batched: float
    profile: tuple[FunctionRecord, ...] = ()


class Examiner(Protocol):
    """Judges and measures programs. Pure but for `speed`."""

    def evidence(self, plan: Plan) -> str:
        """Digest of everything that verdicts depend on but the program."""
        ...

    def visible(self, source: str, plan: Plan) -> Verdict:
        """How a program does on the visible split."""
        ...

    def held_out(self, source: str, plan: Plan) -> HeldOutCount:
        """How a program does on the held-out split, in numbers only."""
        ...

    def speed(self, source: str) -> Timing:
        """How fast a passing program is.

        Raises:
            RewardError: It cannot be run long enough to tell.
        """
        ...


class SuiteExaminer:
    """The task's own suite and speed meter.

    Args:
        task: Spec and episodes.
        folder: Named as the task's folder; nothing is read from it.
        unsafe: Run programs even where this machine cannot confine them.
    """

    def __init__(self, task: Task, folder: Path, *, unsafe: bool = False) -> None:
        self._task, self._folder, self._unsafe = task, folder, unsafe
        self._store_digest = _store_digest(task.store)

    def evidence(self, plan: Plan) -> str:
        """See `Examiner`."""
        gates = self._task.spec.gate.model_dump_json()
        content = f"{_code_digest()}|{self._store_digest}|{gates}|{plan.model_dump_json()}"
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def visible(self, source: str, plan: Plan) -> Verdict:
        """See `Examiner`."""
        found = judge(
            source, self._folder_with(plan), splits=("visible",), cascade=True, unsafe=self._unsafe
        )
        return Verdict.of(found.passed, found.failed, found.failures)

    def held_out(self, source: str, plan: Plan) -> HeldOutCount:
        """See `Examiner`."""
        found = judge(
            source,
            self._folder_with(plan),
            splits=("held_out",),
            cascade=False,
            unsafe=self._unsafe,
        )
        return HeldOutCount(len(found.passed), len(found.failed) + len(found.unjudged))

    def speed(self, source: str) -> Timing:
        """See `Examiner`."""
        frames, initial = self._example()
        measured = measure_speed(source, frames, initial, unsafe=self._unsafe)
        pairs = np.zeros((len(frames), 2), dtype=np.int64)
        pairs[:, 0] = np.arange(len(frames))
        with Sandbox(source, unsafe=self._unsafe) as sandbox:
            times = sandbox.profile(frames, pairs)
        profile = tuple(
            FunctionRecord(function=t.name, microseconds=t.microseconds, calls=t.calls)
            for t in sorted(times, key=lambda t: -t.microseconds)
        )
        return Timing(measured.single_us, measured.batched_us, profile)

    def _folder_with(self, plan: Plan) -> TaskFolder:
        return TaskFolder(self._folder, self._task.spec, plan, self._task.store)

    def _example(self) -> tuple[np.ndarray, np.ndarray]:
        """Visible frames of one initial frame: the longest random episode, else any."""
        store = self._task.store
        episodes = store.select(kind="random", split="visible") or store.select(split="visible")
        longest = max(episodes, key=lambda e: (len(e), e.id))
        return store.frames_of(longest)[:PROFILE_FRAMES], store.initial_of(longest)


class Bench:
    """An examiner with a memory: the journal's.

    Args:
        examiner: Asked where the journal has no answer.
        journal: Where answers are kept.
        clock: For the records.
        source: Another run's tape whose measured speeds are to be taken over, so that a
            replay decides as that run did.
    """

    def __init__(
        self, examiner: Examiner, journal: Journal, clock: Clock, source: Tape | None = None
    ) -> None:
        self._examiner, self._journal, self._clock, self._source = examiner, journal, clock, source
        self._evidence: dict[Plan, str] = {}

    def visible(self, source: str, plan: Plan) -> Verdict:
        """How a program does on the visible split."""
        program, evidence, tape = program_digest(source), self._of(plan), self._journal.tape
        record = tape.verdict(program, evidence)
        known = Verdict.from_record(record, tape.suite(record.tests)) if record else None
        if known is not None:
            return known
        verdict = self._examiner.visible(source, plan)
        suite = verdict.suite()
        if tape.suite(suite.digest) != suite.ids:
            self._journal.append(suite)
        self._journal.append(verdict.record(program, evidence, self._clock.elapsed()))
        return verdict

    def held_out(self, source: str, plan: Plan) -> HeldOutRecord:
        """How a program does on the held-out split; a program is looked at once."""
        program, evidence, tape = program_digest(source), self._of(plan), self._journal.tape
        record = tape.held_out(program, evidence)
        if record is None:
            count = self._examiner.held_out(source, plan)
            record = HeldOutRecord(
                program=program,
                evidence=evidence,
                passed=count.passed,
                failed=count.failed,
                look=tape.looks + 1,
            )
            self._journal.append(record)
        return record

    def speed(self, source: str) -> SpeedRecord | None:
        """How fast a program is, or ``None`` where it cannot be run long enough to tell."""
        program = program_digest(source)
        known = self._journal.tape.speed(program)
        record = (self._source.speed(program) if self._source else None) or known
        if record is not None and record == known:
            return record
        if record is None:
            try:
                timing = self._examiner.speed(source)
            except RewardError:
                return None
            record = SpeedRecord(
                program=program,
                single=timing.single,
                batched=timing.batched,
                profile=timing.profile,
            )
        self._journal.append(record)
        return record

    def recorded(self, source: str, plan: Plan) -> tuple[HeldOutRecord | None, SpeedRecord | None]:
        """What is known of a program, without looking or measuring again."""
        program, tape = program_digest(source), self._journal.tape
        return tape.held_out(program, self._of(plan)), tape.speed(program)

    def _of(self, plan: Plan) -> str:
        if plan not in self._evidence:
            self._evidence[plan] = self._examiner.evidence(plan)
        return self._evidence[plan]


def _store_digest(store: EpisodeStore) -> str:
    digest = hashlib.blake2b(store.spec_digest.encode(), digest_size=16)
    digest.update(np.ascontiguousarray(store.frames).data)
    for e in store.episodes:
        digest.update(f"{e.id}|{e.kind}|{e.split}|{e.seed}|".encode())
        digest.update(e.frame_index.tobytes() + e.success.tobytes())
    return digest.hexdigest()


@cache
def _code_digest() -> str:
    """Digest of the code that verdicts depend on, so that a changed check judges anew."""
    root = Path(synth.__file__).parent
    digest = hashlib.sha256()
    for name in ("vision.py", "credit.py", "program", "sandbox", "suite"):
        for file in sorted((root / name).rglob("*.py")) or [root / name]:
            digest.update(file.read_bytes())
    return digest.hexdigest()
