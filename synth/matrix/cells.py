"""What the samples came to: cells, totals of columns, and what a set of prompts is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.confidence import Interval, newcombe, wilson

if TYPE_CHECKING:
    from synth.errors import SynthError
    from synth.matrix.columns import Column
    from synth.matrix.samples import Sample

__all__ = ["Matrix", "MatrixCell", "Problem", "PromptSetDifference"]


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """Samples of one column, at one task or at all.

    Attributes:
        samples: Those that were made; where the service failed there is none.
    """

    samples: tuple[Sample, ...] = ()

    @property
    def passed(self) -> int:
        """Samples whose program passes everything."""
        return sum(one.passed for one in self.samples)

    @property
    def rate(self) -> float | None:
        """Share of those that pass; ``None`` where there are no samples."""
        return self.passed / len(self.samples) if self.samples else None

    @property
    def interval(self) -> Interval:
        """Wilson's, at 95%."""
        return wilson(self.passed, len(self.samples))

    @property
    def rounds(self) -> float | None:
        """Mean rounds of a sample."""
        return _mean([one.rounds for one in self.samples])

    @property
    def calls(self) -> float | None:
        """Mean calls of a sample."""
        return _mean([one.calls for one in self.samples])

    @property
    def tokens(self) -> float | None:
        """Mean tokens of a sample, in and out."""
        return _mean([one.input_tokens + one.output_tokens for one in self.samples])

    @property
    def cost(self) -> float | None:
        """Money of all samples; ``None`` where a price is not known."""
        costs = [one.cost for one in self.samples]
        return sum(cost for cost in costs if cost is not None) if None not in costs else None

    @property
    def labels(self) -> tuple[int, int]:
        """Answers by the model's eyes that truth can judge, and those that are right."""
        return sum(s.labels for s in self.samples), sum(s.labels_right for s in self.samples)

    @property
    def eyes(self) -> float | None:
        """Share of its eyes' answers that are right; ``None`` where none was judged."""
        told, right = self.labels
        return right / told if told else None


@dataclass(frozen=True, slots=True)
class Problem:
    """A sample that could not be made; it counts neither for the model nor against it."""

    column: int
    task: str
    number: int
    error: SynthError


@dataclass(frozen=True, slots=True)
class PromptSetDifference:
    """Two wordings, asked of one model at all tasks.

    Attributes:
        model: As given.
        first: Name of one set of templates.
        second: Name of the other.
        rates: Share of samples that pass with the first, and with the second.
        low: Lower end of the interval of the difference, second less first (Newcombe, 95%).
        high: Its upper end.
    """

    model: str
    first: str
    second: str
    rates: tuple[float, float]
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Matrix:
    """The table.

    Attributes:
        tasks: Rows, by name.
        columns: Models with their wordings.
        samples: All that were made, by column and task, in the order of their numbers.
        problems: Those that could not be made.
    """

    tasks: tuple[str, ...]
    columns: tuple[Column, ...]
    samples: tuple[tuple[int, Sample], ...]
    problems: tuple[Problem, ...] = ()

    def cell(self, column: int, task: str | None = None) -> MatrixCell:
        """A cell, or a whole column's samples."""
        return MatrixCell(
            tuple(s for at, s in self.samples if at == column and task in (None, s.task))
        )

    @property
    def differences(self) -> tuple[PromptSetDifference, ...]:
        """Each set of prompts beside the first one of its model."""
        found = []
        for k, one in enumerate(self.columns):
            for j, other in enumerate(self.columns[:k]):
                if other.model == one.model:
                    before, after = self.cell(j), self.cell(k)
                    ends = newcombe(
                        (before.passed, len(before.samples)), (after.passed, len(after.samples))
                    )
                    rates = (before.rate or 0.0, after.rate or 0.0)
                    names = (other.prompts.name, one.prompts.name)
                    found.append(PromptSetDifference(one.model, *names, rates, ends.low, ends.high))
                    break
        return tuple(found)


def _mean(values: list[int]) -> float | None:
    return sum(values) / len(values) if values else None
