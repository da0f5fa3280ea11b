"""What a count of episodes proves: exact (Clopper-Pearson) bounds, and how many are needed.

Twenty of twenty episodes are no proof of perfection: a program that misses one success in
seven passes twenty with a chance of 5%. The bounds here are exact for independent episodes,
whatever the true rate (Clopper and Pearson, "The use of confidence or fiducial limits",
Biometrika 26, 1934), and so never too tight.

A bound holds for episodes drawn like those counted. It says nothing of others, nor of those
that a program was made to fit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from synth.errors import UsageError

__all__ = [
    "CERTAINTY",
    "Interval",
    "clopper_pearson",
    "episodes_needed",
    "lower_bound",
    "newcombe",
    "upper_bound",
    "wilson",
]


CERTAINTY = 0.95
"""Where none is asked for."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a true rate lies, both ends included; shares from 0 to 1."""

    low: float
    high: float


def upper_bound(events: int, trials: int, certainty: float = 0.95) -> float:
    """The rate that is not exceeded, one-sided.

    Args:
        events: How often it happened.
        trials: In how many independent episodes.
        certainty: Probability with which the statement is to hold, between 0 and 1.

    Returns:
        The largest rate at which so few events would still come with a probability of
        ``1 - certainty``: 0.139 for 0 of 20 at 95%. It is 1.0 where there are no trials.

    Raises:
        UsageError: The counts or the certainty are none.
    """
    _require(events, trials, certainty)
    if events == trials:
        return 1.0
    from scipy import special  # noqa: PLC0415 - slow to import, and every spec knows this module

    return float(special.betaincinv(events + 1, trials - events, certainty))


def lower_bound(events: int, trials: int, certainty: float = 0.95) -> float:
    """The rate that is reached at least, one-sided; see `upper_bound`.

    Args:
        events: How often it happened.
        trials: In how many independent episodes.
        certainty: Probability with which the statement is to hold, between 0 and 1.

    Raises:
        UsageError: The counts or the certainty are none.
    """
    _require(events, trials, certainty)
    return 1.0 - upper_bound(trials - events, trials, certainty)


def clopper_pearson(events: int, trials: int, certainty: float = 0.95) -> Interval:
    """The exact two-sided interval of a rate.

    Args:
        events: How often it happened.
        trials: In how many independent episodes.
        certainty: Probability with which the interval covers the true rate, at least.

    Raises:
        UsageError: The counts or the certainty are none.
    """
    _require(events, trials, certainty)
    side = (1.0 + certainty) / 2.0
    return Interval(lower_bound(events, trials, side), upper_bound(events, trials, side))


def episodes_needed(max_rate: float, certainty: float = 0.95, *, events: int = 0) -> int:
    """The fewest episodes that bound a rate, should no more than `events` happen in them.

    Args:
        max_rate: The rate that must not be exceeded, between 0 and 1.
        certainty: Probability with which that is to be known, between 0 and 1.
        events: How many events are allowed for.

    Returns:
        The least n with ``upper_bound(events, n, certainty) <= max_rate``: 59 for a rate of
        5% at 95%, 22 for one of 13%, 299 for one of 1%.

    Raises:
        UsageError: The rate or the certainty is not between 0 and 1.
    """
    if not 0.0 < max_rate < 1.0:
        raise UsageError(f"a rate of {max_rate} cannot be bounded; it must lie between 0 and 1.")
    _require(events, events, certainty)
    if not events:
        # (1 - rate) ** n <= 1 - certainty, solved for n.
        guess = math.log1p(-certainty) / math.log1p(-max_rate)
        low, high = max(0, math.floor(guess) - 1), math.ceil(guess) + 1
    else:
        low, high = events, 2 * events + 1
        while upper_bound(events, high, certainty) > max_rate:
            low, high = high, 2 * high
    while high - low > 1:  # the bound falls as the trials grow
        middle = (low + high) // 2
        if upper_bound(events, middle, certainty) <= max_rate:
            high = middle
        else:
            low = middle
    return high


def _require(events: int, trials: int, certainty: float) -> None:
    if not 0 <= events <= trials:
        raise UsageError(f"{events} of {trials} is no count of episodes.")
    if not 0.0 < certainty < 1.0:
        raise UsageError(f"a certainty of {certainty} cannot be had; it must lie between 0 and 1.")


def wilson(events: int, trials: int, certainty: float = CERTAINTY) -> Interval:
    """Wilson's score interval, two-sided: narrower than the exact one, and right on average.

    The rates p from which the share counted is at most z standard deviations, sqrt(p(1-p)/n),
    away (Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22,
    1927).

    Args:
        events: How often it happened.
        trials: In how many independent episodes; with none the interval is [0, 1].
        certainty: Between 0 and 1.

    Raises:
        UsageError: The counts or the certainty are none.
    """
    _require(events, trials, certainty)
    if not trials:
        return Interval(0.0, 1.0)
    from scipy.stats import binomtest  # noqa: PLC0415 - takes half a second, and few need it

    score = binomtest(events, trials).proportion_ci(certainty, method="wilson")
    return Interval(float(score.low), float(score.high))


def newcombe(
    first: tuple[int, int], second: tuple[int, int], certainty: float = CERTAINTY
) -> Interval:
    """An interval of the difference of two rates, the second less the first.

    Each side's distance from its share to an end of Wilson's interval, added as standard deviations
    are (Newcombe, "Interval estimation for the difference between independent proportions", method
    10, Statistics in Medicine 17, 1998).

    Args:
        first: Events and trials; with no trials the rate may be anything.
        second: Likewise, of independent trials.
        certainty: Between 0 and 1.

    Returns:
        Both ends, from -1 to 1.

    Raises:
        UsageError: The counts or the certainty are none.
    """
    (a, n), (b, m) = first, second
    if not n or not m:
        return Interval(-1.0, 1.0)
    mine, other = wilson(a, n, certainty), wilson(b, m, certainty)
    p, q = a / n, b / m
    return Interval(
        q - p - math.hypot(q - other.low, mine.high - p),
        q - p + math.hypot(other.high - q, p - mine.low),
    )
