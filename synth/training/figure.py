"""The picture of a comparison: a panel for each task, a line for each arm."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from synth.errors import UsageError
from synth.extras import install
from synth.training.curves import curve_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from synth.training.results import TrainingResult

__all__ = ["draw", "pyplot"]

COLUMNS = 4
COLOURS = {
    "code": "#0072b2",
    "truth": "#000000",
    "sparse": "#d55e00",
    "sparse-seen": "#cc79a7",
    "options": "#56b4e9",
    "her": "#e69f00",
}
"""Told apart by colour-blind eyes too (Okabe and Ito)."""
OTHERS = ("#f0e442", "#009e73", "#999999")


def pyplot() -> Any:
    """The `pyplot` of matplotlib, drawing into files.

    Raises:
        UsageError: matplotlib is missing.
    """
    try:
        import matplotlib as mpl  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise UsageError(f"matplotlib is not installed; `{install('train')}` brings it.") from error
    mpl.use("agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - after the backend is chosen

    return plt


def draw(results: Mapping[str, Mapping[str, Sequence[TrainingResult]]], file: Path) -> None:
    """Draw success against steps.

    Args:
        results: Task to arm to its seeds.
        file: PNG or SVG, by its suffix.

    Raises:
        UsageError: matplotlib is missing.
    """
    plt = pyplot()
    columns = min(COLUMNS, len(results))
    rows = -(-len(results) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(3.4 * columns, 2.7 * rows), squeeze=False, layout="constrained"
    )
    lines: dict[str, Any] = {}
    counts: defaultdict[str, set[int]] = defaultdict(set)
    for axis, (task, arms) in zip(axes.flat, results.items(), strict=False):
        for arm, seeds in arms.items():
            curve = curve_of(seeds)
            colour = COLOURS.get(arm) or OTHERS[sum(map(ord, arm)) % len(OTHERS)]
            (line,) = axis.plot(
                curve.steps / 1000,
                curve.mean,
                color=colour,
                # A program without an error trains as truth does, step for step: both are seen.
                linewidth=1.0 if arm == "truth" else 2.0,
                linestyle="--" if arm == "truth" else "-",
                zorder=3 if arm == "truth" else 2,
            )
            band = 0.08 if arm == "truth" else 0.2
            axis.fill_between(
                curve.steps / 1000, curve.low, curve.high, color=colour, alpha=band, linewidth=0
            )
            lines.setdefault(arm, line)
            counts[arm].add(len(seeds))
        axis.set_title(task, fontsize=10)
        axis.set_ylim(-0.02, 1.02)
        axis.set_xlim(left=0)
        axis.grid(alpha=0.25)
    for axis in axes.flat[len(results) :]:
        axis.set_visible(False)
    figure.supxlabel("environment steps, thousands", fontsize=9)
    figure.supylabel("success, last 100 episodes", fontsize=9)
    names = [
        f"{arm} ({_range(counts[arm])} seed{'' if counts[arm] == {1} else 's'})" for arm in lines
    ]
    # Two names fit above each panel.
    beside = min(len(lines), 2 * columns)
    figure.legend(
        lines.values(),
        names,
        loc="outside upper center",
        ncols=beside,
        frameon=False,
        fontsize=8 if columns == 1 else 10,
    )
    figure.savefig(file, dpi=130)
    plt.close(figure)


def _range(counts: set[int]) -> str:
    """How many seeds, where the tasks may have different numbers of them."""
    least, most = min(counts), max(counts)
    return str(least) if least == most else f"{least} to {most}"
