"""Figures that take minutes: measured when they are asked for, and kept beside the task's runs.

They hold for one program, one folder of tests and one version of synth; a page of anything else
says that they were not measured.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from synth import __version__
from synth.episode.replace import replace_file
from synth.mutation.measure import MutationRun
from synth.named_reward import open_reward
from synth.report import measure_accuracy
from synth.task.paths import RUNS
from synth.task.provenance import file_digests

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from synth.mutation.score import MutationScore
    from synth.report import Accuracy
    from synth.task import TaskFolder

__all__ = ["AccuracyRow", "FreshAccuracy", "KeptFigures", "KeptMutation", "Survivor"]

FILE = "report.json"
SAMPLE = 100
"""Fresh episodes by which mutants that pass are told from the program."""


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AccuracyRow(_Kept):
    """One sub-task against the predicate it agrees with best; see `SubTaskAccuracy`."""

    subtask: str
    predicate: str
    frames: int
    wrong: int
    precision: float
    recall: float

    @property
    def agreement(self) -> float:
        """Share of the frames on which the two agree."""
        return 1.0 - self.wrong / self.frames if self.frames else 1.0


class FreshAccuracy(_Kept):
    """A reward against simulator state on seeds that were never recorded; see `Accuracy`."""

    seeds: int
    frames: int
    experts_in_order: int
    random_complete: int
    random_success: int
    rows: tuple[AccuracyRow, ...]

    @classmethod
    def of(cls, told: Accuracy) -> FreshAccuracy:
        """What a page shows of it."""
        return cls(
            seeds=told.seeds,
            frames=told.frames,
            experts_in_order=told.experts_in_order,
            random_complete=told.random_complete,
            random_success=told.random_success,
            rows=tuple(
                AccuracyRow(
                    subtask=row.subtask,
                    predicate=row.predicate,
                    frames=row.frames,
                    wrong=row.wrong,
                    precision=row.precision,
                    recall=row.recall,
                )
                for row in told.subtasks
            ),
        )


class Survivor(_Kept):
    """A small fault that the suite would not notice."""

    id: str
    operator: str
    line: int
    diff: str
    difference: str
    fate: str


class KeptMutation(_Kept):
    """How many small faults the suite notices; see `MutationScore`."""

    mutants: int
    judged: int
    killed: int
    survived: int
    undecided: int
    equivalent: int
    episodes: int
    survivors: tuple[Survivor, ...]

    @property
    def score(self) -> float:
        """Killed, as a share of those not equivalent."""
        alive = self.survived + self.undecided
        return self.killed / (self.killed + alive) if self.killed + alive else 1.0

    @classmethod
    def of(cls, score: MutationScore) -> KeptMutation:
        """What a page shows of it."""
        total = score.total
        return cls(
            mutants=score.mutants,
            judged=len(score.outcomes),
            killed=total.killed,
            survived=total.survived,
            undecided=total.undecided,
            equivalent=total.equivalent,
            episodes=score.episodes,
            survivors=tuple(
                Survivor(
                    id=one.mutant.id,
                    operator=one.mutant.operator,
                    line=one.mutant.line,
                    diff=one.mutant.diff,
                    difference="" if one.difference is None else str(one.difference),
                    fate=one.fate,
                )
                for one in score.survivors
            ),
        )


class KeptFigures(_Kept):
    """What was measured of one program.

    Attributes:
        holds_for: Digest of what it was measured with.
        accuracy: ``None`` where it was not measured.
        mutation: ``None`` where it was not measured.
    """

    holds_for: str
    accuracy: FreshAccuracy | None = None
    mutation: KeptMutation | None = None

    @classmethod
    def read(cls, task: TaskFolder, source: str) -> KeptFigures:
        """What is kept of a program; nothing where another one was measured last."""
        none = cls(holds_for=_digest(task, source))
        try:
            kept = cls.model_validate_json(_path(task).read_bytes())
        except (OSError, ValidationError):
            return none  # nobody measured yet, or an older version of synth did
        return kept if kept.holds_for == none.holds_for else none

    def measured(
        self,
        task: TaskFolder,
        source: str,
        *,
        seeds: int,
        mutants: int,
        tell: Callable[[str, int, int], None],
    ) -> KeptFigures:
        """The same with what was missing; each figure is on the disk as soon as it is there.

        Args:
            task: The task.
            source: The program, which passes its suite.
            seeds: Fresh seeds of each policy.
            mutants: At most so many are judged, drawn evenly.
            tell: Called with a phase, and how much of how much of it is done.

        Raises:
            EnvironmentFault: The simulator is missing or misbehaves.
            ExpertFailed: Too many fresh seeds do not serve.
            SuiteError: The program does not pass its suite.
        """
        told = self
        if told.accuracy is None:
            done = 0

            def advance() -> None:
                nonlocal done
                done += 1
                tell("fresh episodes", done, 2 * seeds)

            with open_reward(task.path, task.path) as reward:
                figures = measure_accuracy(task.spec, reward, seeds=seeds, on_episode=advance)
            told = told.kept(task, accuracy=FreshAccuracy.of(figures))
        if told.mutation is None:
            run = MutationRun(
                task,
                source,
                limit=mutants,
                sample=SAMPLE,
                search=0,
                jobs=os.cpu_count() or 1,
                ledger=RUNS / task.name / "report-mutants.jsonl",
                on_mutant=lambda number, total, stage: tell(stage, number, total),
            )
            told = told.kept(task, mutation=KeptMutation.of(run.run()))
        return told

    def kept(self, task: TaskFolder, **figures: _Kept) -> KeptFigures:
        """The same with further figures, put on the disk."""
        told = self.model_copy(update=figures)
        _path(task).parent.mkdir(parents=True, exist_ok=True)
        replace_file(_path(task), told.model_dump_json(indent=1).encode())
        return told


def _path(task: TaskFolder) -> Path:
    return RUNS / task.name / FILE


def _digest(task: TaskFolder, source: str) -> str:
    holds_for = json.dumps([__version__, source, file_digests(task.path)], sort_keys=True)
    return hashlib.sha256(holds_for.encode()).hexdigest()
