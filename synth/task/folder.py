"""`generated/TASK`, read once.

``task.toml`` is the spec's tables and the plan, frozen as the reward was judged::

    name = "doorkey"
    env = "MiniGrid-DoorKey-6x6-v0"
    ...

    [plan]
    task = "Pick up the key, open the door and reach the goal."

    [[plan.subtasks]]
    stage = 1
    name = "pick_up_key"
    description = "..."
    visible = "..."

The reward program is not read here: a suite may judge any program.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import tomli_w
from pydantic import ValidationError

from synth.episode import read_store
from synth.episode.replace import recover_folder
from synth.errors import SpecError, UsageError
from synth.foreign import UnreadableText, read_toml
from synth.plan import Plan
from synth.spec import validate_spec
from synth.task.labels import read_labels
from synth.task.provenance import read_digests

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from synth.episode import EpisodeStore
    from synth.spec import Spec
    from synth.task.labels import Label

__all__ = ["TaskFile", "TaskFolder", "read_reward", "read_task", "write_task"]


@dataclass(frozen=True, slots=True)
class TaskFile:
    """The content of a ``task.toml``."""

    spec: Spec
    plan: Plan


@dataclass(frozen=True, eq=False, slots=True)
class TaskFolder:
    """A task with its episodes: everything a program is judged against.

    Attributes:
        path: The folder.
        spec: The spec, frozen.
        plan: The plan that programs must follow.
        store: The episodes of both splits.
        digests: SHA-256 in hex of each file the committed reward was judged with, by
            path relative to the folder; ``None`` where nothing is committed yet.
        labels: What eyes answered about pictures of the episodes, lapsed ones included.
    """

    path: Path
    spec: Spec
    plan: Plan
    store: EpisodeStore
    digests: Mapping[str, str] | None = None
    labels: tuple[Label, ...] = ()

    @classmethod
    def read(cls, folder: Path, otherwise: Path | None = None) -> TaskFolder:
        """Read a folder with ``task.toml`` and ``episodes/``, and ``provenance.json`` if there.

        Args:
            folder: ``generated/TASK``.
            otherwise: The ``task.toml`` to read where the folder has none: nothing was
                committed yet.

        Raises:
            UsageError: Something is missing or damaged; the message says what makes it.
            SpecError: ``task.toml`` says something it may not.
        """
        for place in (folder, folder / "episodes"):
            if not place.exists():
                recover_folder(place)  # of a process that was killed between two moves
        own = folder / "task.toml"
        file = read_task(own if otherwise is None or own.exists() else otherwise)
        store = read_store(folder / "episodes")
        return cls(folder, file.spec, file.plan, store, read_digests(folder), read_labels(folder))

    @property
    def name(self) -> str:
        """The task's name."""
        return self.spec.name

    @property
    def reward(self) -> Path:
        """Where the committed reward program lies, whether or not there is one."""
        return self.path / "reward.py"

    def with_plan(self, plan: Plan) -> TaskFolder:
        """The same task under another plan."""
        return dataclasses.replace(self, plan=plan)


def write_task(path: Path, spec: Spec, plan: Plan) -> None:
    """Write a ``task.toml``; the same spec and plan always become the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_to_text(spec, plan), encoding="utf-8", newline="\n")


def read_task(path: Path) -> TaskFile:
    """Read what `write_task` wrote.

    Raises:
        UsageError: There is no such file.
        SpecError: It is not TOML, or its spec or its plan is not valid.
    """
    try:
        content = read_toml(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise UsageError(
            f"{path}: there is no task here; `synth run` writes it with the plan."
        ) from None
    except (OSError, UnicodeDecodeError, UnreadableText) as error:
        raise SpecError(f"cannot be read: {error}.", file=str(path)) from error
    name, plan = content.pop("name", None), content.pop("plan", None)
    if not isinstance(name, str) or not isinstance(plan, dict):
        raise SpecError(
            "needs a name and a [plan].",
            file=str(path),
            remedy="Restore the file as it was judged.",
        )
    return TaskFile(spec=validate_spec(content, name=name, file=str(path)), plan=_plan(plan, path))


def read_reward(path: Path, task: str) -> str:
    """The text of a reward program.

    Args:
        path: Where it lies.
        task: Named in the message.

    Raises:
        UsageError: There is none, or it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UsageError(
            f"{path}: there is no reward program here; `synth run {task}` makes one."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: the reward program cannot be read: {error}.") from error


def _to_text(spec: Spec, plan: Plan) -> str:
    subtasks = [
        {"stage": number, **subtask.model_dump()}
        for number, stage in enumerate(plan.stages, start=1)
        for subtask in stage
    ]
    plan_table = {"task": plan.task, "subtasks": subtasks}
    return tomli_w.dumps({**without_none(spec.content()), "plan": plan_table})


def without_none(table: Mapping[str, Any]) -> dict[str, Any]:
    """A table without what is not set, all the way down, since TOML has no word for it."""
    return {
        key: without_none(value) if isinstance(value, dict) else value
        for key, value in table.items()
        if value is not None
    }


def _plan(content: dict[str, Any], path: Path) -> Plan:
    try:
        stages: dict[int, list[dict[str, Any]]] = {}
        for raw in content["subtasks"]:
            subtask = dict(raw)
            stages.setdefault(subtask.pop("stage"), []).append(subtask)
        ordered = [stages[number] for number in sorted(stages)]
        return Plan.model_validate({"task": content["task"], "stages": ordered})
    except (KeyError, TypeError, ValueError) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else f"{error!r}"
        raise SpecError(
            f"the plan is not valid: {reason}.",
            file=str(path),
            key="plan",
            remedy="Restore the file as it was judged.",
        ) from error
