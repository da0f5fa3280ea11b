"""`runs/TASK/MODEL`: the folder a run works in.

::

    journal.jsonl   everything asked, answered, judged and decided
    pictures/       the pictures of the requests
    reward.py       the best program so far
    task.toml       the spec, and the plan that program follows
    failures.md     of a run that was not accepted: what failed, by round
    failures/       the pictures of it
    status.json     where the run stands, for people and for `synth tasks`

Files are replaced whole, so that a reader never sees half of one. The journal is the only
one that a run reads back; the others follow from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from synth.episode.replace import replace_file
from synth.errors import UsageError
from synth.task import write_task

if TYPE_CHECKING:
    from pathlib import Path

    from synth.plan import Plan
    from synth.spec import Spec

__all__ = ["RunFolder", "RunPhase", "RunStatus", "read_status"]

RunPhase = Literal["running", "accepted", "stopped", "dead_end", "interrupted", "failed"]


class RunStatus(BaseModel):
    """Where a run stands.

    Attributes:
        state: ``running`` in a journal that nobody holds means the process was killed.
        accepted: Whether the best program passes everything, held-out episodes included.
        reason: Why it ended, or empty.
        next_step: What the user may do, in a sentence.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    model: str
    state: RunPhase
    accepted: bool = False
    rounds: int = 0
    calls: int = 0
    tokens: int = 0
    cost: float | None = None
    seconds: float = 0.0
    passed: int = 0
    failed: int = 0
    reason: str = ""
    next_step: str = ""


class RunFolder:
    """The files of one run.

    Args:
        path: Created where missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def journal(self) -> Path:
        """The journal's file."""
        return self.path / "journal.jsonl"

    @property
    def pictures(self) -> Path:
        """The pictures' folder."""
        return self.path / "pictures"

    @property
    def reward(self) -> Path:
        """The best program so far."""
        return self.path / "reward.py"

    @property
    def task(self) -> Path:
        """The spec, and the plan of the best program."""
        return self.path / "task.toml"

    @property
    def status(self) -> Path:
        """Where the run stands."""
        return self.path / "status.json"

    def write_best(self, source: str, spec: Spec, plan: Plan) -> None:
        """Put the best program so far on the disk, with its plan."""
        temporary = self.path / ".task.toml.tmp"
        write_task(temporary, spec, plan)
        temporary.replace(self.task)
        replace_file(self.reward, source.encode())

    def write_status(self, status: RunStatus) -> None:
        """Say where the run stands."""
        replace_file(self.status, status.model_dump_json(indent=2).encode() + b"\n")


def read_status(folder: Path) -> RunStatus | None:
    """Where the run in `folder` stands, or ``None`` where there is none.

    Raises:
        UsageError: The file is damaged.
    """
    path = RunFolder(folder).status
    try:
        return RunStatus.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise UsageError(f"{path}: damaged ({type(error).__name__}); run the task again.") from None
