"""``synth hunt TASK --seed N --actions A,B``: an episode played again, frame by frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from synth.cli.console import output
from synth.errors import IllegalAction, UsageError
from synth.foreign import read_json
from synth.task.paths import RUNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.episode import Rollout
    from synth.search.counterexample import Violation
    from synth.task import TaskFolder

__all__ = ["read_actions", "replay"]


def read_actions(text: str) -> tuple[Any, ...]:
    """Actions as a find's command gives them: JSON values with commas between.

    >>> read_actions("2,2,1")
    (2, 2, 1)

    Raises:
        UsageError: They are not JSON values.
    """
    try:
        return tuple(read_json(f"[{text}]"))
    except ValueError as error:
        raise UsageError(
            f"--actions {text}: these are no actions ({error}). Give JSON values with commas "
            "between them, for example 2,2,1,5."
        ) from error


def replay(
    task: TaskFolder,
    source: str,
    seed: int,
    actions: tuple[Any, ...],
    mission: str | None = None,
    *,
    keep: bool = False,
) -> None:
    """Play an episode again, and print what the program says of each frame.

    Args:
        task: Whose environment.
        source: The program's text.
        seed: What the environment is reset with.
        actions: What is done.
        mission: Given to the episode; by default it has the one that its seed draws.
        keep: An episode on which the program is wrong joins the task's.

    Raises:
        UsageError: The environment does not have one of the actions; or the episode is to be
            kept, and something in the task's folder is not what the reward was judged on.
        StaleEpisodes: It is to be kept, and the episodes are those of another spec.
        LintError: The program uses what reward programs may not use.
        typer.Exit: With code 1, where the program is wrong on a judged frame.
    """
    from synth.errors import LintError  # noqa: PLC0415
    from synth.program import lint, parse  # noqa: PLC0415 - start-up stays quick
    from synth.record.pictures import write_strip  # noqa: PLC0415
    from synth.record.player import Player  # noqa: PLC0415
    from synth.search.counterexample import unexcused  # noqa: PLC0415
    from synth.search.examiner import excused  # noqa: PLC0415
    from synth.task.counterexamples import require_untouched  # noqa: PLC0415
    from synth.verdicts import LiveVerdicts  # noqa: PLC0415

    spec = task.spec
    if keep:
        require_untouched(task)
    program = parse(source)
    if findings := lint(source, missions=spec.mission is not None):
        raise LintError(tuple(findings))
    with Player(spec) as player, LiveVerdicts(program) as verdicts:
        try:
            rolled = player.play(seed, actions, mission=mission)
        except IllegalAction as error:
            raise UsageError(f"--actions: {error}") from error
        holds = verdicts.holds(rolled.frames, rolled.frames[0], rolled.mission)
        words = ("reset", *player.words(rolled.actions))
        found = unexcused(
            holds,
            rolled.success,
            rolled.judged,
            verdicts.stages,
            lambda violation: excused(player, rolled, violation),
        )
    if rolled.mission is not None:
        output().print(f"mission: {rolled.mission}", markup=False, highlight=False)
    names = [name for stage in verdicts.stages for name in stage]
    for frame, word in enumerate(words):
        held = [name for name, holds_ in zip(names, holds[frame], strict=True) if holds_]
        success = "success" if rolled.success[frame] else "no success"
        aside = "" if rolled.judged[frame] else " (not judged)"
        wrong = [v for v in found if v.frame == frame]
        mark = "".join(f"  <- {v.kind}: {v.subtask}" for v in wrong)
        told = f"{frame:4} {word:12} {success}{aside}; holds: {', '.join(held) or 'nothing'}{mark}"
        output().print(told, markup=False, highlight=False)
    if len(rolled) < len(actions):
        output().print(f"the episode was over after {len(rolled)} of {len(actions)} actions")
    path = RUNS / spec.name / f"replay-{seed}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_strip(path, rolled.frames, [f"{t}: {word}" for t, word in enumerate(words)])
    output().print(f"look at {path}")
    if keep:
        output().print(_kept(task, rolled, found), markup=False, soft_wrap=True)
    if found:
        raise typer.Exit(1)


def _kept(task: TaskFolder, rolled: Rollout, found: Sequence[Violation]) -> str:
    """Put an episode among the task's, and say so."""
    from synth.search.counterexample import NOTES  # noqa: PLC0415 - start-up stays quick
    from synth.task.counterexamples import keep_finds  # noqa: PLC0415

    if not found:
        return "the reward is right on this episode, so it is not kept"
    known = {episode.id for episode in task.store.episodes}
    store = keep_finds(task, [(rolled, NOTES[found[0].kind])])
    new = [episode.id for episode in store.episodes if episode.id not in known]
    if not new:
        return "this episode is among the task's already"
    place = f"{task.path}/episodes"
    return f"kept as {new[0]} of {place}; next: `synth run {task.name}` shows it to a model"
