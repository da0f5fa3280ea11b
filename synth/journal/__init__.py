"""The journal: the append-only record of a run, and at once its log, cache and replay tape.

One JSON object a line, each a typed record. Every append is flushed and fsynced before it
returns, so that whatever happens next can rely on it; a process killed in mid-write
leaves at most one torn last line, which opening removes. One process at a time may hold
a journal open for writing.

Pictures are referred to by digest only; `synth.loop.pictures` keeps them.
"""

from synth.journal.file import Journal, read_journal
from synth.journal.records import (
    CandidateRecord,
    DecisionRecord,
    Exemplar,
    FoundRecord,
    FunctionRecord,
    HeldOutRecord,
    NoteRecord,
    PictureRecord,
    PlanRecord,
    QuestionsRecord,
    Record,
    RequestRecord,
    ResponseRecord,
    RunRecord,
    SpeedRecord,
    SuiteRecord,
    VerdictRecord,
    WastedRecord,
)
from synth.journal.tape import Tape

__all__ = [
    "CandidateRecord",
    "DecisionRecord",
    "Exemplar",
    "FoundRecord",
    "FunctionRecord",
    "HeldOutRecord",
    "Journal",
    "NoteRecord",
    "PictureRecord",
    "PlanRecord",
    "QuestionsRecord",
    "Record",
    "RequestRecord",
    "ResponseRecord",
    "RunRecord",
    "SpeedRecord",
    "SuiteRecord",
    "Tape",
    "VerdictRecord",
    "WastedRecord",
    "read_journal",
]
