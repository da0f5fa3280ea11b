"""What a page is about: the committed reward of a task, or the best program of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from synth.errors import UsageError
from synth.loop.promote import Provenance
from synth.program import program_digest
from synth.task.folder import TaskFolder, read_reward, read_task
from synth.task.paths import task_folder
from synth.task.provenance import changed_files

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["RewardOrigin", "Subjected", "committed", "of_run"]

FILE = "provenance.json"


@dataclass(frozen=True, slots=True)
class RewardOrigin:
    """Where a reward and its past lie.

    Attributes:
        folder: With ``journal.jsonl`` and ``pictures``.
        committed: Whether it is the committed reward.
        provenance: As promoted; ``None`` where it was not.
        drift: What is wrong where the folder is not what it was when it was promoted.
        meant: The committed program for the same plan, where this is another one: it says which
            predicate a sub-task is compared with.
    """

    folder: Path
    committed: bool
    provenance: Provenance | None = None
    drift: str = ""
    meant: str | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Subjected:
    """A program with what it is judged against, and where it comes from."""

    task: TaskFolder
    source: str
    origin: RewardOrigin


def committed(name: str) -> Subjected:
    """The committed reward of a task.

    Raises:
        UsageError: There is none, or its folder is damaged.
    """
    folder = task_folder(name)
    task = TaskFolder.read(folder)
    source = read_reward(task.reward, name)
    provenance = _provenance(folder)
    return Subjected(
        task, source, RewardOrigin(folder, True, provenance, _drift(task, source, provenance))
    )


def of_run(name: str, run: Path) -> Subjected:
    """The best program of a run, whether or not it was accepted.

    Args:
        name: The task's name; its episodes judge.
        run: ``runs/TASK/MODEL``.

    Raises:
        UsageError: The run has no program yet, or the task no episodes.
    """
    beside = run / "task.toml"
    source = read_reward(run / "reward.py", name)
    task = TaskFolder.read(task_folder(name), otherwise=beside)
    plan = read_task(beside).plan
    same = task.reward.exists() and task.plan.stage_names == plan.stage_names
    meant = read_reward(task.reward, name) if same else None
    return Subjected(task.with_plan(plan), source, RewardOrigin(run, False, meant=meant))


def _provenance(folder: Path) -> Provenance | None:
    try:
        content = (folder / FILE).read_bytes()
    except FileNotFoundError:
        return None
    try:
        return Provenance.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(
            f"{folder / FILE}: not a provenance ({'.'.join(map(str, first['loc']))}: "
            f"{first['msg']}); restore it."
        ) from None


def _drift(task: TaskFolder, source: str, provenance: Provenance | None) -> str:
    if provenance is None:
        return "Of unknown origin: no provenance lies beside it."
    if program_digest(source) != provenance.program:
        return "reward.py is not the program of its provenance: it was changed by hand."
    changed = changed_files(task.path, provenance.files)
    if changed:
        return f"{changed[0]} is not what the reward was judged on."
    return ""
