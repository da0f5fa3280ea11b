"""Two programs' speeds are compared by the least of each figure."""

from __future__ import annotations

from typing import Any, cast

from synth.errors import ProgramFault
from synth.loop.compare import TURNS, _times
from synth.loop.judge import Timing


class Told:
    """A judge that measures what it is told to."""

    def __init__(self) -> None:
        self.figures = {"a": [(9.0, 5.0), (4.0, 8.0)], "b": [(7.0, 7.0)], "broken": []}
        self.asked: list[str] = []

    def speed(self, source: str) -> Timing:
        """The next figures of a program; the last ones again where there are no more."""
        self.asked.append(source)
        told = self.figures[source]
        if not told:
            raise ProgramFault("it cannot be run.")
        return Timing(*(told.pop(0) if len(told) > 1 else told[0]))


def test_a_busy_moment_counts_for_neither_figure() -> None:
    """The quickest single call and the quickest batch may be of different turns."""
    judge = Told()
    assert _times(cast("Any", judge), ["a", "b", "broken"]) == [Timing(4, 5), Timing(7, 7), None]
    assert judge.asked == ["a", "b", "broken"] * TURNS
