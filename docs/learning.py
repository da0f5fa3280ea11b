"""Gathers what `synth train` left behind, and writes the page about it.

    python -m docs.learning           # from runs/, into docs/results, the page and its figure
    python -m docs.learning --kept    # the page and its figure again, from docs/results alone

Finished runs are kept compressed, one file a seed, in folders like those of ``runs``:
`synth curves --results docs/results` reads them.
"""

from __future__ import annotations

import argparse
import gzip
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from synth.task.provenance import file_digest
from synth.training.curves import Summary, summary_of
from synth.training.figure import draw
from synth.training.results import results_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from synth.training import TrainingResult

    Found = dict[str, dict[str, list[TrainingResult]]]
    """Task to arm to its seeds."""

RUNS = Path("runs")
KEPT = Path("docs/results")
PAGE = Path("docs/learning.md")


@dataclass(frozen=True)
class Comparison:
    """A table and a figure of the page.

    Attributes:
        name: Stands in the page's marks, ``<!-- NAME -->`` and ``<!-- end of NAME -->``.
        figure: Where it is drawn.
        tasks: Its rows.
        arms: Its columns.
        ratios: Pairs of arms, the steps of the one over those of the other.
    """

    name: str
    figure: Path
    tasks: tuple[str, ...]
    arms: tuple[str, ...]
    ratios: tuple[tuple[str, str], ...]


COMPARISONS = (
    Comparison(
        "table",
        Path("docs/pictures/learning.png"),
        (
            "doorkey",
            "doorkey-8x8",
            "unlock",
            "unlock-pickup",
            "blocked-unlock-pickup",
            "key-corridor",
            "multi-room",
            "obstructed-maze-1dlhb",
        ),
        ("code", "truth", "sparse", "sparse-seen"),
        (("sparse", "code"), ("code", "truth")),
    ),
    Comparison(
        "options",
        Path("docs/pictures/learning-options.png"),
        ("multi-room",),
        ("options", "code", "code-unseen", "sparse"),
        (("sparse", "options"), ("code", "options")),
    ),
    Comparison(
        "tables",
        Path("docs/pictures/learning-tables.png"),
        ("tabletop-hanoi",),
        ("code", "sparse"),
        (("sparse", "code"),),
    ),
    Comparison(
        "arms",
        Path("docs/pictures/learning-arms.png"),
        ("panda-reach",),
        ("code", "her", "sparse"),
        (("code", "her"),),
    ),
)


def keep() -> None:
    """Copy the results of finished runs, compressed; the same bytes for the same result."""
    for task, arm in sorted({p for one in COMPARISONS for p in product(one.tasks, one.arms)}):
        for file in sorted((RUNS / task / "training" / arm).glob("seed-*/result.json")):
            into = KEPT / file.relative_to(RUNS).with_suffix(".json.gz")
            into.parent.mkdir(parents=True, exist_ok=True)
            into.write_bytes(gzip.compress(file.read_bytes(), mtime=0))


def replace(kept: Found, new: Found) -> None:
    """What is kept, with the seeds that were trained since in the place of the older ones."""
    for task, arms in new.items():
        for arm, results in arms.items():
            seeds = {one.seed: one for one in (*kept.get(task, {}).get(arm, ()), *results)}
            kept.setdefault(task, {})[arm] = [seeds[seed] for seed in sorted(seeds)]


def cell(arm: Sequence[TrainingResult]) -> str:
    """One arm of one task: seeds that came to 90%, and the steps to it."""
    if not arm:
        return ""
    told = summary_of(arm)
    reached = f"{told.reached} of {told.seeds}"
    if not told.reached:
        return reached
    bound = "> " if told.bound else ""
    steps = f"{bound}{told.steps / 1000:.0f}k ({told.low / 1000:.0f} to {told.high / 1000:.0f})"
    return f"{reached}: {steps}"


def ratio(of: Summary | None, to: Summary | None) -> str:
    """The steps of the one over those of the other; nothing where neither is known."""
    if of is None or to is None or (of.bound and to.bound):
        return ""
    bound = "> " if of.bound else "< " if to.bound else ""
    return f"{bound}{of.steps / to.steps:.2f}"


def table(one: Comparison, found: Mapping[str, Mapping[str, Sequence[TrainingResult]]]) -> str:
    """The table, in Markdown."""
    head = ("task", *one.arms, *(f"{of} / {to}" for of, to in one.ratios))
    rows = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for task in one.tasks:
        arms = found.get(task, {})
        told = {arm: summary_of(arms[arm]) for arm in one.arms if arms.get(arm)}
        cells = [cell(arms.get(arm, ())) for arm in one.arms]
        gains = [ratio(told.get(of), told.get(to)) for of, to in one.ratios]
        rows.append("| " + " | ".join((task, *cells, *gains)) + " |")
    return "\n".join(rows) + "\n"


def _odd(found: Mapping[str, Mapping[str, Sequence[TrainingResult]]]) -> Iterator[str]:
    """Arms whose runs do not belong together, and why."""
    for task in {task for one in COMPARISONS for task in one.tasks if task in found}:
        digest = file_digest(Path("generated") / task / "reward.py")
        for arm, results in found[task].items():
            if {one.reward for one in results} - {"", digest}:
                yield f"{task} {arm} was made with another program than the committed one"
            if any(one.settings != results[0].settings for one in results):
                yield f"{task} {arm} has seeds of different settings"


def main() -> None:
    """Keep, draw, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kept", action="store_true", help="from docs/results alone")
    told = parser.parse_args()
    found = results_in(KEPT)
    if not told.kept:
        replace(found, results_in(RUNS, tuple({task for one in COMPARISONS for task in one.tasks})))
    if odd := sorted(_odd(found)):
        raise SystemExit("\n".join(["nothing is written:", *odd]))
    if not told.kept:
        keep()
    page = PAGE.read_text(encoding="utf-8")
    for one in COMPARISONS:
        ordered = {
            task: {arm: found[task][arm] for arm in one.arms if arm in found[task]}
            for task in one.tasks
            if task in found
        }
        if ordered:
            draw(ordered, one.figure)
        begin, end = f"<!-- {one.name} -->\n", f"<!-- end of {one.name} -->\n"
        before, rest = page.split(begin)
        page = before + begin + table(one, ordered) + end + rest.split(end)[1]
        runs = sum(len(seeds) for arms in ordered.values() for seeds in arms.values())
        print(f"{one.name}: {runs} runs, {one.figure}")
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
