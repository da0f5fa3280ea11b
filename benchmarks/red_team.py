"""Wrong reward programs written to be green: how many the suite catches, and by what.

The programs in ``tests/red_team`` were written by someone who knew the tasks and the suite as it
was before it asked anything of scenes, and tried to be green under it. Each was measured on
simulator state: its header says in which share of an imperfect agent's episodes it is wrong. Beside
them lie right programs in unusual styles::

    python benchmarks/red_team.py                   # every task, as the table of docs/red-team.md
    python benchmarks/red_team.py empty --verbose   # one task, with what the suite says

It needs the simulator, since the search is a part of the suite.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from synth.program import merge
from synth.suite import judge
from synth.task.folder import TaskFolder, read_task

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PROGRAMS = ROOT / "tests" / "red_team"
TASKS = tuple(sorted(folder.name for folder in PROGRAMS.iterdir() if folder.is_dir()))

Kind = Literal["wrong", "right"]


@dataclass(frozen=True, slots=True)
class Judged:
    """A program, and what the suite made of it.

    Attributes:
        task: Its task.
        name: Its file, without the ending.
        kind: What it is in truth.
        what: Its header's first sentence.
        checks: The checks that fail, in the cascade's order; none where it is green.
        message: What the first failure says.
    """

    task: str
    name: str
    kind: Kind
    what: str
    checks: tuple[str, ...]
    message: str

    @property
    def green(self) -> bool:
        """Whether every test that can be made passes."""
        return not self.checks


def programs(task: str, kind: Kind) -> list[Path]:
    """The programs of a task, in the order of their names."""
    return sorted((PROGRAMS / task / kind).glob("*.py"))


def whole(task: str, mistake: str) -> str:
    """A wrong program: the mistake merged into the program that is right but for it."""
    base = (PROGRAMS / task / "base.py").read_text(encoding="utf-8")
    return merge(base, mistake)


def judged(task: str, kind: Kind) -> Iterator[Judged]:
    """Judge a task's programs, under the plan that they were written for."""
    folder = TaskFolder.read(ROOT / "generated" / task)
    folder = folder.with_plan(read_task(PROGRAMS / task / "task.toml").plan)
    for path in programs(task, kind):
        text = path.read_text(encoding="utf-8")
        source = whole(task, text) if kind == "wrong" else text
        found = judge(source, folder, splits=("visible", "held_out"))
        checks = tuple(dict.fromkeys(f.test.partition("[")[0] for f in found.failures))
        message = found.failures[0].message if found.failures else ""
        what = text.removeprefix('"""').partition("\n")[0].partition(": ")[2]
        yield Judged(task, path.stem, kind, what, checks, message)


def main(
    tasks: Annotated[list[str] | None, typer.Argument(help="All, if left out.")] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Say what the suite says of each.")
    ] = False,
) -> None:
    """Print which of them are red, at which check; the exit code is 1 if a right one is."""
    say = Console(stderr=True)
    lines, totals, unfair = [], [], 0
    for task in tasks or TASKS:
        found = [one for kind in ("wrong", "right") for one in judged(task, kind)]
        wrong = [one for one in found if one.kind == "wrong"]
        green = [one for one in wrong if one.green]
        refused = [one for one in found if one.kind == "right" and not one.green]
        unfair += len(refused)
        right = len(found) - len(wrong)
        totals.append(f"| {task} | {len(wrong)} | {len(green)} | {right} | {len(refused)} |")
        for one in (*wrong, *refused):
            first = "**green**" if one.green else f"`{one.checks[0]}`"
            lines.append(f"| {task} | `{one.name}` | {one.what} | {first} |")
            if verbose and one.message:
                say.print(f"{task}/{one.name}: {one.message}", markup=False, highlight=False)
    print("| task | wrong programs | green | right programs | red |\n|---|---|---|---|---|")
    print("\n".join(totals))
    print("\n| task | program | what is wrong with it | first red at |\n|---|---|---|---|")
    print("\n".join(lines))
    sys.exit(1 if unfair else 0)


if __name__ == "__main__":
    typer.run(main)
