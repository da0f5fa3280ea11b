"""The picture of reward hacking: what is claimed and what is true, and the gap between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.training.curves import curve_of
from synth.training.figure import pyplot
from synth.training.results import claims_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from synth.training.results import TrainingResult

__all__ = ["draw_gaps"]

COLUMNS = 4
CLAIMED, TRUE, GAP, MISSED = "#0072b2", "#009e73", "#d55e00", "#999999"


def draw_gaps(results: Mapping[str, Sequence[TrainingResult]], file: Path) -> None:
    """Draw claimed and true against steps, a panel for each name.

    Args:
        results: Name of a panel to its seeds, of episodes that a program judged.
        file: PNG or SVG, by its suffix.

    Raises:
        UsageError: matplotlib is missing.
    """
    plt = pyplot()
    columns = min(COLUMNS, len(results))
    rows = -(-len(results) // columns)
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(max(5.0, 3.4 * columns), 3.0 * rows),
        squeeze=False,
        layout="constrained",
    )
    for axis, (name, seeds) in zip(axes.flat, results.items(), strict=False):
        true, claimed = curve_of(seeds), curve_of(seeds, claims_at)
        steps = true.steps / 1000
        axis.plot(steps, claimed.mean, color=CLAIMED, linewidth=1.6, label="claimed")
        axis.plot(steps, true.mean, color=TRUE, linewidth=1.6, label="true")
        for over, colour, label in (
            (claimed.mean > true.mean, GAP, "claimed, not true"),
            (claimed.mean < true.mean, MISSED, "true, not claimed"),
        ):
            axis.fill_between(
                steps,
                true.mean,
                claimed.mean,
                where=over,
                interpolate=True,
                color=colour,
                alpha=0.35,
                linewidth=0,
                label=label,
            )
        seeded = f"({len(seeds)} seed{'' if len(seeds) == 1 else 's'})"
        # One line is wider than its panel where an arm's name says all that it differs in.
        axis.set_title(f"{name.replace(', ', chr(10))} {seeded}", fontsize=9)
        axis.set_xlabel("environment steps, thousands", fontsize=9)
        axis.set_ylim(-0.02, 1.02)
        axis.set_xlim(left=0)
        axis.grid(alpha=0.25)
    for axis in axes.flat[len(results) :]:
        axis.set_visible(False)
    figure.supylabel("share of the last 100 episodes", fontsize=9)
    handles, labels = axes.flat[0].get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="outside lower center",
        ncols=2 if columns == 1 else len(labels),
        frameon=False,
    )
    figure.savefig(file, dpi=130)
    plt.close(figure)
