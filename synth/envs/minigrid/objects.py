"""What decides how a thing in a grid looks and acts, MiniGrid's own things and a user's.

MiniGrid keys its own cache of tiles by ``thing.encode()``. A user's class whose ``encode`` does
not tell its state apart would be drawn there as whichever state came first, so everything that
an instance holds is looked at here instead.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from minigrid.core.world_object import Ball, Box, Door, Floor, Goal, Key, Lava, Wall, WorldObj

__all__ = ["PLAIN", "Look", "is_minigrids_own", "own_state", "thing_look"]

Look = tuple[Any, ...]

PLAIN = frozenset({Ball, Box, Floor, Goal, Key, Lava, Wall})
"""MiniGrid's own classes that are drawn by their colour alone; a door has more states."""

_SIMPLE = (bool, int, float, str, bytes, type(None))


def is_minigrids_own(thing: Any) -> bool:
    """Whether a thing is of a class that MiniGrid itself brings."""
    kind = type(thing)
    return kind in PLAIN or kind is Door


def thing_look(thing: Any) -> Look | None:
    """Everything that decides a thing's pixels; ``None`` where that cannot be known.

    Args:
        thing: A `WorldObj`, or ``None`` for an empty cell.
    """
    if thing is None:
        return (None,)
    kind = type(thing)
    if kind in PLAIN:
        return (kind, thing.color)
    if kind is Door:
        return (kind, thing.color, thing.is_open, thing.is_locked)
    return own_state(thing)


def own_state(thing: Any) -> Look | None:
    """Class and all attributes of a thing; ``None`` where one of them is beyond comparison.

    A reference to the environment or to any other object may lead anywhere.
    """
    try:
        held = vars(thing)
    except TypeError:
        return None  # a class with slots
    try:
        return (type(thing), *((name, _frozen(held[name])) for name in sorted(held)))
    except _BeyondComparison:
        return None


class _BeyondComparison(Exception):
    """A value that may change without showing it."""


def _frozen(value: Any) -> Look:
    """A value as it is now, hashable; its type goes with it, since ``True == 1 == 1.0``."""
    kind = type(value)
    if kind in _SIMPLE:
        return (kind, value)
    if isinstance(value, (np.generic, np.ndarray)) and value.dtype != object:
        return (value.dtype.str, value.shape, value.tobytes())
    if kind in (tuple, list):
        return (kind, *(_frozen(part) for part in value))
    if isinstance(value, WorldObj) and (state := own_state(value)) is not None:
        return state
    raise _BeyondComparison
