"""Lies: what a program says of an episode against what the environment reports.

======== =================================================================
kind     what it is
======== =================================================================
false    the goal holds on a frame that is no success
missed   the environment reports success and the goal does not hold
skipped  success comes while a sub-task has not been credited: the plan lies
======== =================================================================

Only success flags and verdicts are compared; no state and no truth is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from synth.credit import assign_credit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from synth.episode import Rollout
    from synth.failure import Find
    from synth.plan import Stages

__all__ = ["KINDS", "NOTES", "Counterexample", "Kind", "Violation", "skips", "spots"]

Kind = Literal["false", "missed", "skipped"]
KINDS: tuple[Kind, ...] = ("false", "missed", "skipped")

NOTES: dict[Kind, str] = {
    "false": "found by the search: a program took its last frame for success",
    "missed": "found by the search: a program missed its success",
    "skipped": "found by the search: a success that skips a sub-task of a plan",
}
"""What a find is called where it is kept; other programs and plans are judged on it too."""

SHOWN = 12
"""Actions of a find that its sentence names."""

_SENTENCES: dict[Kind, str] = {
    "false": "{name} holds at frame {frame}, but the environment reports no success",
    "missed": "the environment reports success at frame {frame}, but {name} does not hold",
    "skipped": "success comes at frame {frame}, but {name} is not credited by then: a success can "
    "do without {name}, or with another order, so the plan is wrong",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """Where a lie is in an episode.

    Attributes:
        kind: What kind of lie.
        subtask: The goal, or the first sub-task that is skipped.
        frame: The frame.
    """

    kind: Kind
    subtask: str
    frame: int

    def is_like(self, other: Violation) -> bool:
        """Whether both are the same lie, wherever it is told."""
        return (self.kind, self.subtask) == (other.kind, other.subtask)


@dataclass(frozen=True, eq=False, slots=True)
class Counterexample:
    """An episode on which a program lies, as short as it could be made.

    Attributes:
        kind: What kind of lie.
        subtask: The goal, or the sub-task that is skipped.
        frame: The frame of the lie, which is the episode's last.
        find: How to play it again.
        rollout: The episode.
        shortest: Whether no shorter episode of its seed has the lie, as a search through all
            of them has shown.
        words: The find's actions in words.
    """

    kind: Kind
    subtask: str
    frame: int
    find: Find
    rollout: Rollout
    shortest: bool
    words: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """One sentence that a model can act on."""
        whole = "the shortest episode" if self.shortest else "a short episode"
        what = _SENTENCES[self.kind].format(name=self.subtask, frame=self.frame)
        return f"search, seed {self.find.seed}, {self._steps}: {what}; it is {whole} with this lie."

    @property
    def _steps(self) -> str:
        """How many actions, and the first of them: ``7 actions (left, forward, ...)``."""
        words = self.words or tuple(str(action) for action in self.find.actions)
        if not words:
            return "no action"
        shown = ", ".join(words[:SHOWN]) + (", ..." if len(words) > SHOWN else "")
        return f"{len(words)} action{'' if len(words) == 1 else 's'} ({shown})"


def spots(
    holds: NDArray[np.bool_], success: NDArray[np.bool_], stages: Stages
) -> tuple[Violation, ...]:
    """The first lie of each kind in an episode.

    Args:
        holds: ``bool[T+1, K]``.
        success: ``bool[T+1]``.
        stages: The sub-tasks, stage by stage.
    """
    names = [name for stage in stages for name in stage]
    found: list[Violation] = []
    false = np.flatnonzero(holds[:, -1] & ~success)
    if len(false):
        found.append(Violation("false", names[-1], int(false[0])))
    missed = np.flatnonzero(~holds[:, -1] & success)
    if len(missed):
        found.append(Violation("missed", names[-1], int(missed[0])))
    skipped = skips(holds, success, stages)
    if skipped:
        found.append(Violation("skipped", names[skipped[0]], int(np.argmax(success))))
    return tuple(found)


def skips(holds: NDArray[np.bool_], success: NDArray[np.bool_], stages: Stages) -> Sequence[int]:
    """Which sub-tasks are not credited by the first success.

    None where there is no success, or where there is one from the start. The environment's
    word is taken for the goal, so that a goal which holds too early, or not at all, is not
    blamed on the plan.
    """
    if not success.any() or success[0]:
        return ()
    held = holds.copy()
    held[:, -1] = success
    return assign_credit(held, stages).skipped
