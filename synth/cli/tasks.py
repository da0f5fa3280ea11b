"""``synth tasks``: every spec and where it stands; with ``--measure`` in figures."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from synth.cli.console import PhaseProgress, output
from synth.errors import SpecError
from synth.foreign import read_json
from synth.spec import find_specs, load_spec, spec_file
from synth.task.paths import SPECS, task_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from synth.report import Measured

__all__ = ["tasks"]

_WIDE = 132
"""Columns of the tables of figures where there is no terminal to fit them to."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a task stands: which of its parts exist, and whether they fit the spec."""

    task: str
    env: str
    episodes: str
    suite: str
    reward: str


def tasks(
    names: Annotated[
        list[str] | None, typer.Argument(help="Only these tasks; all if left out.", metavar="TASK")
    ] = None,
    measure: Annotated[
        bool, typer.Option("--measure", help="Figures of each, from what is recorded.")
    ] = False,
    again: Annotated[
        bool,
        typer.Option(
            "--record",
            help="With --measure: record once more, keeping nothing, where nobody knows how long "
            "that takes.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """List every spec and where it stands: episodes, suite, reward."""
    specs = [_named(name) for name in names] if names else find_specs(SPECS)
    if not specs:
        output().print("no specs here; `synth new NAME --env ENV_ID` writes one.")
        return
    if measure:
        _measured(specs, again=again, as_json=as_json)
        return
    standings = [_standing(path) for path in specs]
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in standings], indent=2))
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("task", "environment", "episodes", "suite", "reward by"):
        table.add_column(heading, overflow="fold")
    for s in standings:
        table.add_row(s.task, s.env, s.episodes, s.suite, _who(s.reward))
    _wide_in_a_pipe().print(table)
    paid = sum(one.reward != "-" for one in standings)
    output().print(f"\n{_specs(len(standings))}, {paid} with a reward; - : there is none yet.")


def _named(name: str) -> Path:
    """The file of a spec; says what is near where there is none."""
    path = spec_file(name, SPECS)
    if not path.exists():
        load_spec(path)
    return path


def _wide_in_a_pipe() -> Console:
    """A pipe is as wide as names and figures need: in columns of three letters they are no use."""
    out = output()
    return out if out.is_terminal else Console(width=_WIDE, highlight=False)


def _specs(count: int) -> str:
    return f"{count} spec{'' if count == 1 else 's'}"


def _who(by: str) -> str:
    """Who wrote a reward, without by which way: ``multimodal model``."""
    return by.partition(" through ")[0]


def _measured(specs: Sequence[Path], *, again: bool, as_json: bool) -> None:
    """Measure and print; a spec that is none is said and costs the others nothing."""
    from synth.report import measure  # noqa: PLC0415 - start-up stays quick

    rows: list[Measured] = []
    broken: list[str] = []
    with PhaseProgress("measuring") as tell:
        for number, path in enumerate(specs):
            tell(path.stem, number, len(specs))
            try:
                rows.append(measure(load_spec(path), again=again))
            except SpecError as error:
                broken.append(str(error))
    if as_json:
        content = {"tasks": [asdict(row) for row in rows], "broken": broken}
        typer.echo(json.dumps(content, indent=2))
        return
    out, wide = output(), _wide_in_a_pipe()
    wide.print(_recorded(rows))
    committed = [row for row in rows if row.by]
    if committed:
        out.print()
        wide.print(_rewards(committed))
    out.print(
        f"\n{_specs(len(rows))}, {len(committed)} with a committed reward. expert: seeds on which "
        "it showed the task, of those tried; random: episodes that succeed by chance; judged: of "
        "all frames, and of those of success; held out: judged frames on which the goal is what "
        "success is; truth: the sub-task that agrees least with its predicate",
    )
    reasons: dict[str, list[str]] = {}
    for row in rows:
        for reason in row.missing:
            reasons.setdefault(reason.replace(row.task, "TASK"), []).append(row.task)
    for reason, tasks_ in reasons.items():
        out.print(f"{', '.join(tasks_)}: {reason}", markup=False)
    for line in broken:
        out.print(line, markup=False)


def _recorded(rows: Sequence[Measured]) -> Table:
    """What the episodes tell."""
    table = _figures("task", "environment", "expert", "random", "frame", "record", "MB", "judged")
    for row in rows:
        table.add_row(
            row.task,
            f"{row.env}, missions" if row.missions else row.env,
            _of(row.experts),
            _of(row.randoms),
            "-" if row.frame is None else f"{row.frame[0]}x{row.frame[1]}",
            "-" if row.seconds is None else f"{row.seconds:.0f} s",
            "-" if row.bytes is None else f"{row.bytes / 1e6:.1f}",
            "-" if row.judged is None else f"{_share(row.judged)} {_share(row.successes_judged)}",
        )
    return table


def _rewards(rows: Sequence[Measured]) -> Table:
    """What the committed programs come to."""
    table = _figures("task", "reward by", "rounds", "calls", "held out", "truth")
    for row in rows:
        told = row.agreement
        least = min((one.agreement for one in told.subtasks), default=None) if told else None
        table.add_row(
            row.task,
            _who(row.by),
            "-" if row.rounds is None else str(row.rounds),
            "-" if row.calls is None else str(row.calls),
            _share(1 - told.wrong / told.frames) if told and told.frames else "-",
            _share(least),
        )
    return table


def _figures(*headings: str) -> Table:
    """A table whose first two columns are words, and all others figures."""
    table = Table(box=None, pad_edge=False)
    for place, heading in enumerate(headings):
        if place < 2:  # noqa: PLR2004 - see above
            table.add_column(heading, overflow="fold")
        else:
            table.add_column(heading, justify="right", no_wrap=True)
    return table


def _of(counts: tuple[int, int] | None) -> str:
    return "-" if counts is None else f"{counts[0]}/{counts[1]}"


def _share(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.4g}%"


def _standing(path: Path) -> Standing:
    folder = task_folder(path.stem)
    try:
        spec = load_spec(path)
    except SpecError as error:
        wrong = ": ".join(part for part in ("spec error", error.key, error.problem) if part)
        return Standing(path.stem, wrong, "-", "-", "-")
    episodes = "-"
    manifest = folder / "episodes" / "manifest.json"
    if manifest.exists():
        try:
            content = read_json(manifest.read_text(encoding="utf-8"))
            count = sum(sum(kinds.values()) for kinds in content["episodes"].values())
            fits = content["spec_digest"] == spec.episode_digest()
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            episodes = f"damaged: `synth record {path.stem} --force`"
        else:
            episodes = f"{count}" if fits else f"{count}, stale: `synth record {path.stem} --force`"
    suite = "yes" if (folder / f"test_{path.stem}.py").exists() else "-"
    reward = "-"
    provenance = folder / "provenance.json"
    if provenance.exists():
        try:
            origin = read_json(provenance.read_text(encoding="utf-8"))
            reward = ", ".join(origin["answered_by"]) or origin["model"]
        except (OSError, ValueError, LookupError, TypeError):
            reward = "yes, of unknown origin: provenance.json is damaged"
    elif (folder / "reward.py").exists():
        reward = "yes, of unknown origin"
    return Standing(path.stem, spec.env, episodes, suite, reward)
