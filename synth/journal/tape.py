"""Looking things up in a journal's records.

A tape is memory only: it neither reads nor writes files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.journal.records import (
    FoundRecord,
    HeldOutRecord,
    QuestionsRecord,
    RequestRecord,
    ResponseRecord,
    SpeedRecord,
    SuiteRecord,
    VerdictRecord,
    WastedRecord,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from synth.journal.records import Record

__all__ = ["Tape"]


class Tape:
    """A journal's records in order, with the look-ups that replay and resume need.

    Args:
        records: In the order in which they were written.
    """

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._records: list[Record] = []
        self._responses: dict[tuple[str, str], ResponseRecord] = {}
        self._latest: dict[str, ResponseRecord] = {}
        self._requests: set[tuple[str, str]] = set()
        self._suites: dict[str, SuiteRecord] = {}
        self._verdicts: dict[tuple[str, str], VerdictRecord] = {}
        self._held_out: dict[tuple[str, str], HeldOutRecord] = {}
        self._speeds: dict[str, SpeedRecord] = {}
        self.elapsed = 0.0
        for record in records:
            self.add(record)

    def add(self, record: Record) -> None:
        """Take in one more record."""
        self._records.append(record)
        match record:
            case RequestRecord():
                self._requests.add((record.key, record.digest))
            case ResponseRecord():
                self._responses[record.key, record.digest] = record
                self._latest[record.key] = record
                self.elapsed = max(self.elapsed, record.elapsed)
            case WastedRecord():
                self.elapsed = max(self.elapsed, record.elapsed)
            case SuiteRecord():
                self._suites[record.digest] = record
            case VerdictRecord():
                self._verdicts[record.program, record.evidence] = record
                self.elapsed = max(self.elapsed, record.elapsed)
            case HeldOutRecord():
                self._held_out[record.program, record.evidence] = record
            case SpeedRecord():
                self._speeds[record.program] = record
            case _:
                pass

    @property
    def records(self) -> tuple[Record, ...]:
        """All records in order."""
        return tuple(self._records)

    @property
    def responses(self) -> tuple[ResponseRecord, ...]:
        """All answers in order."""
        return tuple(r for r in self._records if isinstance(r, ResponseRecord))

    @property
    def paid(self) -> tuple[ResponseRecord | WastedRecord, ...]:
        """Whatever came back and was paid for, usable or not, in order."""
        return tuple(r for r in self._records if isinstance(r, ResponseRecord | WastedRecord))

    @property
    def looks(self) -> int:
        """How often the held-out split was looked at."""
        # A look goes on where labels of the same pictures have come: it has one number then.
        return len({r.look for r in self._records if isinstance(r, HeldOutRecord)})

    @property
    def replaced(self) -> int:
        """How often the held-out episodes were replaced between two looks."""
        seen = {r.generation for r in self._records if isinstance(r, HeldOutRecord)}
        return max(0, len(seen) - 1)

    @property
    def found(self) -> tuple[FoundRecord, ...]:
        """The episodes that the search added, in order."""
        return tuple(r for r in self._records if isinstance(r, FoundRecord))

    def look(self, program: str) -> HeldOutRecord | None:
        """The last look with a program, by whatever evidence."""
        looks = [r for r in self._records if isinstance(r, HeldOutRecord) and r.program == program]
        return looks[-1] if looks else None

    def questions(
        self, program: str, split: str, pool: str, wording: str
    ) -> QuestionsRecord | None:
        """What eyes were asked when a program had passed all else."""
        wanted = (program, split, pool, wording)
        found = (
            r
            for r in self._records
            if isinstance(r, QuestionsRecord) and (r.program, r.split, r.pool, r.wording) == wanted
        )
        return next(found, None)

    def verdicts_of(self, program: str) -> tuple[VerdictRecord, ...]:
        """Each time a program was judged on the visible split, by whatever evidence."""
        return tuple(
            r for r in self._records if isinstance(r, VerdictRecord) and r.program == program
        )

    def asked(self, key: str, digest: str) -> bool:
        """Whether that request has been written down, answered or not."""
        return (key, digest) in self._requests

    def request(self, key: str) -> RequestRecord | None:
        """What was asked last at a place in the run."""
        asked = (r for r in reversed(self._records) if isinstance(r, RequestRecord))
        return next((r for r in asked if r.key == key), None)

    def response(self, key: str, digest: str | None = None) -> ResponseRecord | None:
        """The answer to a request.

        Args:
            key: The request's place in the run.
            digest: Of exactly what was asked; ``None`` takes the newest answer at that place.
        """
        return self._latest.get(key) if digest is None else self._responses.get((key, digest))

    def suite(self, digest: str) -> tuple[str, ...]:
        """The test ids that a verdict's marks stand for; empty where unknown."""
        record = self._suites.get(digest)
        return record.ids if record else ()

    def verdict(self, program: str, evidence: str) -> VerdictRecord | None:
        """How a program did on the visible split, judged by the same evidence."""
        return self._verdicts.get((program, evidence))

    def held_out(self, program: str, evidence: str) -> HeldOutRecord | None:
        """How a program did on the held-out split, judged by the same evidence."""
        return self._held_out.get((program, evidence))

    def speed(self, program: str) -> SpeedRecord | None:
        """How fast a program was when it was measured."""
        return self._speeds.get(program)
