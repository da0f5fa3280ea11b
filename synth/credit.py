"""Credit: which sub-tasks an episode has achieved, and when.

A sub-task is credited at the first frame where it holds and every sub-task of the earlier
stages has been credited by then. Credit is never taken back within an episode. The goal,
the last sub-task, does not wait: where it first holds the episode is complete, and what
was not credited by then is skipped. (Code as Reward, arXiv 2402.04764, treats checkers as
option terminations in the same way, without the account of skips.)

For example, with the key to be taken before the door is opened::

    stages = (("take_key",), ("open_door",), ("reach_goal",))
    holds = np.array([[0, 0, 0], [0, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=bool)
    assign_credit(holds, stages).first    # (2, 3, 4): the door open at 1 came too early
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synth.plan import Stages

__all__ = ["Credit", "CreditTracker", "assign_credit"]


@dataclass(frozen=True, slots=True)
class Credit:
    """What one episode was credited with.

    Attributes:
        first: For each sub-task in plan order the frame of its credit, or -1.
        complete: The frame at which the goal first held, or -1.
        skipped: Indices of the sub-tasks not credited when the goal held.
    """

    first: tuple[int, ...]
    complete: int
    skipped: tuple[int, ...]

    @property
    def credited(self) -> int:
        """How many distinct sub-tasks were credited."""
        return sum(frame >= 0 for frame in self.first)


class CreditTracker:
    """Credit assigned online, a frame at a time.

    Args:
        stages: Sub-task names, stage by stage; the last stage holds the goal alone.
    """

    def __init__(self, stages: Stages) -> None:
        self._stage_of = tuple(i for i, stage in enumerate(stages) for _ in stage)
        self._sizes = tuple(len(stage) for stage in stages)
        self.reset()

    def reset(self) -> None:
        """Forget everything: a new episode begins, and its first frame comes next."""
        self._frame = -1
        self._first = [-1] * len(self._stage_of)
        self._open = list(self._sizes)
        self._complete = -1

    @property
    def credit(self) -> Credit:
        """The credit so far."""
        done = self._complete >= 0
        skipped = tuple(k for k, f in enumerate(self._first) if f < 0) if done else ()
        return Credit(tuple(self._first), self._complete, skipped)

    def step(self, holds: NDArray[np.bool_]) -> tuple[int, ...]:
        """Take in the verdicts of the next frame.

        Args:
            holds: ``bool[K]``, in plan order.

        Returns:
            Indices of the sub-tasks credited at this frame, in plan order. Empty once the
            episode is complete.
        """
        self._frame += 1
        if self._complete >= 0:
            return ()
        goal = len(self._first) - 1
        fresh = []
        for k, stage in enumerate(self._stage_of[:-1]):
            # Counted down as they are credited, so that one frame may credit several stages.
            if holds[k] and self._first[k] < 0 and not any(self._open[:stage]):
                fresh.append(k)
                self._first[k] = self._frame
                self._open[stage] -= 1
        if holds[goal]:
            fresh.append(goal)
            self._first[goal] = self._complete = self._frame
        return tuple(fresh)


def assign_credit(holds: NDArray[np.bool_], stages: Stages) -> Credit:
    """Credit for a whole episode.

    Args:
        holds: ``bool[T, K]``, one row per frame, one column per sub-task in plan order.
        stages: Sub-task names, stage by stage; the last stage holds the goal alone.

    Returns:
        The episode's credit.
    """
    tracker = CreditTracker(stages)
    for row in np.asarray(holds, dtype=np.bool_):
        tracker.step(row)
    return tracker.credit
