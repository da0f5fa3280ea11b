"""From credit to a dense reward.

Two modes. ``credit`` is the paper's (Code as Reward, arXiv 2402.04764): each sub-task pays
once, when it is credited. ``potential`` is potential-based shaping (Ng, Harada and Russell,
1999): the environment's reward plus F = gamma * Phi(s') - Phi(s), which leaves the optimal
policies unchanged; Phi is the share of the plan that is credited, plus, where the program
measures progress, the progress of the sub-tasks that are next. Phi of a terminal state is 0
(Grzes, 2017), and after truncation it is not.

Credit depends on the episode's past. Φ is thus a function of state and credit together: a
policy that sees only the current image faces a partially observed reward, as with any
reward machine. This module does not render, and calls no program.

For example, with two stages, none of them held at first and one achieved by a step::

    shaper = Shaper((("take_key",), ("reach_goal",)), Shaping(mode="potential", gamma=0.9))
    shaper.reset(np.array([False, False]))
    shaper.step(np.array([True, False])).reward    # 0.9 * 1/2 - 0
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from synth.credit import CreditTracker
from synth.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synth.credit import Credit
    from synth.plan import Stages

__all__ = ["GoalFrom", "Mode", "RewardStep", "Shaper", "Shaping"]

Mode = Literal["credit", "potential"]
GoalFrom = Literal["reward", "environment"]


@dataclass(frozen=True, slots=True)
class Shaping:
    """How credit becomes reward.

    Attributes:
        mode: ``credit`` or ``potential``.
        scale: What the whole plan is worth.
        gamma: Discount of the ``potential`` mode; use the learner's.
        env_weight: Weight of the environment's own reward; by default 0 for ``credit`` and
            1 for ``potential``.
        goal_from: Who says that the goal holds: the ``reward`` program, or the
            ``environment``, where pictures of success and of failure can be equal.
    """

    mode: Mode = "credit"
    scale: float = 1.0
    gamma: float = 0.99
    env_weight: float | None = None
    goal_from: GoalFrom = "reward"

    def __post_init__(self) -> None:
        if self.goal_from not in ("reward", "environment"):
            raise UsageError(
                f"goal_from is {self.goal_from!r}; it must be 'reward' or 'environment'."
            )
        if self.mode not in ("credit", "potential"):
            raise UsageError(f"mode is {self.mode!r}; it must be 'credit' or 'potential'.")
        if self.env_weight is not None and not 0.0 <= self.env_weight < float("inf"):
            raise UsageError(f"env_weight is {self.env_weight}; it must be 0 or more.")
        if not 0.0 < self.gamma <= 1.0:
            raise UsageError(f"gamma is {self.gamma}; it must lie in (0, 1].")

    @property
    def weight(self) -> float:
        """`env_weight`, or the mode's default."""
        if self.env_weight is not None:
            return self.env_weight
        return 1.0 if self.mode == "potential" else 0.0


@dataclass(frozen=True, slots=True)
class RewardStep:
    """What one step earned.

    Attributes:
        reward: The dense reward.
        credited: Indices of the sub-tasks credited at this step.
        credit: The episode's credit so far.
        claimed: The frame at which the verdicts first had the goal hold, whoever is asked about
            it, or -1.
    """

    reward: float
    credited: tuple[int, ...]
    credit: Credit
    claimed: int

    def info(self, names: tuple[str, ...], env_reward: float) -> dict[str, object]:
        """The step as an entry of gymnasium's info, with names in place of indices.

        Args:
            names: Of the sub-tasks in plan order.
            env_reward: The environment's own reward of this step.
        """
        return {
            "credited": tuple(names[k] for k in self.credited),
            "complete": self.credit.complete >= 0,
            "skipped": tuple(names[k] for k in self.credit.skipped),
            "claimed_at": self.claimed,
            "share": self.credit.credited / len(names),
            "env_reward": env_reward,
        }


class Shaper:
    """The dense reward of one environment, a step at a time.

    Args:
        stages: The plan's stages.
        shaping: How credit becomes reward.
    """

    def __init__(self, stages: Stages, shaping: Shaping) -> None:
        self._tracker = CreditTracker(stages)
        self._stages = stages
        self._count = sum(len(stage) for stage in stages)
        self._shaping = shaping
        self._potential = 0.0
        self._frame, self._claimed = 0, -1

    def reset(self, holds: NDArray[np.bool_], progress: NDArray[np.float32] | None = None) -> None:
        """Begin an episode at its first frame.

        Args:
            holds: ``bool[K]`` for the initial frame. What holds at once pays nothing.
            progress: ``float32[K]``, or ``None`` where progress is not used.
        """
        self._frame, self._claimed = 0, 0 if holds[-1] else -1
        self._tracker.reset()
        self._tracker.step(self._told(holds, granted=False))
        self._potential = self._phi(progress)

    def step(
        self,
        holds: NDArray[np.bool_],
        progress: NDArray[np.float32] | None = None,
        *,
        env_reward: float = 0.0,
        terminated: bool = False,
        granted: bool = False,
    ) -> RewardStep:
        """Account for one step.

        Args:
            holds: ``bool[K]`` for the frame after the step.
            progress: ``float32[K]``, or ``None``.
            env_reward: The environment's own reward of this step.
            terminated: Whether the episode ended in a terminal state (not by truncation).
            granted: Whether the environment itself says that the goal is reached; only asked
                for by ``goal_from="environment"``.
        """
        self._frame += 1
        if holds[-1] and self._claimed < 0:
            self._claimed = self._frame
        credited = self._tracker.step(self._told(holds, granted=granted))
        base = self._shaping.weight * env_reward
        if self._shaping.mode == "credit":
            dense = self._shaping.scale * len(credited) / self._count
        else:
            # A terminal state's potential must be 0, or shaping would change which policy is best.
            phi = 0.0 if terminated else self._phi(progress)
            dense = self._shaping.scale * (self._shaping.gamma * phi - self._potential)
            self._potential = phi
        return RewardStep(base + dense, credited, self._tracker.credit, self._claimed)

    @property
    def credited(self) -> tuple[bool, ...]:
        """Whether each sub-task has been credited in this episode, in plan order."""
        return tuple(frame >= 0 for frame in self._tracker.credit.first)

    def _told(self, holds: NDArray[np.bool_], *, granted: bool) -> NDArray[np.bool_]:
        """The verdicts, with the environment's word on the goal where that is asked for."""
        if self._shaping.goal_from == "reward":
            return holds
        told = holds.copy()
        told[-1] = granted
        return told

    def _phi(self, progress: NDArray[np.float32] | None) -> float:
        credit = self._tracker.credit
        done = float(credit.credited)
        if progress is not None and credit.complete < 0:
            k = 0
            for stage in self._stages:
                indices = range(k, k + len(stage))
                k += len(stage)
                waiting = [i for i in indices if credit.first[i] < 0]
                if waiting:
                    # A sub-task at full progress that is not credited must not pay in full.
                    done += sum(min(float(progress[i]), 0.99) for i in waiting)
                    break
        return done / self._count
