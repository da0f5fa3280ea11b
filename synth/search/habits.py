"""How agents behave that are no experts: what the search does from where it starts.

Each habit picks the next action at a place. A stretch of play is made of several, one after
the other, since what one alone would hardly ever reach the change from one to another does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.search.archive import Spot

__all__ = ["HABITS", "Habit", "Situation"]

STUBBORN = 0.7
"""How often the last action is done once more by habit."""


class Situation:
    """What a habit may look at. Actions are numbers in a table.

    Args:
        actions: How many actions there are.
        rng: Its chance.
        expert: Tells what the expert does at a place; ``None`` where it knows nothing.

    Attributes:
        actions: As given.
        rng: As given.
        expert: As given.
        last: The last action, ``None`` before the first.
    """

    def __init__(
        self, actions: int, rng: np.random.Generator, expert: Callable[[Spot], int | None]
    ) -> None:
        self.actions, self.rng, self.expert = actions, rng, expert
        self.last: int | None = None

    def any(self) -> int:
        """Any action, all equally likely."""
        return int(self.rng.integers(self.actions))


class Habit(Protocol):
    """A way to choose the next action."""

    def __call__(self, at: Spot, now: Situation, /) -> int:
        """The action to take at a place."""
        ...


def aimless(_at: Spot, now: Situation) -> int:
    """Any action."""
    return now.any()


def stubborn(_at: Spot, now: Situation) -> int:
    """Mostly what was done before, so that it gets far."""
    if now.last is not None and now.rng.random() < STUBBORN:
        return now.last
    return now.any()


def curious(at: Spot, now: Situation) -> int:
    """What was not tried here, else mostly what leads to where it has been least often."""
    untried = [action for action in range(now.actions) if action not in at.after]
    if untried:
        return untried[int(now.rng.integers(len(untried)))]
    visits = np.array([at.after[action].visits for action in range(now.actions)])
    weights = 1 / (visits + 1.0)
    return int(now.rng.choice(now.actions, p=weights / weights.sum()))


def half_trained(at: Spot, now: Situation) -> int:
    """Every second action the expert's, the others any."""
    return _trained(at, now, 0.5)


def nearly_trained(at: Spot, now: Situation) -> int:
    """The expert's actions, one in ten left to chance."""
    return _trained(at, now, 0.1)


def _trained(at: Spot, now: Situation, chance: float) -> int:
    shown = None if now.rng.random() < chance else now.expert(at)
    return now.any() if shown is None else shown


HABITS: tuple[Habit, ...] = (aimless, stubborn, curious, curious, half_trained, nearly_trained)
"""Drawn from with equal chance: what leads to the unseen comes twice."""
