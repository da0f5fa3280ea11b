"""What was decided, written down once, and the best program so far, kept on the disk.

A resumed run comes to the same decisions again. Those already in the journal are not
written a second time, and the program on the disk does not go back to an earlier one
while they are gone through.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.journal import CandidateRecord, DecisionRecord, NoteRecord, PlanRecord
from synth.program import program_digest

if TYPE_CHECKING:
    from synth.journal import Journal, Record
    from synth.loop.folder import RunFolder
    from synth.loop.verdict import Verdict
    from synth.plan import Plan
    from synth.spec import Spec

__all__ = ["Candidate", "Ledger"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A program with its plan and its verdict.

    Attributes:
        key: The key of the request that it answers.
    """

    key: str
    plan: Plan
    source: str
    verdict: Verdict

    @property
    def program(self) -> str:
        """Digest of the source."""
        return program_digest(self.source)


class Ledger:
    """Decisions, and the best candidate of a run.

    Args:
        journal: Where decisions are kept.
        folder: Where the best program lies.
        spec: Written beside it, with the plan.
    """

    def __init__(self, journal: Journal, folder: RunFolder, spec: Spec) -> None:
        self._journal, self._folder, self._spec = journal, folder, spec
        kinds = (PlanRecord, CandidateRecord, DecisionRecord, NoteRecord)
        self._known = {r.model_dump_json() for r in journal.tape.records if isinstance(r, kinds)}
        self._written: Candidate | None = None
        self.best: Candidate | None = None

    def note(self, record: PlanRecord | CandidateRecord | DecisionRecord | NoteRecord) -> bool:
        """Write a record down, unless it is.

        Returns:
            Whether it is new.
        """
        text = record.model_dump_json()
        if text in self._known:
            return False
        self._known.add(text)
        self._append(record)
        return True

    def keep(self, candidate: Candidate, reason: str) -> None:
        """Take a candidate as the best so far."""
        self.best = candidate
        decision = DecisionRecord(
            key=candidate.key, decision="best", program=candidate.program, reason=reason
        )
        if decision.model_dump_json() not in self._known:
            self.flush()
        self.note(decision)

    def flush(self) -> None:
        """Put the best candidate on the disk, where it is not there already."""
        if self.best is not None and self.best != self._written:
            self._folder.write_best(self.best.source, self._spec, self.best.plan)
            self._written = self.best

    def _append(self, record: Record) -> None:
        self._journal.append(record)
