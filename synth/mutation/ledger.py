"""What a suite has said of mutants so far, on disk, so that a long run can go on.

One line each, written as it is known; a line torn by a crash is asked again. It holds for
one program, one folder of tests and one version of synth, and another begins anew. What
fresh episodes and searches say is not kept.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from synth import __version__
from synth.episode.replace import replace_file
from synth.errors import UsageError
from synth.task.provenance import file_digests

if TYPE_CHECKING:
    from pathlib import Path

    from synth.mutation.mutants import Mutant
    from synth.task import TaskFolder

__all__ = ["MutantLedger", "Question"]

Question = Literal["suite", "late"]


class _Head(BaseModel):
    """The first line: what all others hold for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    holds_for: str


class _Said(BaseModel):
    """One answer: the test that killed a mutant, or ``""``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mutant: str
    asked: Question
    test: str


class MutantLedger:
    """Answers by mutant and question.

    Args:
        path: The file, which need not be there; with none, nothing is kept on disk.
        task: The task that judges.
        source: The program whose mutants they are.

    Raises:
        UsageError: The file cannot be read or written.
    """

    def __init__(self, path: Path | None, task: TaskFolder, source: str) -> None:
        self._path = path
        self._head = _Head(holds_for=_digest(__version__, source, file_digests(task.path)))
        self._said: dict[tuple[str, Question], _Said] = {}
        if path is not None:
            try:
                self._read(path)
                self._rewrite(path)
            except OSError as error:
                raise UsageError(
                    f"{path}: where the mutants stood cannot be kept there ({error}); remove it."
                ) from error

    def __len__(self) -> int:
        """How many answers of the suite are known."""
        return sum(asked == "suite" for _, asked in self._said)

    def get(self, mutant: Mutant, asked: Question) -> str | None:
        """The test that killed a mutant, ``""`` for none, ``None`` where nobody has asked."""
        said = self._said.get((_digest(mutant.source), asked))
        return None if said is None else said.test

    def add(self, mutant: Mutant, asked: Question, test: str) -> None:
        """Remember an answer."""
        said = _Said(mutant=_digest(mutant.source), asked=asked, test=test)
        self._said[said.mutant, asked] = said
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{said.model_dump_json()}\n")

    def close(self) -> None:
        """Forget all: the run is complete, and the next one measures again."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _read(self, path: Path) -> None:
        """Take what a file holds for this very program, up to a line that is torn."""
        if not path.exists():
            return
        first, *lines = path.read_text("utf-8", errors="replace").splitlines() or [""]
        try:
            if _Head.model_validate_json(first) != self._head:
                return
            for line in lines:
                said = _Said.model_validate_json(line)
                self._said[said.mutant, said.asked] = said
        except ValidationError:
            return

    def _rewrite(self, path: Path) -> None:
        """Write all that is known, so that a torn line is followed by no other."""
        lines = [self._head, *self._said.values()]
        replace_file(path, "".join(f"{line.model_dump_json()}\n" for line in lines).encode())


def _digest(*what: object) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
