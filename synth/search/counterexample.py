"""What a search looks for: episodes on which a program contradicts the environment.

=============== ===============================================================
kind            what is seen
=============== ===============================================================
false_positive  the goal holds on a frame that is no success
false_negative  the environment reports success and the goal does not hold
skipped_subtask success comes while a sub-task has not been credited: the plan
                is wrong
=============== ===============================================================

Only judged frames count, and only success flags and verdicts are compared; no state and no
truth is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Literal

import numpy as np

from synth.credit import assign_credit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from synth.episode import Rollout
    from synth.failure import Find
    from synth.plan import Stages

__all__ = [
    "KINDS",
    "NOTES",
    "Counterexample",
    "Violation",
    "ViolationKind",
    "skips",
    "unexcused",
    "violations",
]

ViolationKind = Literal["false_positive", "false_negative", "skipped_subtask"]
KINDS: tuple[ViolationKind, ...] = ("false_positive", "false_negative", "skipped_subtask")

# These texts are stored in committed episodes and compared with: they stay as they are.
NOTES: dict[ViolationKind, str] = {
    "false_positive": "found by the search: a program took its last frame for success",
    "false_negative": "found by the search: a program missed its success",
    "skipped_subtask": "found by the search: a success that skips a sub-task of a plan",
}
"""What a find is called where it is kept; other programs and plans are judged on it too."""

_SENTENCES: dict[ViolationKind, str] = {
    "false_positive": "{name} holds at frame {frame}, but the environment reports no success",
    "false_negative": "the environment reports success at frame {frame}, but {name} does not hold",
    "skipped_subtask": "success comes at frame {frame}, but {name} is not credited by then",
}
_PLAN = "a success can do without {name}, or with another order, so the plan is wrong"


@dataclass(frozen=True, slots=True)
class Violation:
    """Where an episode contradicts a program.

    Attributes:
        kind: In which way.
        subtask: The goal, or the first sub-task that is skipped.
        frame: The frame.
    """

    kind: ViolationKind
    subtask: str
    frame: int

    def is_like(self, other: Violation) -> bool:
        """Whether both are the same fault, at whatever frame."""
        return (self.kind, self.subtask) == (other.kind, other.subtask)


@dataclass(frozen=True, eq=False, slots=True)
class Counterexample:
    """An episode on which a program is wrong, as short as it could be made.

    Attributes:
        kind: In which way it is wrong.
        subtask: The goal, or the sub-task that is skipped.
        frame: The frame on which it is wrong, the episode's last.
        find: How to play it again.
        rollout: The episode.
        shortest: Whether no shorter episode of its seed shows it, as a search through all of
            them has proven.
        words: The find's actions in words; empty where actions have none, as vectors.
        beside: What it is like beside successes and other lies: sentences, each with a leading
            space. For a skipped sub-task why the program is to blame, a clause, or nothing
            where the plan is.
    """

    kind: ViolationKind
    subtask: str
    frame: int
    find: Find
    rollout: Rollout
    shortest: bool
    words: tuple[str, ...] = ()
    beside: str = ""

    @property
    def sentence(self) -> str:
        """One sentence that a model can act on."""
        whole = "the shortest episode" if self.shortest else "a short episode"
        what = _SENTENCES[self.kind].format(name=self.subtask, frame=self.frame)
        more = self.beside
        if self.kind == "skipped_subtask":
            what, more = f"{what}: {more or _PLAN.format(name=self.subtask)}", ""
        told = "" if self.find.mission is None else f", mission {self.find.mission!r}"
        return (
            f"search, seed {self.find.seed}{told}, {self._steps}: {what}; it is {whole} that shows "
            f"it.{more}"
        )

    @property
    def _steps(self) -> str:
        """All actions, in words: ``7 actions (left, forward x 5, toggle)``."""
        count = len(self.find.actions)
        if not count:
            return "no action"
        number = f"{count} action{'' if count == 1 else 's'}"
        if not self.words:
            return number
        runs = [(word, len(list(same))) for word, same in groupby(self.words)]
        shown = ", ".join(word if times == 1 else f"{word} x {times}" for word, times in runs)
        return f"{number} ({shown})"


def violations(
    holds: NDArray[np.bool_],
    success: NDArray[np.bool_],
    judged: NDArray[np.bool_],
    stages: Stages,
) -> tuple[Violation, ...]:
    """The first violation of each kind in an episode.

    Args:
        holds: ``bool[T+1, K]``.
        success: ``bool[T+1]``.
        judged: ``bool[T+1]``; other frames contradict nothing.
        stages: The sub-tasks, stage by stage.
    """
    names = [name for stage in stages for name in stage]
    goal = holds[:, -1]
    found: list[Violation] = []
    positives = np.flatnonzero(goal & ~success & judged)
    if len(positives):
        found.append(Violation("false_positive", names[-1], int(positives[0])))
    negatives = np.flatnonzero(~goal & success & judged)
    if len(negatives):
        found.append(Violation("false_negative", names[-1], int(negatives[0])))
    # Success that begins in the band has come for sure at its first judged frame only.
    sure = success & judged
    skipped = () if success[0] else skips(holds, sure, stages)
    if skipped:
        found.append(Violation("skipped_subtask", names[skipped[0]], int(np.argmax(sure))))
    return tuple(found)


def unexcused(
    holds: NDArray[np.bool_],
    success: NDArray[np.bool_],
    judged: NDArray[np.bool_],
    stages: Stages,
    excuse: Callable[[Violation], bool],
    *,
    wanted: Callable[[Violation], bool] = lambda _: True,
) -> tuple[Violation, ...]:
    """The first violation of each kind that is wanted and that nothing excuses.

    Args:
        holds: As for `violations`.
        success: Likewise.
        judged: Likewise.
        stages: Likewise.
        excuse: Whether no reader of pictures can be blamed for one.
        wanted: Which are looked at.
    """
    told: dict[ViolationKind, Violation] = {}
    judged = judged.copy()
    while True:
        rest = [v for v in violations(holds, success, judged, stages) if v.kind not in told]
        excuses = [v for v in rest if wanted(v) and excuse(v)]
        told |= {v.kind: v for v in rest if wanted(v) and v not in excuses}
        # A picture that cannot be told from success excuses no later one that can. Success that
        # skips comes once.
        again = [v.frame for v in excuses if v.kind != "skipped_subtask"]
        if not again:
            return tuple(told.values())
        judged[again] = False


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
