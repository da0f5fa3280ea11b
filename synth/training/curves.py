"""Several seeds as one curve: success against steps, and how sure that is.

The interquartile mean over seeds, with intervals from a bootstrap over the seeds of each task and
arm on its own, which is what stratified by task means (Agarwal et al., 2021, "Deep Reinforcement
Learning at the Edge of the Statistical Precipice"). A run that stopped early is held at its last
value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import trim_mean

from synth.training.results import success_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from synth.training.results import TrainedEpisode, TrainingResult

    ShareAt = Callable[[Sequence[TrainedEpisode]], tuple[NDArray[np.int64], NDArray[np.float64]]]

__all__ = ["Curve", "Summary", "curve_of", "interquartile_mean", "interval", "summary_of"]

POINTS = 200
RESAMPLES = 2_000
CERTAINTY = 0.95
TRIMMED = 0.25
"""Share of the seeds that is cut off at either end."""


@dataclass(frozen=True, eq=False, slots=True)
class Curve:
    """Success of one arm against steps.

    Attributes:
        steps: ``float64[P]``.
        mean: ``float64[P]``, the interquartile mean over seeds.
        low: ``float64[P]``, lower end of its 95% interval.
        high: ``float64[P]``, its upper end.
    """

    steps: NDArray[np.float64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Summary:
    """One arm on one task, in figures.

    Attributes:
        task: The task's name.
        arm: The arm's name.
        seeds: How many.
        reached: Seeds that came to 90% of the last 100 episodes.
        steps: Interquartile mean of the steps to 90%, seeds that did not come to it at the steps
            that they made.
        bound: Whether such a seed is in the middle half, so that `steps` is a lower bound.
        low: Lower end of its 95% interval.
        high: Its upper end.
        final: Interquartile mean of the success at the end.
    """

    task: str
    arm: str
    seeds: int
    reached: int
    steps: float
    bound: bool
    low: float
    high: float
    final: float


def interquartile_mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of the middle half, along the first axis.

    Args:
        values: ``float64[S, ...]``, one row a seed. With fewer than four nothing is cut off.
    """
    return np.asarray(trim_mean(values, TRIMMED, axis=0), np.float64)


def interval(
    values: NDArray[np.float64], seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The 95% bootstrap interval of the interquartile mean over seeds.

    Args:
        values: ``float64[S, ...]``, one row a seed.
        seed: Of the resampling.

    Returns:
        Lower and upper ends, ``float64[...]``; both the value itself where there is one seed.
    """
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(values), (RESAMPLES, len(values)))
    means = np.asarray(trim_mean(values[drawn], TRIMMED, axis=1), np.float64)
    tail = (1.0 - CERTAINTY) / 2.0
    low, high = np.quantile(means, [tail, 1.0 - tail], axis=0)
    return low, high


def curve_of(results: Sequence[TrainingResult], share: ShareAt = success_at) -> Curve:
    """The curve of one arm's seeds.

    Args:
        results: One a seed, at least one.
        share: What is drawn: `synth.training.results.success_at`, or ``claims_at``.
    """
    last = max(max(result.steps, result.settings.steps) for result in results)
    grid = np.linspace(0.0, last, POINTS)
    rows = np.stack([_held(*share(result.episodes), grid) for result in results])
    low, high = interval(rows)
    return Curve(grid, interquartile_mean(rows), low, high)


def summary_of(results: Sequence[TrainingResult]) -> Summary:
    """The figures of one arm's seeds.

    Args:
        results: One a seed, at least one.
    """
    steps = np.array([r.steps_to_90 or max(r.steps, r.settings.steps) for r in results], np.float64)
    low, high = interval(steps)
    reached = sum(r.steps_to_90 is not None for r in results)
    final = np.array([success_at(r.episodes)[1][-1] if r.episodes else 0.0 for r in results])
    return Summary(
        task=results[0].task,
        arm=results[0].arm,
        seeds=len(results),
        reached=reached,
        steps=float(interquartile_mean(steps)),
        bound=len(results) - reached > int(TRIMMED * len(results)),
        low=float(low),
        high=float(high),
        final=float(interquartile_mean(final)),
    )


def _held(
    steps: NDArray[np.int64], shares: NDArray[np.float64], grid: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The share at each point of the grid: that of the last episode which had ended by then."""
    at = np.searchsorted(steps, grid, side="right") - 1
    return np.where(at >= 0, shares[np.maximum(at, 0)] if len(shares) else 0.0, 0.0)
