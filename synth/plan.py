"""The plan: a model's ordered sub-tasks for one task.

Stages come in order; the sub-tasks within one stage may be done in any order. The last
stage holds exactly one sub-task, the goal. This module does not say how a sub-task is
recognised: that is the reward program's part.
"""

from __future__ import annotations

import keyword
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["PERCEIVERS", "Plan", "Stages", "SubTask", "is_reserved"]

PERCEIVERS = ("perceive", "perceive_initial")
"""What a reward program calls the functions that look at an image for all of its checkers."""

Stages = tuple[tuple[str, ...], ...]
"""Names of sub-tasks, stage by stage: ``(("pick_up_key",), ("open_door",), ("reach_goal",))``."""


def is_reserved(name: str) -> bool:
    """Whether a function of that name is something else than a checker."""
    return name in PERCEIVERS or name.endswith("_progress")


class SubTask(BaseModel):
    """One step towards the goal that can be seen in a single image.

    Attributes:
        name: A Python identifier in snake_case; the checker's name.
        description: What has been achieved when it holds.
        visible: What is visible in the image when it holds, compared with the initial image.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
    description: str
    visible: str


class Plan(BaseModel):
    """The sub-tasks of a task, stage by stage, the goal last.

    Attributes:
        task: The task in one sentence, as the model understood it.
        stages: One tuple of sub-tasks per stage; within a stage any order will do.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    stages: tuple[tuple[SubTask, ...], ...]

    @model_validator(mode="after")
    def _is_well_formed(self) -> Plan:
        if not self.stages or any(not stage for stage in self.stages):
            raise ValueError("a plan needs at least one stage, and no stage may be empty")
        if len(self.stages[-1]) != 1:
            raise ValueError("the last stage must hold exactly one sub-task, the goal")
        names = self.names
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"sub-task names must differ; repeated: {', '.join(twice)}")
        reserved = [n for n in names if keyword.iskeyword(n) or is_reserved(n)]
        if reserved:
            raise ValueError(f"reserved sub-task names: {', '.join(reserved)}")
        return self

    @property
    def subtasks(self) -> tuple[SubTask, ...]:
        """All sub-tasks in stage order."""
        return tuple(subtask for stage in self.stages for subtask in stage)

    @property
    def names(self) -> tuple[str, ...]:
        """All names in stage order; the last is the goal's."""
        return tuple(subtask.name for subtask in self.subtasks)

    @property
    def stage_names(self) -> Stages:
        """Names stage by stage."""
        return tuple(tuple(subtask.name for subtask in stage) for stage in self.stages)

    @property
    def goal(self) -> str:
        """The name of the last sub-task."""
        return self.names[-1]
