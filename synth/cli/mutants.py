"""``synth mutants``: which small mistakes in a reward program its suite would not notice."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.syntax import Syntax
from rich.table import Table

from synth.cli.console import PhaseProgress, errors, output
from synth.cli.crew import Jobs, Scheduler  # noqa: TC001 - typer reads the annotations when it runs
from synth.errors import BudgetExhausted
from synth.spec import load_spec
from synth.task.paths import RUNS, task_folder

if TYPE_CHECKING:
    from synth.failure import Find
    from synth.mutation.score import MutantOutcome, MutationScore
    from synth.task import TaskFolder

__all__ = ["mutants"]


def mutants(
    task: Annotated[str, typer.Argument(help="A spec's name, or its path.")],
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many mutants, drawn evenly.")
    ] = None,
    sample: Annotated[
        int,
        typer.Option(
            min=1, max=10_000, help="Fresh episodes on which mutants that pass are compared."
        ),
    ] = 300,
    search: Annotated[
        int, typer.Option(min=0, max=10_000, help="Episodes to try against each survivor.")
    ] = 200,
    keep: Annotated[
        bool,
        typer.Option("--keep", help="Make tests of what was found: episodes of the task."),
    ] = False,
    seconds: Annotated[
        float | None, typer.Option(min=1, help="Start nothing more after so long.")
    ] = None,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything as JSON.")] = False,
) -> None:
    """Break the committed reward in small ways, and see which of them the suite notices."""
    from synth.mutation.measure import MutationRun  # noqa: PLC0415 - start-up stays quick
    from synth.task import TaskFolder  # noqa: PLC0415
    from synth.task.counterexamples import require_untouched  # noqa: PLC0415
    from synth.task.folder import read_reward  # noqa: PLC0415

    folder = TaskFolder.read(task_folder(load_spec(task).name))
    source = read_reward(folder.reward, folder.name)
    if keep:
        require_untouched(folder)
    with PhaseProgress() as tell:
        tell("making mutants", 0)
        run = MutationRun(
            folder,
            source,
            limit=limit,
            sample=sample,
            search=search,
            seconds=seconds,
            jobs=jobs,
            scheduler=scheduler,
            ledger=RUNS / folder.name / "mutants.jsonl",
            on_mutant=lambda done, total, stage: tell(stage, done, total),
        )
        if run.known:
            errors().print(f"going on: the suite has been asked about {run.known} mutants before")
        try:
            run.run()
            interrupted = False
        except KeyboardInterrupt:
            interrupted = True
    score = run.score
    if as_json:
        typer.echo(json.dumps(_to_json(score, complete=run.is_complete), indent=2))
    else:
        _print(score)
    if keep and score.finds:
        _keep(folder, score.finds)
    if interrupted:
        raise KeyboardInterrupt
    if not run.is_complete:
        raise BudgetExhausted(
            f"--seconds {seconds:g} ran out before all was judged; the figures are those of "
            "the mutants judged by then. The same command goes on from there."
        )


def _print(score: MutationScore) -> None:
    out, total = output(), score.total
    table = Table(
        "operator", "killed", "survived", "undecided", "equivalent", "score", box=None,
        pad_edge=False,
    )  # fmt: skip
    for row in (*score.operators, total):
        counts = (row.killed, row.survived, row.undecided, row.equivalent)
        table.add_row(row.operator, *(str(n) for n in counts), f"{row.score:.1%}")
    for outcome in score.survivors:
        _print_survivor(outcome)
    out.print(table)
    out.print(
        f"{score.task}: {total.killed} of {total.killed + total.survived + total.undecided} "
        f"mutants that are not equivalent are killed ({total.score:.1%}); "
        f"{len(score.outcomes)} of {score.mutants} judged, equivalence on "
        f"{score.episodes} fresh episodes, {score.seconds:.0f} s"
    )


def _print_survivor(outcome: MutantOutcome) -> None:
    out, mutant = output(), outcome.mutant
    out.print(f"[bold]{mutant.id}[/], {mutant.operator}, line {mutant.line}: {outcome.fate}")
    if out.is_terminal:
        out.print(Syntax(mutant.diff, "diff", background_color="default"))
    else:
        out.print(mutant.diff, markup=False)
    if outcome.difference is not None:
        out.print(f"  would be killed by {escape(str(outcome.difference))}")
    if outcome.find is not None:
        actions = " ".join(str(action) for action in outcome.find.actions)
        out.print(
            f"  told by seed {outcome.find.seed}, actions {actions}: --keep makes it a test",
            markup=False,
        )
    out.print()


def _keep(task: TaskFolder, finds: tuple[Find, ...]) -> None:
    from synth.task.counterexamples import keep_finds  # noqa: PLC0415
    from synth.task.found import play  # noqa: PLC0415 - start-up stays quick

    before = len(task.store.episodes)
    store = keep_finds(task, [(play(task.spec, find), find.note) for find in finds])
    errors().print(
        f"{len(store.episodes) - before} episodes added to {task.path / 'episodes'}: from now on "
        "the suite tells these survivors",
        markup=False,
    )


def _to_json(score: MutationScore, *, complete: bool) -> dict[str, Any]:
    return {
        "task": score.task,
        "complete": complete,
        "mutants": score.mutants,
        "judged": len(score.outcomes),
        "episodes": score.episodes,
        "seconds": round(score.seconds, 1),
        "score": score.total.score,
        "total": asdict(score.total),
        "operators": [{**asdict(row), "score": row.score} for row in score.operators],
        "survivors": [
            {
                "id": o.mutant.id,
                "operator": o.mutant.operator,
                "line": o.mutant.line,
                "fate": o.fate,
                "diff": o.mutant.diff,
                "difference": None if o.difference is None else asdict(o.difference),
                "find": None if o.find is None else asdict(o.find),
            }
            for o in score.survivors
        ],
        "found": [asdict(find) for find in score.finds],
    }
