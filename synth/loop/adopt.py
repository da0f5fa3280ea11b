"""What becomes of a run's result: promoted, compared with the committed reward, or left.

A committed reward changes only when nothing was committed or the user blesses the new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from synth.loop.compare import Comparison, compare
from synth.loop.promote import promote
from synth.sandbox import CONFINED
from synth.task.folder import read_task
from synth.task.paths import task_folder

if TYPE_CHECKING:
    from synth.episode import EpisodeStore
    from synth.loop import Outcome
    from synth.loop.judge import Task
    from synth.sandbox import Sandboxes
    from synth.spec import Spec

__all__ = ["Adoption", "RecordedTask", "adopt"]

Fate = Literal["rejected", "promoted", "reproduced", "differs", "compared"]


@dataclass(frozen=True, slots=True)
class Adoption:
    """What became of a result.

    Attributes:
        fate: ``rejected``: not accepted; ``promoted``: now the committed reward;
            ``reproduced`` or ``differs``: a replay of the committed journal gave the
            committed reward byte for byte, or did not; ``compared``: left in ``runs/``.
        comparison: With the committed reward, where the fate is ``compared``.
    """

    fate: Fate
    comparison: Comparison | None = None

    @property
    def audit(self) -> bool:
        """Whether there is a committed reward that this run ought to audit."""
        return self.fate != "rejected"

    @property
    def differs(self) -> bool:
        """Whether a replay did not reproduce what is committed."""
        return self.fate == "differs"

    @property
    def worse(self) -> bool:
        """Whether the result is worse than the committed reward; see `Comparison.worse`."""
        return self.comparison is not None and self.comparison.worse


def adopt(
    task: Task,
    outcome: Outcome,
    *,
    bless: bool,
    replays_committed: bool,
    sandboxes: Sandboxes = CONFINED,
) -> Adoption:
    """Promote, compare, or leave.

    Args:
        task: Spec and episodes.
        outcome: Of the run.
        bless: Whether the user wants the result committed.
        replays_committed: Whether the run replayed the committed journal.
        sandboxes: Where programs run.
    """
    folder = task_folder(task.spec.name)
    committed = folder / "reward.py"
    if not outcome.accepted or outcome.source is None or outcome.plan is None:
        return Adoption("rejected")
    # Byte for byte, since a replay that needs a blessing proves nothing.
    if replays_committed:
        same = committed.read_text(encoding="utf-8") == outcome.source
        return Adoption("reproduced" if same else "differs")
    if bless or not committed.exists():
        promote(outcome.folder, folder, outcome.deciding_store())
        return Adoption("promoted")
    before = (committed.read_text(encoding="utf-8"), read_task(folder / "task.toml").plan)
    after = (outcome.source, outcome.plan)
    judged_by = RecordedTask(task.spec, outcome.deciding_store() or task.store)
    comparison = compare(judged_by, before, after, folder=folder, sandboxes=sandboxes)
    return Adoption("compared", comparison)


@dataclass(frozen=True, eq=False, slots=True)
class RecordedTask:
    """A spec and its episodes: what the loop works from, and what rewards are compared by."""

    spec: Spec
    store: EpisodeStore
