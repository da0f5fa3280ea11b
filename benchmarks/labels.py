"""What labels add: wrong programs put to eyes that are always right, on the pictures chosen.

Each program is taken for one that has passed everything else; the pictures that tell its rivals
apart are chosen without knowing what is right. Eyes are the committed program's verdicts, which
`synth accuracy` holds against truth. Printed are the labels that the program contradicts, and how
likely as many pictures drawn blindly would have shown its fault::

    python benchmarks/labels.py doorkey
    python benchmarks/labels.py doorkey --folder generated/doorkey --split held_out

It needs episodes with scenes, and no simulator.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from synth.labels.pool import make_pool, verdicts
from synth.labels.questions import choose_questions
from synth.program import parse
from synth.task.folder import TaskFolder, read_reward

ROOT = Path(__file__).parents[1]
PROGRAMS = ROOT / "tests" / "red_team"


def main(
    task: Annotated[str, typer.Argument(help="A task with programs in tests/red_team.")],
    folder: Annotated[Path | None, typer.Option(help="Where its episodes and reward lie.")] = None,
    split: Annotated[str, typer.Option(help="visible or held_out.")] = "visible",
    frames: Annotated[int, typer.Option(help="Pictures that may be put to eyes.")] = 24,
) -> None:
    """Print the table of a task."""
    read = TaskFolder.read(folder or ROOT / "generated" / task)
    which: Literal["visible", "held_out"] = "held_out" if split == "held_out" else "visible"
    pool = make_pool(read.store, which)
    eyes = parse(read_reward(read.reward, task))
    right = verdicts(pool, eyes)
    table = Table("program", "wrong pictures", "asked", "contradicted", "drawn blindly", box=None)
    met = caught = 0
    for kind in ("wrong", "right"):
        for file in sorted((PROGRAMS / task / kind).glob("*.py")):
            program = parse(file.read_text(encoding="utf-8"))
            if program.subtasks != eyes.subtasks:
                continue
            said = verdicts(pool, program)
            wrong = (said != right)[:, :-1].any(axis=1) & pool.askable
            chosen = choose_questions(program.source, pool, most=frames)
            pictures = len({question.row for question in chosen.questions})
            against = sum(said[q.row, q.column] != right[q.row, q.column] for q in chosen.questions)
            blindly = _shown(int(pool.askable.sum()), int(wrong.sum()), pictures)
            table.add_row(
                f"{kind}/{file.stem}",
                f"{wrong.sum()} of {pool.askable.sum()}",
                f"{len(chosen.questions)} on {pictures} pictures",
                str(against),
                f"{blindly:.0%}",
            )
            met += bool(wrong.any())
            caught += bool(against)
    out = Console(width=140)
    out.print(table)
    out.print(f"{caught} of {met} programs that are wrong in a sub-task on some picture are caught")


def _shown(pictures: int, wrong: int, drawn: int) -> float:
    """How likely a blind draw holds at least one of the pictures on which a program is wrong."""
    return 1.0 - math.comb(pictures - wrong, drawn) / math.comb(pictures, drawn)


if __name__ == "__main__":
    typer.run(main)
