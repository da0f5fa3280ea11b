"""How far a search is from having met everything there is to meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

__all__ = ["Coverage", "Diary"]

LAST = 4
"""The last of so many equal parts tells how much is still new."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a search met.

    Attributes:
        episodes: Episodes played.
        states: Distinct states met, layout by layout.
        late: Distinct states met in the last quarter of the episodes.
        new: Those of them that no earlier episode had met.
    """

    episodes: int
    states: int
    late: int
    new: int

    @property
    def unseen(self) -> float:
        """Share of the last quarter's states that were new, 0 to 1: how far it is from the end."""
        return self.new / self.late if self.late else 0.0

    def __str__(self) -> str:
        """``1,000 episodes, 21,312 distinct states, 34% of the last quarter's states were new``."""
        return (
            f"{self.episodes:,} episode{'' if self.episodes == 1 else 's'}, "
            f"{self.states:,} distinct states, {self.unseen:.0%} of the last quarter's states "
            "were new"
        )

    def __add__(self, other: Coverage) -> Coverage:
        """Two searches together; what one has met is not known to the other."""
        return Coverage(
            self.episodes + other.episodes,
            self.states + other.states,
            self.late + other.late,
            self.new + other.new,
        )


class Diary:
    """Takes down which states each episode met."""

    def __init__(self) -> None:
        self._first: dict[Hashable, int] = {}
        self._met: list[set[Hashable]] = []

    def write(self, states: Iterable[Hashable]) -> None:
        """Take down the states of one more episode."""
        met = set(states)
        for state in met:
            self._first.setdefault(state, len(self._met))
        self._met.append(met)

    def coverage(self) -> Coverage:
        """What was met so far."""
        since = len(self._met) - (len(self._met) + LAST - 1) // LAST
        late: set[Hashable] = set().union(*self._met[since:])
        new = sum(self._first[state] >= since for state in late)
        return Coverage(len(self._met), len(self._first), len(late), new)
