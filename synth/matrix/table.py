"""Making the table: every column's samples at every task, over whoever does the work."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from synth.errors import UsageError
from synth.loop import LoopOptions
from synth.matrix.cells import Matrix, Problem
from synth.matrix.samples import Wanted, make_sample
from synth.regress import Attempt, attempt_folder
from synth.regress.attempt import newest_series
from synth.scheduling import fan_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from synth.matrix.columns import Column
    from synth.matrix.samples import Sample
    from synth.scheduling import Crew

__all__ = ["MatrixOptions", "measure_matrix", "wanted_samples"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixOptions:
    """How each attempt is made.

    Attributes:
        samples: Independent attempts at each task; of a model that answers the same each time, one.
        loop: Budgets and habits of each.
        access: How services are reached: the options of `Attempt` for it, where they are set.
        unsafe: Whether programs may run where no sandbox holds.

    Raises:
        UsageError: There are no samples.
    """

    samples: int = 1
    loop: LoopOptions = field(default_factory=LoopOptions)
    access: Mapping[str, Any] = field(default_factory=dict)
    unsafe: bool = False

    def __post_init__(self) -> None:
        if self.samples < 1:
            raise UsageError(f"samples = {self.samples}: must be at least 1.")


def wanted_samples(
    tasks: Sequence[Path], columns: Sequence[Column], options: MatrixOptions
) -> Iterator[Wanted]:
    """Everything that is to be attempted: first samples of all cells first.

    Where time runs out, each cell has been tried about as often as any other.

    Args:
        tasks: Committed folders.
        columns: Of the table.
        options: How often and how.
    """
    for number in range(1, options.samples + 1):
        for folder in tasks:
            for k, column in enumerate(columns):
                if number > 1 and column.repeatable:
                    continue
                model, prompts = column.model_for(folder.name), column.prompts.folder
                # A service's options mean nothing to those who need none.
                access = {} if column.repeatable else options.access
                home = attempt_folder(folder.name, model, prompts=prompts).parent
                # What `synth regress --fresh` asked anew is what the model is today.
                series = max(newest_series(home), 1)
                one = Attempt(
                    task=folder,
                    model=model,
                    folder=attempt_folder(
                        folder.name, model, number, series=series, prompts=prompts
                    ),
                    sample=number,
                    series=series,
                    prompts=prompts,
                    options=options.loop,
                    unsafe=options.unsafe,
                    **access,
                )
                yield Wanted(k, folder.name, one, column.prompts.digest)


def measure_matrix(
    tasks: Sequence[Path],
    columns: Sequence[Column],
    options: MatrixOptions,
    crew: Crew,
    *,
    on_sample: Callable[[int, int, Sample | Problem | None], None] | None = None,
) -> Matrix:
    """Make what is not made yet, and put it together.

    Args:
        tasks: Committed folders, ``generated/TASK``.
        columns: Of the table.
        options: How often and how.
        crew: Who does it.
        on_sample: Called with how many samples are there, of how many, and the newest; about once
            a second with none.

    Returns:
        The table. It depends on the answers alone, not on who did what in which order.

    Raises:
        UsageError: The options do not suit a model.
    """
    wanted = list(wanted_samples(tasks, columns, options))
    for one in wanted[: len(columns) * len(tasks)]:
        one.attempt.open()  # what is wrong with a name or a key is told before any work
    tell = on_sample or (lambda *_: None)
    made: dict[int, tuple[int, Sample]] = {}
    problems: dict[int, Problem] = {}

    def count() -> int:
        return len(made) + len(problems)

    done_all = fan_out(crew, make_sample, wanted, on_tick=lambda: tell(count(), len(wanted), None))
    for done in done_all:
        one = done.piece
        if done.error is not None:
            problem = Problem(one.column, one.task, one.attempt.sample, done.error)
            problems[done.number] = problem
            tell(count(), len(wanted), problem)
        else:
            sample = done.result()
            made[done.number] = (one.column, sample)
            tell(count(), len(wanted), sample)
    return Matrix(
        tuple(folder.name for folder in tasks),
        tuple(columns),
        tuple(made[k] for k in sorted(made)),
        tuple(problems[k] for k in sorted(problems)),
    )
