"""The table as Markdown and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synth.matrix.cells import Matrix, MatrixCell, PromptSetDifference
    from synth.matrix.columns import Column

__all__ = ["difference_in_words", "passed", "rates", "rows", "to_json", "to_markdown"]

HEAD = (
    "task", "model", "passed", "success, 95%", "rounds", "calls", "tokens", "cost", "eyes right",
)  # fmt: skip
ALL = "all"


def passed(cell: MatrixCell) -> str:
    """``3 of 4``."""
    return f"{cell.passed} of {len(cell.samples)}" if cell.samples else "none made"


def rates(cell: MatrixCell, *, repeatable: bool) -> str:
    """``75% (30% to 95%)``; what is the same each time has no interval."""
    if cell.rate is None:
        return ""
    if repeatable:
        return f"{cell.rate:.0%} each time"
    return f"{cell.rate:.0%} ({cell.interval.low:.0%} to {cell.interval.high:.0%})"


def rows(matrix: Matrix) -> list[tuple[str, ...]]:
    """A row for each cell, and one for each column over all tasks; see `HEAD`."""
    told = [
        _row(task, column, matrix.cell(k, task))
        for task in matrix.tasks
        for k, column in enumerate(matrix.columns)
    ]
    if len(matrix.tasks) > 1:
        told += [_row(ALL, c, matrix.cell(k)) for k, c in enumerate(matrix.columns)]
    return told


def _row(task: str, column: Column, cell: MatrixCell) -> tuple[str, ...]:
    told, right = cell.labels
    return (
        task,
        column.name,
        passed(cell),
        rates(cell, repeatable=column.repeatable),
        _number(cell.rounds, "{:.1f}"),
        _number(cell.calls, "{:.1f}"),
        _number(cell.tokens, "{:,.0f}"),
        _number(cell.cost if cell.samples else None, "{:.4f}"),
        f"{right} of {told}" if told else "",
    )


def _number(value: float | None, how: str) -> str:
    return "" if value is None else how.format(value)


def difference_in_words(one: PromptSetDifference) -> str:
    """One sentence for two wordings."""
    before, after = one.rates
    by_chance = one.low <= 0 <= one.high
    told = "nothing is shown either way" if by_chance else "more than chance explains"
    return (
        f"{one.model}: {one.second} passes {after:.0%} where {one.first} passes {before:.0%}: "
        f"{after - before:+.0%} ({one.low:+.0%} to {one.high:+.0%}), {told}"
    )


def to_markdown(matrix: Matrix) -> str:
    """The table with what was not made and what prompts are worth, fit for a page."""
    lines = [_line(HEAD), _line(["---"] * len(HEAD))]
    lines += [_line(row) for row in rows(matrix)]
    for difference in matrix.differences:
        lines += ["", difference_in_words(difference) + "."]
    for p in matrix.problems:
        lines += ["", f"Not made: {p.task}, {matrix.columns[p.column].name}, sample {p.number}."]
    return "\n".join(lines) + "\n"


def _line(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def to_json(matrix: Matrix) -> dict[str, Any]:
    """Everything, for scripts."""
    return {
        "tasks": list(matrix.tasks),
        "columns": [
            {
                "name": column.name,
                "model": column.model,
                "prompt_set": column.prompts.name,
                "prompts": column.prompts.digest,
                "repeatable": column.repeatable,
            }
            for column in matrix.columns
        ],
        "cells": [
            {"task": task, "column": column.name, **_figures(matrix.cell(k, task))}
            for task in matrix.tasks
            for k, column in enumerate(matrix.columns)
        ],
        "totals": [
            {"column": column.name, **_figures(matrix.cell(k))}
            for k, column in enumerate(matrix.columns)
        ],
        "differences": [asdict(difference) for difference in matrix.differences],
        "problems": [
            {
                "task": problem.task,
                "column": matrix.columns[problem.column].name,
                "sample": problem.number,
                "fault": problem.error.fault,
                "message": str(problem.error),
            }
            for problem in matrix.problems
        ],
        "samples": [sample.model_dump(mode="json") for _, sample in matrix.samples],
    }


def _figures(cell: MatrixCell) -> dict[str, Any]:
    told, right = cell.labels
    return {
        "samples": len(cell.samples),
        "passed": cell.passed,
        "rate": cell.rate,
        "low": cell.interval.low,
        "high": cell.interval.high,
        "rounds": cell.rounds,
        "calls": cell.calls,
        "tokens": cell.tokens,
        "cost": cell.cost if cell.samples else None,
        "labels": told,
        "labels_right": right,
    }
