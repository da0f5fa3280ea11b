"""Gathers what `synth train` left behind, and writes the page about it.

    python -m docs.learning           # from runs/, into docs/results, the page and its figure
    python -m docs.learning --kept    # the page and its figure again, from docs/results alone

Finished runs are kept compressed, one file a seed, in folders like those of ``runs``:
`synth curves --results docs/results` reads them.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from synth.training.curves import Summary, summary_of
from synth.training.figure import draw
from synth.training.results import results_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from synth.training import TrainingResult

RUNS = Path("runs")
KEPT = Path("docs/results")
PAGE = Path("docs/learning.md")
FIGURE = Path("docs/pictures/learning.png")
MARKS = ("<!-- table -->\n", "<!-- end of table -->\n")
TASKS = (
    "doorkey",
    "doorkey-8x8",
    "unlock",
    "unlock-pickup",
    "blocked-unlock-pickup",
    "key-corridor",
    "multi-room",
    "obstructed-maze-1dlhb",
)
ARMS = ("code", "truth", "sparse", "sparse-seen")


def keep() -> None:
    """Copy the results of finished runs, compressed; the same bytes for the same result."""
    for task in TASKS:
        for arm in ARMS:
            for file in sorted((RUNS / task / "training" / arm).glob("seed-*/result.json")):
                into = KEPT / file.relative_to(RUNS).with_suffix(".json.gz")
                into.parent.mkdir(parents=True, exist_ok=True)
                into.write_bytes(gzip.compress(file.read_bytes(), mtime=0))


def cell(arm: Sequence[TrainingResult]) -> str:
    """One arm of one task: seeds that came to 90%, and the steps to it."""
    if not arm:
        return ""
    told = summary_of(arm)
    bound = "" if told.reached == told.seeds else "> "
    steps = f"{bound}{told.steps / 1000:.0f}k ({told.low / 1000:.0f} to {told.high / 1000:.0f})"
    return f"{told.reached} of {told.seeds}: {steps}"


def ratio(of: Summary | None, to: Summary | None) -> str:
    """How many times the steps of the one are those of the other."""
    if of is None or to is None:
        return ""
    bound = "> " if of.reached < of.seeds else ""
    return f"{bound}{of.steps / to.steps:.2f}"


def table(found: Mapping[str, Mapping[str, Sequence[TrainingResult]]]) -> str:
    """The table, in Markdown."""
    head = ("task", *ARMS, "sparse / code", "code / truth")
    rows = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for task in TASKS:
        arms = found.get(task, {})
        told = {arm: summary_of(arms[arm]) for arm in ARMS if arms.get(arm)}
        cells = [cell(arms.get(arm, ())) for arm in ARMS]
        gains = [
            ratio(told.get("sparse"), told.get("code")),
            ratio(told.get("code"), told.get("truth")),
        ]
        rows.append("| " + " | ".join((task, *cells, *gains)) + " |")
    return "\n".join(rows) + "\n"


def main() -> None:
    """Keep, draw, write."""
    if "--kept" not in sys.argv[1:]:
        keep()
    found = results_in(KEPT)
    ordered = {
        task: {arm: found[task][arm] for arm in ARMS if arm in found[task]}
        for task in TASKS
        if task in found
    }
    draw(ordered, FIGURE)
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(MARKS[0])
    _, after = rest.split(MARKS[1])
    PAGE.write_text(before + MARKS[0] + table(ordered) + MARKS[1] + after, encoding="utf-8")
    runs = sum(len(seeds) for arms in ordered.values() for seeds in arms.values())
    print(f"{runs} runs: {PAGE} and {FIGURE}")


if __name__ == "__main__":
    main()
