"""``synth train``: agents that learn from a task's reward, and from what it is compared with."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from synth.cli.console import PhaseProgress, complain, errors, output
from synth.cli.crew import Jobs, Scheduler  # noqa: TC001 - typer reads the annotations when it runs
from synth.errors import SynthError, UsageError
from synth.extras import install
from synth.scheduling import hire
from synth.spec import load_spec
from synth.task.paths import RUNS, task_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from synth.shaping import GoalFrom
    from synth.training import Arm, TrainingResult
    from synth.training.fleet import Progress

__all__ = ["train"]


def train(
    tasks: Annotated[list[str], typer.Argument(help="Specs' names, or their paths.")],
    reward: Annotated[
        list[str],
        typer.Option(
            help="What pays: code, clip:MODEL, vlm:MODEL, sparse (the environment alone), her (the "
            "same in hindsight), truth, options (each sub-task an option, in the plan's order) or "
            "options-learned; repeatable."
        ),
    ] = ["code"],  # noqa: B006 - typer copies it
    algo: Annotated[
        str | None, typer.Option(help="ppo, dqn, sac ...; by default as the family's file says.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, max=1000, help="Seeds of each arm.")] = 1,
    steps: Annotated[
        int | None, typer.Option(min=1, help="Steps of all environments together.")
    ] = None,
    envs: Annotated[
        int | None, typer.Option(min=1, max=256, help="Environments side by side.")
    ] = None,
    seen: Annotated[
        bool | None,
        typer.Option(
            "--seen/--unseen",
            help="Whether the agent sees what has been credited; by default unless sparse.",
        ),
    ] = None,
    env_weight: Annotated[
        float, typer.Option(min=0.0, help="Weight of the environment's own reward beside credit.")
    ] = 1.0,
    mode: Annotated[str, typer.Option(help="credit or potential.")] = "credit",
    goal_from: Annotated[
        str | None,
        typer.Option(
            help="Who says that the goal holds: reward or environment; by default as the task's "
            "provenance has it."
        ),
    ] = None,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    as_json: Annotated[bool, typer.Option("--json", help="Results as JSON, one a line.")] = False,
) -> None:
    """Train agents with stable-baselines3; the same command goes on where it was interrupted."""
    from synth.envs import family_of  # noqa: PLC0415 - start-up stays quick

    try:
        from synth.training import TrainingRun, settings_of  # noqa: PLC0415
        from synth.training.fleet import train_all  # noqa: PLC0415
        from synth.training.trainer import RESULT  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise UsageError(
            f"training needs {error.name}, which is not installed; `{install('train')}`."
        ) from error
    arms = [
        _arm(one, seen=seen, env_weight=env_weight, mode=mode, goal_from=goal_from)
        for one in reward
    ]
    runs = []
    for task in tasks:
        spec = load_spec(task)
        settings = settings_of(
            family_of(spec).name, spec.name, algorithm=algo, steps=steps, environments=envs
        )
        runs += [
            TrainingRun(
                task=spec.name,
                folder=task_folder(spec.name),
                home=RUNS / spec.name / "training" / arm.name / f"seed-{seed}",
                arm=arm,
                seed=seed,
                settings=settings,
            )
            for arm in arms
            for seed in range(seeds)
        ]
    kept = {run.home for run in runs if (run.home / RESULT).exists()}
    failed: list[SynthError] = []
    results: list[TrainingResult] = []
    total = sum(run.settings.steps for run in runs)
    with PhaseProgress("training") as tell, hire(scheduler, jobs, most=len(runs)) as crew:

        def progress(far: dict[int, Progress]) -> None:
            tell(
                f"{len(results)} of {len(runs)} runs, steps",
                sum(p.steps for p in far.values()),
                total,
            )

        for run, outcome in train_all(runs, crew, progress):
            if isinstance(outcome, SynthError):
                complain(outcome, f"{run.task}, {run.arm.name}, seed {run.seed}")
                failed.append(outcome)
            else:
                results.append(outcome)
                if as_json:
                    typer.echo(outcome.model_dump_json(exclude={"episodes"}))
    _tell(results, _remarks(results, kept, len(runs)), as_json=as_json)
    if failed:
        if len(runs) > 1:
            errors().print(f"{len(failed)} of {len(runs)} runs failed.")
        raise typer.Exit(failed[0].exit_code)


def _arm(
    name: str,
    *,
    seen: bool | None,
    env_weight: float,
    mode: str,
    goal_from: str | None = None,
) -> Arm:
    from synth.named_reward import is_alternative  # noqa: PLC0415 - start-up stays quick
    from synth.training import Arm  # noqa: PLC0415
    from synth.training.arm import BY_ENVIRONMENT, PAID_BY  # noqa: PLC0415

    if mode not in ("credit", "potential"):
        raise UsageError(f"mode is {mode!r}; it must be 'credit' or 'potential'.")
    told: GoalFrom | None = None
    if goal_from is not None:
        if goal_from not in ("reward", "environment"):
            raise UsageError(f"--goal-from {goal_from}: it must be reward or environment.")
        told = "environment" if goal_from == "environment" else "reward"
    if name in ("options", "options-learned"):
        return Arm(
            paid="code",
            seen=bool(seen),
            options="learned" if name == "options-learned" else "plan",
            goal_from=told,
        )
    paid, _, rest = (name, "", "") if is_alternative(name) else name.partition("-")
    if rest not in ("", "seen", "unseen") or not (paid in PAID_BY or is_alternative(paid)):
        near = difflib.get_close_matches(name, (*PAID_BY, "options", "options-learned"), n=1)
        raise UsageError(
            f"there is no reward {name!r} to train with. "
            f"{f'Did you mean {near[0]!r}? ' if near else ''}Give code, sparse, her or truth, "
            "possibly with -seen or -unseen after it, or clip:MODEL, vlm:MODEL, options or "
            "options-learned."
        )
    sees = seen if seen is not None else (rest == "seen" if rest else paid not in BY_ENVIRONMENT)
    return Arm(
        paid=paid,
        seen=sees,
        env_weight=1.0 if paid in BY_ENVIRONMENT else env_weight,
        mode="potential" if mode == "potential" else "credit",
        goal_from=told if paid == "code" else None,
    )


def _tell(results: list[TrainingResult], remarks: Sequence[str], *, as_json: bool) -> None:
    """The table, unless results have been printed as JSON, and what it does not tell."""
    if results and not as_json:
        output().print(_table(results))
        homes = dict.fromkeys(RUNS / one.task / "training" for one in results)
        output().print(f"episodes, checkpoints and results: {', '.join(map(str, homes))}")
    for remark in remarks:
        (errors() if as_json else output()).print(remark, markup=False)


def _remarks(results: Sequence[TrainingResult], kept: set[Path], asked: int) -> list[str]:
    """What the table does not tell: runs of an earlier day, and steps that nobody asked for."""
    told = []
    if kept:
        which = "nothing was trained: this" if len(kept) == asked else f"{len(kept)} of {asked}"
        told.append(
            f"{which} was trained before, and kept; delete {', '.join(sorted(map(str, kept)))} to "
            "train again"
        )
    for one in {(r.steps, r.settings.steps): r for r in results}.values():
        if one.steps <= one.settings.steps:
            continue
        settings = one.settings
        batch = settings.hyperparameters.get("n_steps")
        each = f" of {batch * settings.environments:,}" if isinstance(batch, int) else ""
        told.append(
            f"{one.steps:,} steps, where {settings.steps:,} were asked for: {settings.algorithm} "
            f"collects steps in batches{each}, and ends with a whole one"
        )
    return told


def _table(results: list[TrainingResult]) -> Table:
    from synth.training.results import success_at  # noqa: PLC0415 - start-up stays quick

    table = Table(
        "task", "arm", "seed", "steps", "to 90%", "success", "seconds",
        box=None, pad_edge=False, padding=(0, 1),
    )  # fmt: skip
    for one in sorted(results, key=lambda r: (r.task, r.arm, r.seed)):
        table.add_row(
            one.task,
            one.arm,
            str(one.seed),
            f"{one.steps:,}",
            "never" if one.steps_to_90 is None else f"{one.steps_to_90:,}",
            f"{success_at(one.episodes)[1][-1] if one.episodes else 0:.0%}",
            f"{one.seconds:.0f}",
        )
    return table
