"""The picture of a sweep: a row for each reward, a column for each sub-task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synth.errors import UsageError
from synth.extras import install

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from synth.alternatives.sweep import SweptReward

__all__ = ["draw_sweep"]

LONGEST = 60
"""Characters of a reward's name beside its row; its end tells more than its beginning."""


def draw_sweep(swept: Sequence[SweptReward], file: Path) -> None:
    """Draw precision against recall over the threshold, a line for each temperature.

    The star is the best F1 of the panel, the circle the committed program.

    Args:
        swept: The rewards, of the same sub-tasks.
        file: PNG or SVG, by its suffix.

    Raises:
        UsageError: matplotlib is missing, or there is nothing to draw.
    """
    if not swept or not swept[0].subtasks:
        raise UsageError("there is nothing to draw: no truth is told of any sub-task.")
    try:
        import matplotlib as mpl  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise UsageError(f"matplotlib is not installed; `{install('train')}` brings it.") from error
    mpl.use("agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - after the backend is chosen

    rows, columns = len(swept), len(swept[0].subtasks)
    figure, axes = plt.subplots(
        rows, columns, figsize=(3.2 * columns, 2.9 * rows), squeeze=False, layout="constrained"
    )
    lines: dict[str, Any] = {}
    for row, reward in zip(axes, swept, strict=True):
        for axis, one in zip(row, reward.subtasks, strict=True):
            for n, curve in enumerate(one.curves):
                colour = mpl.colormaps["viridis"](n / max(len(one.curves) - 1, 1))
                (line,) = axis.plot(
                    [p.recall for p in curve], [p.precision for p in curve], color=colour, lw=1.3
                )
                lines.setdefault(f"temperature {curve[0].temperature:g}", line)
            best = one.best
            (star,) = axis.plot(best.recall, best.precision, "*", color="#d55e00", ms=11)
            (code,) = axis.plot(one.code[1], one.code[0], "o", color="#0072b2", ms=7, mfc="none")
            lines |= {"best F1": star, "the program": code}
            share = axis.axhline(one.held / one.frames, color="#999999", ls=":", lw=1)
            lines["always true"] = share
            axis.set(xlim=(-0.03, 1.05), ylim=(-0.03, 1.05))
            axis.set_title(f"{one.subtask}: F1 {best.f1:.2f}", fontsize=9)
            axis.grid(alpha=0.25)
        row[0].set_ylabel(reward.name[-LONGEST:], fontsize=7)
    for axis in axes[-1]:
        axis.set_xlabel("recall", fontsize=9)
    figure.supylabel("precision", fontsize=9)
    figure.legend(
        lines.values(), lines.keys(), loc="outside lower center", ncols=5, frameon=False, fontsize=8
    )
    figure.savefig(file, dpi=130)
    plt.close(figure)
