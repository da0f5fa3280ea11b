"""The picture of the table: success with its interval for each task and model, beside its price."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synth.training.figure import pyplot

if TYPE_CHECKING:
    from pathlib import Path

    from synth.matrix.cells import Matrix, MatrixCell

__all__ = ["draw_matrix"]

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#999999")
"""Told apart by colour-blind eyes too (Okabe and Ito)."""
MARKS = "osD^vP*X"
BESIDE = (("calls", "calls a sample"), ("rounds", "rounds a sample"))


def draw_matrix(matrix: Matrix, file: Path) -> None:
    """Draw success, rounds and calls or cost, a row for each task.

    Args:
        matrix: The table.
        file: PNG or SVG, by its suffix.

    Raises:
        UsageError: matplotlib is missing.
    """
    plt = pyplot()
    tasks, columns = list(matrix.tasks), matrix.columns
    priced = any(matrix.cell(k).cost for k in range(len(columns)))
    beside = [*BESIDE, ("cost", "cost")] if priced else [*BESIDE]
    height = 1.6 + len(tasks) * (0.22 + 0.13 * len(columns))
    figure, axes = plt.subplots(
        1, 1 + len(beside), figsize=(5.2 + 2.1 * len(beside), height), sharey=True,
        width_ratios=[2.2, *([1.0] * len(beside))], layout="constrained",
    )  # fmt: skip
    rows = np.arange(len(tasks), dtype=np.float64)
    step = 0.7 / max(1, len(columns))
    for k, column in enumerate(columns):
        at = rows + step * (k - (len(columns) - 1) / 2)
        cells = [matrix.cell(k, task) for task in tasks]
        look = {"color": COLOURS[k % len(COLOURS)], "label": column.name}
        mark = MARKS[k % len(MARKS)]
        _draw_rates(axes[0], at, cells, mark, look, repeatable=column.repeatable)
        for axis, (name, _) in zip(axes[1:], beside, strict=True):
            values = [getattr(cell, name) if cell.samples else None for cell in cells]
            known = [j for j, value in enumerate(values) if value is not None]
            axis.plot([values[j] for j in known], at[known], mark, markersize=5, **look)
    axes[0].set_yticks(rows, tasks)
    axes[0].set_ylim(len(tasks) - 0.5, -0.5)
    axes[0].set_xlim(-0.03, 1.03)
    axes[0].set_xlabel("share of samples that pass, Wilson's 95% interval", fontsize=9)
    for axis, (_, words) in zip(axes[1:], beside, strict=True):
        axis.set_xlabel(words, fontsize=9)
        axis.margins(x=0.08)
        axis.set_xlim(left=0)
    for axis in axes:
        axis.grid(axis="x", alpha=0.25)
        for row in rows[:-1]:
            axis.axhline(row + 0.5, color="#dddddd", linewidth=0.8)
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(
        handles, names, loc="outside lower center", ncols=min(3, len(names)), frameon=False
    )
    figure.savefig(file, dpi=130)
    plt.close(figure)


def _draw_rates(
    axis: Any,
    at: Any,
    cells: list[MatrixCell],
    mark: str,
    look: dict[str, Any],
    *,
    repeatable: bool,
) -> None:
    """Points where there are samples, with whiskers where another sample might be different."""
    known = [j for j, cell in enumerate(cells) if cell.rate is not None]
    share = np.array([cells[j].rate for j in known])
    ends = np.array([(cells[j].interval.low, cells[j].interval.high) for j in known]).reshape(-1, 2)
    # The interval holds the share but for rounding.
    whiskers = np.clip([share - ends[:, 0], ends[:, 1] - share], 0.0, None)
    axis.errorbar(
        share,
        at[known],
        xerr=None if repeatable else whiskers,
        fmt=mark,
        markersize=5,
        capsize=2,
        **look,
    )
