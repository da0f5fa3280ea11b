"""Figures of value and success that others publish, measured on our own tasks.

*Value-order correlation* is GVL's: the rank correlation of predicted values with time order,
along an expert's episode. The value is the goal's progress where the program tells it: that is
its own word on how far the task has come. Else it is the share of sub-tasks that hold, each by
its progress where it has one. *ROC AUC of success* is the chance that a frame of success is given
more than a frame without. What stands beside them was published on other data, with other
environments: it says what kind of figure to expect, and nothing is won or lost by comparing the
two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.suite.progress import value_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from synth.episode import Rollout

__all__ = ["Ranking", "rank_values", "roc_auc"]

TOPREWARD_ORDER, TOPREWARD_AUC = 0.947, 0.826
"""As TOPReward's paper gives them, on its own robots' episodes."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """How well a reward's values rank frames.

    Attributes:
        order: Value-order correlation, the mean over experts up to their first success; ``None``
            where no expert's values differ.
        experts: How many experts it is of.
        auc: ROC AUC of success, over the judged frames of all episodes; ``None`` where all or
            none of them are successes.
        progress: Names of the sub-tasks whose progress the program tells; for the others it is
            0 or 1.
    """

    order: float | None
    experts: int
    auc: float | None
    progress: tuple[str, ...]

    def sentences(self) -> tuple[str, ...]:
        """Each figure beside what is published of other data."""
        told = ", ".join(self.progress) or "no sub-task, so that each is 0 or 1"
        lines = []
        if self.order is not None:
            lines.append(
                f"value-order correlation along experts: {self.order:.3f}, the mean of "
                f"{self.experts} (progress told of {told}); TOPReward publishes "
                f"{TOPREWARD_ORDER}, on other data"
            )
        if self.auc is not None:
            lines.append(
                f"success as ROC AUC over judged frames: {self.auc:.4f}; TOPReward publishes "
                f"{TOPREWARD_AUC}, on other data"
            )
        return tuple(lines)


def rank_values(
    experts: Sequence[tuple[Rollout, NDArray[np.float32]]],
    everything: Sequence[tuple[Rollout, NDArray[np.float32]]],
    progress: tuple[str, ...],
    *,
    goal: str,
) -> Ranking:
    """The figures.

    Args:
        experts: Expert episodes, each with ``float32[T+1, K]``, its progress by sub-task.
        everything: All episodes in the same way, the experts among them.
        progress: As `Ranking.progress`.
        goal: The goal's name; it is the last column.
    """
    told = goal in progress
    orders = [order for one in experts if (order := _order(*one, told=told)) is not None]
    judged = [rolled.judged for rolled, _ in everything]
    reached = [values[:, -1][j] for (_, values), j in zip(everything, judged, strict=True)]
    success = [rolled.success[j] for (rolled, _), j in zip(everything, judged, strict=True)]
    return Ranking(
        order=float(np.mean(orders)) if orders else None,
        experts=len(orders),
        auc=roc_auc(np.concatenate(reached), np.concatenate(success)),
        progress=progress,
    )


def _order(rolled: Rollout, values: NDArray[np.float32], *, told: bool) -> float | None:
    """Up to the first success, where the way ends."""
    end = rolled.first_success
    if end is None:
        return None
    return value_order(values[: end + 1, -1] if told else values[: end + 1].mean(axis=1))


def roc_auc(values: NDArray[np.float32], success: NDArray[np.bool_]) -> float | None:
    """The chance that a success has the greater value, ties counted by halves.

    Args:
        values: ``float32[N]``.
        success: ``bool[N]``.

    Example:
        >>> roc_auc(np.array([0.1, 0.5, 0.5], np.float32), np.array([False, False, True]))
        0.75
    """
    wins = int(success.sum())
    if wins in {0, len(success)}:
        return None
    _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(sizes) - (sizes - 1) / 2)[group]
    above = float(ranks[success].sum()) - wins * (wins + 1) / 2
    return above / (wins * (len(success) - wins))
