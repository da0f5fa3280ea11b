"""Which answer wrote which line of a program.

A journal holds every program that was judged, and what was kept. From the program asked about
one goes back, each program to the one it was made from, and lines that stayed the same belong to
the answer that first had them.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.journal import CandidateRecord, DecisionRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.journal import Tape

__all__ = ["Blame", "ProgramDraft", "blame", "drafts", "lineage", "round_of"]

KEPT = frozenset({"accepted", "best"})


@dataclass(frozen=True, slots=True)
class ProgramDraft:
    """A program that an answer came to.

    Attributes:
        key: Of the request that was answered.
        program: Digest of the source.
        source: The program's text.
        base: Key of the program that it was made from; empty for the first of a plan.
    """

    key: str
    program: str
    source: str
    base: str = ""


@dataclass(frozen=True, slots=True)
class Blame:
    """The origin of a program's lines.

    Attributes:
        keys: For each line the key of the answer that wrote it; empty where nobody knows.
    """

    keys: tuple[str, ...]

    @property
    def lines(self) -> dict[str, int]:
        """How many lines each answer wrote that stand, in the order of the answers' rounds."""
        counted = {key: self.keys.count(key) for key in dict.fromkeys(self.keys)}
        return dict(sorted(counted.items(), key=lambda entry: round_of(entry[0])))


def round_of(key: str) -> int:
    """The round of a request's key: 3 of ``refine-3-0``; -1 where it names none."""
    parts = key.split("-")
    return int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else -1


def drafts(tape: Tape) -> tuple[ProgramDraft, ...]:
    """All programs of a run, in order, each with what it was made from."""
    found: dict[str, ProgramDraft] = {}
    base = ""
    for record in tape.records:
        match record:
            case CandidateRecord(key=key, program=program, source=source):
                # A `write` begins anew; all other answers are changes of what was kept last.
                made_from = "" if key.startswith("write") else base
                found[key] = ProgramDraft(key, program, source, made_from)
            case DecisionRecord(key=key, decision=decision) if decision in KEPT and key in found:
                base = key
            case _:
                pass
    return tuple(found.values())


def lineage(made: Sequence[ProgramDraft], program: str) -> tuple[ProgramDraft, ...]:
    """The drafts that led to a program, the first one first; none where it is not among them.

    Args:
        made: Of a run.
        program: Digest of the program.
    """
    by_key = {draft.key: draft for draft in made}
    at = next((draft for draft in reversed(made) if draft.program == program), None)
    line: list[ProgramDraft] = []
    while at is not None and at not in line:
        line.append(at)
        at = by_key.get(at.base)
    return tuple(reversed(line))


def blame(line: Sequence[ProgramDraft], source: str) -> Blame:
    """Who wrote which line of the last draft.

    Args:
        line: What led to it, the first draft first; see `lineage`.
        source: The last draft's own text; its lines have no origin where `line` is empty.
    """
    texts: list[str] = []
    keys: list[str] = []
    for draft in line:
        now = draft.source.splitlines()
        matcher = difflib.SequenceMatcher(a=texts, b=now, autojunk=False)
        fresh = [draft.key] * len(now)
        for same in matcher.get_matching_blocks():
            fresh[same.b : same.b + same.size] = keys[same.a : same.a + same.size]
        texts, keys = now, fresh
    return Blame(tuple(keys) if texts == source.splitlines() else ("",) * len(source.splitlines()))
