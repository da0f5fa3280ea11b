"""Whether one model passes as often as another, by exact tests.

An attempt passes or it does not, and a model asked again answers otherwise, so that a side of a
comparison is a number of passes out of a number of attempts. Three questions are put:

- *Worse, better?* Boschloo's exact test of two binomials. Only the sizes of the two samples are
  fixed by design, so a conditional test (Fisher's) throws evidence away where a sample has five
  attempts: 1 of 5 beside 5 of 5 has p = 0.024 by Fisher and 0.011 by Boschloo, which is never
  less powerful (Boschloo, *Statistica Neerlandica* 24, 1970). Barnard's order has ties at the
  edges, where good models lie.
- *The same?* No test shows that two rates are equal. They are called the same where both a drop
  and a gain of the margin or more are rejected (two one-sided tests, Schuirmann 1987), by an exact
  unconditional test after Chan (*Statistics in Medicine* 17, 1998).
- *Undecided* is everything else, with the number of attempts a side that would decide if the
  rates stayed what they are.

A side without samples has a fixed rate: a model that answers the same each time, or what is
taken to be so of the committed reward's model, of which one passing run is known and no rate.
Beside a fixed rate both questions are plain binomial tests. Over several tasks the chance that any
is falsely called worse or better is held by Holm's step-down (1979).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.stats import binom, binomtest, boschloo_exact

from synth.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Call", "PassRate", "Rules", "Ruling", "rule"]

Call = Literal["better", "same", "worse", "undecided"]

MOST = 200
"""Attempts a side beyond which no number is named: nobody would make them."""
GRID = 501
"""Points at which the unknown rate of a table under the null hypothesis is tried."""
GROWTH = 1.25


@dataclass(frozen=True, slots=True)
class PassRate:
    """How often one side passes.

    Attributes:
        passed: Attempts that passed.
        tried: Attempts made.
        fixed: The rate where it is not sampled, else ``None``.
        assumed: Whether `fixed` is taken to be so, and shown by nothing: no other side can be
            called better than an assumption.
    """

    passed: int = 0
    tried: int = 0
    fixed: float | None = None
    assumed: bool = False

    def __post_init__(self) -> None:
        if self.fixed is None and not 0 <= self.passed <= self.tried > 0:
            raise UsageError(f"{self.passed} of {self.tried}: no pass rate; make an attempt first.")

    @property
    def rate(self) -> float:
        """The rate, as fixed or as observed."""
        return self.passed / self.tried if self.fixed is None else self.fixed

    def grown(self, tried: int) -> PassRate:
        """What as many attempts would most likely come to at the same rate."""
        if self.fixed is not None:
            return self
        return PassRate(round(self.rate * tried), tried)

    def __str__(self) -> str:
        """``4 of 5``, ``always``, ``taken to pass 80%``."""
        if self.assumed:
            return f"taken to pass {self.rate:.0%}"
        if self.fixed is not None:
            return "always" if self.fixed else "never"
        return f"{self.passed} of {self.tried}"


@dataclass(frozen=True, slots=True)
class Rules:
    """By what a comparison is ruled.

    Attributes:
        level: Chance at most that equal models are called worse or better, in any of the tasks;
            and that models which differ by the margin are called the same, in one.
        margin: Difference of pass rates from which on it matters.

    Raises:
        UsageError: One of them is out of range.
    """

    level: float = 0.05
    margin: float = 0.3

    def __post_init__(self) -> None:
        for name in ("level", "margin"):
            if not 0 < getattr(self, name) < 1:
                raise UsageError(f"{name} = {getattr(self, name)}: must lie between 0 and 1.")


@dataclass(frozen=True, slots=True)
class Ruling:
    """What came of one comparison.

    Attributes:
        call: The new side is better than the old one, the same, worse, or nobody knows.
        p_differs: Chance at most of so large a difference between equal sides, both ways.
        p_apart: Chance at most of so small a difference between sides that differ by the margin.
        needed: Attempts a side that would decide where it is undecided, if the rates stayed as
            they are; ``None`` where it is decided, or `MOST` would not.
    """

    call: Call
    p_differs: float
    p_apart: float
    needed: int | None = None


def rule(
    sides: Sequence[tuple[PassRate, PassRate]],
    rules: Rules | None = None,
    *,
    foresee: bool = True,
) -> tuple[Ruling, ...]:
    """Rule on several comparisons at once.

    Args:
        sides: For each task the new side and the old one.
        rules: How strictly.
        foresee: Whether to work out how many attempts would decide what is undecided.

    Returns:
        One ruling for each, in their order.
    """
    rules = rules or Rules()
    both = [_p_differs(new, old) for new, old in sides]
    apart = [_p_apart(new, old, rules.margin) for new, old in sides]
    differs = _holm(both, rules.level)
    found = []
    for k, (new, old) in enumerate(sides):
        # A difference below the margin is one that does not matter, however well it is shown.
        if apart[k] <= rules.level:
            call: Call = "same"
        elif differs[k]:
            call = "worse" if new.rate < old.rate else "better"
        else:
            call = "undecided"
        wanted = foresee and call == "undecided"
        needed = _needed(new, old, rules, len(sides)) if wanted else None
        found.append(Ruling(call, both[k], apart[k], needed))
    return tuple(found)


def _holm(p_values: Sequence[float], level: float) -> list[bool]:
    """Which null hypotheses fall, none of the true ones with a chance beyond `level`."""
    fallen = [False] * len(p_values)
    order = sorted(range(len(p_values)), key=lambda k: p_values[k])
    for rank, k in enumerate(order):
        if p_values[k] > level / (len(p_values) - rank):
            break
        fallen[k] = True
    return fallen


def _p_differs(new: PassRate, old: PassRate) -> float:
    """Both ways; beside an assumed rate the one way that can be called."""
    if old.assumed:
        return _p_below(new, old)
    return min(1.0, 2 * min(_p_below(new, old), _p_below(old, new)))


def _p_below(one: PassRate, other: PassRate) -> float:
    """Chance at most of what was seen, if `one` passed no less often than `other`."""
    if one.fixed is not None and other.fixed is not None:
        return float(one.fixed >= other.fixed)
    if other.fixed is not None:
        return float(binomtest(one.passed, one.tried, other.fixed, "less").pvalue)
    if one.fixed is not None:
        return float(binomtest(other.passed, other.tried, one.fixed, "greater").pvalue)
    return _boschloo(one.passed, one.tried, other.passed, other.tried)


@lru_cache(maxsize=4096)
def _boschloo(passed: int, tried: int, other_passed: int, other_tried: int) -> float:
    if passed + other_passed in {0, tried + other_tried}:
        return 1.0  # every attempt ended alike; scipy says nan
    table = [[passed, other_passed], [tried - passed, other_tried - other_passed]]
    return float(boschloo_exact(table, alternative="less").pvalue)


def _p_apart(new: PassRate, old: PassRate, margin: float) -> float:
    """Chance at most of what was seen, if the two differed by the margin or more."""
    drop = _p_far_below(new, old, margin)
    # Nobody can be better than an assumption, so that only a drop is to be ruled out.
    return drop if old.assumed else max(drop, _p_far_below(old, new, margin))


def _p_far_below(one: PassRate, other: PassRate, margin: float) -> float:
    """Chance at most of what was seen, if `one` passed less often by `margin` or more."""
    if one.fixed is not None and other.fixed is not None:
        return float(one.fixed <= other.fixed - margin)
    if other.fixed is not None:
        edge = other.fixed - margin
        return 0.0 if edge < 0 else float(binomtest(one.passed, one.tried, edge, "greater").pvalue)
    if one.fixed is not None:
        edge = one.fixed + margin
        return 0.0 if edge > 1 else float(binomtest(other.passed, other.tried, edge, "less").pvalue)
    return _shifted(one.passed, one.tried, other.passed, other.tried, margin)


@lru_cache(maxsize=4096)
def _shifted(passed: int, tried: int, other_passed: int, other_tried: int, margin: float) -> float:
    """An exact unconditional test of "the first rate is less by `margin` or more".

    Tables are ordered by the studentised difference, with one pass and one failure added to each
    side so that it is finite (Agresti and Caffo 2000). Whatever the order, the test is exact: the
    p-value is the largest chance of this table or one further out, over all rates at the edge of
    the hypothesis. SciPy has no such test with a margin.
    """
    ones, others = np.arange(tried + 1), np.arange(other_tried + 1)
    p, q = ((ones + 1) / (tried + 2))[:, None], ((others + 1) / (other_tried + 2))[None, :]
    spread = np.sqrt(p * (1 - p) / (tried + 2) + q * (1 - q) / (other_tried + 2))
    statistic = (p - q + margin) / spread
    # Tables that differ in the last digit are ties.
    further = statistic >= statistic[passed, other_passed] - 1e-12
    at_edge = np.linspace(margin, 1.0, GRID)
    chance = binom.pmf(ones[None, :], tried, (at_edge - margin)[:, None])
    other_chance = binom.pmf(others[None, :], other_tried, at_edge[:, None])
    return float(np.einsum("gi,ij,gj->g", chance, further, other_chance).max())


def _needed(new: PassRate, old: PassRate, rules: Rules, tasks: int) -> int | None:
    """Attempts a side that would decide, the rates being what they are.

    The number is sought in growing steps and then between the last two, since a chance that
    falls with the number of attempts falls in teeth.
    """
    before = max(new.tried, old.tried)

    def decided(tried: int) -> bool:
        sides = new.grown(max(tried, new.tried)), old.grown(max(tried, old.tried))
        apart = _p_apart(*sides, rules.margin) <= rules.level
        return apart or _p_differs(*sides) <= rules.level / tasks

    after = before + 1
    while not decided(after):
        if after >= MOST:
            return None
        before, after = after, min(MOST, math.ceil(after * GROWTH))
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (before, middle) if decided(middle) else (middle, after)
    return after
