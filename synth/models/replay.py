"""Answers from a journal: ``replay:JOURNAL``, which reproduces a run without any model.

Answers are found by the request's place in the run. A prompt that has been reworded since
gets the answer to the old wording, and is counted. The journal is only read.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from synth.errors import ModelReplyError, UsageError
from synth.journal import read_journal
from synth.journal.records import RunRecord
from synth.models.base import Reply, Usage
from synth.prompts.render import render
from synth.prompts.requests import request_digest

if TYPE_CHECKING:
    from synth.journal import Tape
    from synth.models.base import ModelOptions
    from synth.prompts.requests import Request

__all__ = ["ReplayModel", "open_provider"]


class ReplayModel:
    """The model of an earlier run, as its journal remembers it.

    Args:
        journal: Path of a ``journal.jsonl``; a torn last line is ignored.

    Raises:
        UsageError: The journal cannot be read.
    """

    def __init__(self, journal: str | Path) -> None:
        self._path = Path(journal)
        self._tape = read_journal(self._path)
        self._drifted: set[str] = set()
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """``replay:`` and the journal's path; of an absolute path the last part alone."""
        return f"replay:{self._path.name if self._path.is_absolute() else self._path}"

    @property
    def journal(self) -> Path:
        """The journal's file."""
        return self._path

    @property
    def tape(self) -> Tape:
        """Everything the journal holds, for what else a run takes from it, such as speeds."""
        return self._tape

    @property
    def recorded_model(self) -> str:
        """The model of the recorded run, as it was given; empty where it is not known."""
        return next((r.model for r in self._tape.records if isinstance(r, RunRecord)), "")

    @property
    def drifted(self) -> int:
        """How many requests differ from the recorded ones at the same place.

        Their wording or pictures have changed since; the answers are used as they came.
        """
        with self._lock:
            return len(self._drifted)

    def ask(self, request: Request) -> Reply:
        """Give the recorded answer.

        Raises:
            ModelReplyError: The journal has no answer at this place.
        """
        digest = request_digest(request, render(request).text)
        record = self._tape.response(request.key, digest)
        if record is None:
            record = self._tape.response(request.key)
            if record is not None:
                with self._lock:
                    self._drifted.add(request.key)
        if record is None:
            raise ModelReplyError(
                f"{self.name}: the journal has no answer for {request.key!r}, so the run goes "
                "another way than the recorded one. Replay it with the version of synth and "
                "the episodes that it was made with, or ask a model."
            )
        usage = Usage(record.input_tokens, record.output_tokens)
        return Reply(record.text, usage, record.model)


def open_provider(name: str, options: ModelOptions) -> ReplayModel:  # noqa: ARG001  the signature of all providers
    """``replay:JOURNAL``, a file or the folder that holds ``journal.jsonl``.

    Raises:
        UsageError: There is no such journal.
    """
    if not name:
        raise UsageError("replay: name the journal, as in `replay:generated/TASK/journal.jsonl`.")
    path = Path(name)
    return ReplayModel(path / "journal.jsonl" if path.is_dir() else path)
