"""One number for each purpose that draws by chance, so that no two share their draws.

A stream is handed to NumPy with the seed at hand: ``default_rng([Stream.RANDOM, seed])``. The
environment is reset with the bare seed. The numbers decide what is recorded: they stay.
"""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Stream"]


class Stream(IntEnum):
    """What is drawn."""

    RANDOM = 1
    """Actions of the random policy."""
    RECIPE = 2
    """What a recipe of near misses leaves to chance."""
    VARIANT = 3
    """What is added to a scene, and in which colours it is drawn."""
    ACTIONS = 4
    """Actions to choose from, where there is no end of them."""
    CUT = 5
    """Where an expert's episode is cut for the comparison of mutants."""
    SCENE = 6
    """Which arrangements of a world are shown, and where the agent stands in them."""
    SEARCH = 7
    """What a search does where it starts."""
    MISSION = 8
    """Which other mission a layout is given."""
