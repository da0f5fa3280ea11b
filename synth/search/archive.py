"""The states that a search has met, how often, and a short way to each.

As in Go-Explore (Ecoffet et al., "First return, then explore", 2021): a search that always
starts from the reset spends its time where everybody goes. It starts from states seldom met
instead, and gets there by the actions that are kept with them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["Layout", "Spot"]


@dataclass(eq=False, slots=True)
class Spot:
    """A state of one layout.

    Attributes:
        before: The place from which it was reached, ``None`` at the reset.
        action: What led here from there: its number in the table of actions.
        depth: Actions from the reset.
        success: Whether the environment reports success here.
        judged: Whether its picture can be told right or wrong.
        ends: Whether the episode is over here.
        visits: How often it was met.
        untold: Whether no program is blamed for what it says here, since pixels cannot tell it from
            success.
        closed: Whether it was met first behind such a place, or is one: seldom can it be told.
        looked: Whether what the program says here was looked into, since it is wrong.
        holds: ``bool[K]``, what the program says of its picture, once it was asked.
        after: Where each action led that was tried here.
        shown: What the expert does here, where it was asked and knew.
    """

    before: Spot | None
    action: int
    depth: int
    success: bool
    judged: bool
    ends: bool = False
    visits: int = 0
    untold: bool = False
    closed: bool = False
    looked: bool = False
    holds: NDArray[np.bool_] | None = None
    after: dict[int, Spot] = field(default_factory=dict)
    shown: int | None = None

    def way(self) -> tuple[int, ...]:
        """The numbers of the actions from the reset to here."""
        return tuple(place.action for place in self.trail()[1:])

    def trail(self) -> list[Spot]:
        """The places from the reset to here, both included."""
        trail = [self]
        while trail[-1].before is not None:
            trail.append(trail[-1].before)
        return trail[::-1]


class Layout:
    """All places met in the episodes of one seed.

    Args:
        seed: What the environment is reset with.
        initial: ``uint8[H, W, 3]``, the picture after the reset.
        key: Of the state after the reset.
        root: The place after the reset.
        mission: The words of its episodes; ``None`` where missions do not vary.
        exact: Whether equal keys mean equal states, so that a shorter way to a place is one to
            all that lies beyond it. Pictures may be equal where states are not.

    Attributes:
        seed: As given.
        mission: As given.
        initial: As given.
        root: As given.
        successes: Pictures of success met here.
    """

    def __init__(
        self,
        seed: int,
        initial: NDArray[np.uint8],
        key: bytes,
        root: Spot,
        *,
        exact: bool,
        mission: str | None = None,
    ) -> None:
        self.seed, self.initial, self.root, self.mission = seed, initial, root, mission
        self.successes: list[NDArray[np.uint8]] = []
        self._places = {key: root}
        self._exact = exact

    def __len__(self) -> int:
        """How many places were met."""
        return len(self._places)

    def __iter__(self) -> Iterator[Spot]:
        """The places in the order in which they were met."""
        return iter(self._places.values())

    def find(self, key: bytes) -> Spot | None:
        """The place of that key, if it was met."""
        return self._places.get(key)

    def add(self, key: bytes, place: Spot) -> None:
        """Take in a place that is met for the first time."""
        self._places[key] = place

    def link(self, before: Spot, action: int, place: Spot) -> None:
        """Remember that an action led from one place to another, and take it if it is shorter."""
        if not self._exact:
            return
        before.after[action] = place
        if before.depth + 1 < place.depth:
            place.before, place.action, place.depth = before, action, before.depth + 1

    def draw(self, rng: np.random.Generator, *, deepest: int) -> Spot:
        """A place to start from, drawn with weight ``1 / sqrt(visits + 1)``.

        Args:
            rng: The draw.
            deepest: Places after as many actions as this, or more, are left out.
        """
        open_ = [p for p in self if not (p.ends or p.closed) and p.depth < deepest]
        if not open_:
            return self.root
        weights = 1 / np.sqrt(np.array([p.visits for p in open_]) + 1.0)
        return open_[int(rng.choice(len(open_), p=weights / weights.sum()))]
