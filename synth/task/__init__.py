"""``generated/TASK``: the spec and plan as they were judged, the episodes, the provenance."""

from __future__ import annotations

from synth.task.folder import TaskFile, TaskFolder, read_reward, read_task, write_task

__all__ = ["TaskFile", "TaskFolder", "read_reward", "read_task", "write_task"]
