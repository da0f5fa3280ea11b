"""Actions as JSON values: any Gymnasium space that is finite or made of numbers.

A `Space` of Gymnasium knows how to draw an action from its own source of chance; synth's
come from a generator that the caller seeds, and are stored in files, so both are done here.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces

from synth.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MANY", "every_action", "from_json", "has_numbers", "nudged", "random_action"]

MANY = 256
"""A space with more actions than this is not listed."""


def random_action(space: Any, rng: np.random.Generator) -> Any:
    """A JSON value of the space, drawn uniformly.

    Sides of a `Box` without a bound are drawn as Gymnasium does: normal where there is none,
    exponential from the one there is.

    Raises:
        EnvironmentFault: The space is of a kind that synth does not know.
    """
    match space:
        case spaces.Discrete():
            return int(space.start) + int(rng.integers(int(space.n)))
        case spaces.MultiDiscrete():
            return (space.start + rng.integers(space.nvec)).tolist()
        case spaces.MultiBinary():
            return rng.integers(2, size=space.shape).tolist()
        case spaces.Box():
            return _random_box(space, rng).tolist()
        case spaces.Tuple():
            return [random_action(part, rng) for part in space.spaces]
        case _:
            raise _unknown(space)


def from_json(space: Any, value: Any) -> Any:
    """The action that `random_action` or a file gave as a JSON value, as the space wants it.

    Raises:
        TypeError: It is of another shape than the space's actions.
        ValueError: It is not in the space.
        EnvironmentFault: The space is of a kind that synth does not know.
    """
    match space:
        case spaces.Discrete():
            if isinstance(value, bool) or not isinstance(value, int):
                raise TypeError(f"{value!r} is not a whole number")
            action: Any = value
        case spaces.MultiDiscrete() | spaces.MultiBinary() | spaces.Box():
            action = np.asarray(value).astype(space.dtype)
        case spaces.Tuple():
            if not isinstance(value, list | tuple) or len(value) != len(space.spaces):
                raise ValueError(f"{value!r} has not {len(space.spaces)} parts")
            return tuple(from_json(part, v) for part, v in zip(space.spaces, value, strict=True))
        case _:
            raise _unknown(space)
    if not space.contains(action):
        raise ValueError(f"{value!r} is not in {space}")
    return action


def every_action(space: Any) -> tuple[Any, ...] | None:
    """All actions in order; ``None`` where there is no end of them, or more than `MANY`."""
    count = _count(space)
    return tuple(_each(space)) if count is not None and count <= MANY else None


def has_numbers(space: Any) -> bool:
    """Whether a part of the space is a `Box`, so that an action can be nudged."""
    if isinstance(space, spaces.Tuple):
        return any(has_numbers(part) for part in space.spaces)
    return isinstance(space, spaces.Box)


def nudged(space: Any, value: Any, rng: np.random.Generator, size: float) -> Any:
    """A JSON value near another: each number moved by at most `size` of its range.

    A side without bounds counts as two wide, and what is no number stays as it is.
    """
    match space:
        case spaces.Tuple():
            parts = zip(space.spaces, value, strict=True)
            return [nudged(part, v, rng, size) for part, v in parts]
        case spaces.Box():
            bounded = space.bounded_below & space.bounded_above
            low, high = space.low.astype(np.float64), space.high.astype(np.float64)
            reach = size * np.where(
                bounded, np.where(bounded, high, 1) - np.where(bounded, low, -1), 2
            )
            moved = np.asarray(value, np.float64) + rng.uniform(-1, 1, size=space.shape) * reach
            return _as_stored(np.clip(moved, low, high), space)
        case _:
            return value


def _random_box(space: Any, rng: np.random.Generator) -> Any:
    below, above = space.bounded_below, space.bounded_above
    low = np.where(below, space.low, 0).astype(np.float64)
    high = np.where(above, space.high, 0).astype(np.float64)
    tail = rng.exponential(size=space.shape)
    if np.issubdtype(space.dtype, np.integer):
        within: Any = rng.integers(low.astype(np.int64), high.astype(np.int64) + 1)
    else:
        within = low + rng.random(size=space.shape) * (high - low)
    drawn = np.select(
        [below & above, below, above],
        [within, low + tail, high - tail],
        rng.normal(size=space.shape),
    )
    return np.asarray(drawn).astype(space.dtype)


def _as_stored(values: Any, space: Any) -> Any:
    """Rounded to the space's own precision, so that a file gives back the same action."""
    exact = np.rint(values) if np.issubdtype(space.dtype, np.integer) else values
    return np.asarray(exact).astype(space.dtype).tolist()


def _count(space: Any) -> int | None:
    match space:
        case spaces.Discrete():
            return int(space.n)
        case spaces.MultiDiscrete():
            return math.prod(int(n) for n in space.nvec.flat)
        case spaces.MultiBinary():
            return 1 << int(np.prod(space.shape))
        case spaces.Tuple():
            counts: list[int | None] = [_count(part) for part in space.spaces]
            finite = [count for count in counts if count is not None]
            return math.prod(finite) if len(finite) == len(counts) else None
        case spaces.Box():
            return None
        case _:
            raise _unknown(space)


def _each(space: Any) -> Iterator[Any]:
    match space:
        case spaces.Discrete():
            yield from range(int(space.start), int(space.start) + int(space.n))
        case spaces.Tuple():
            for parts in itertools.product(*map(_each, space.spaces)):
                yield list(parts)
        case spaces.MultiBinary():
            for bits in itertools.product((0, 1), repeat=int(np.prod(space.shape))):
                yield np.reshape(bits, space.shape).tolist()
        case _:
            starts, counts = space.start.flat, space.nvec.flat
            sides = [range(int(s), int(s) + int(n)) for s, n in zip(starts, counts, strict=True)]
            for values in itertools.product(*sides):
                yield np.reshape(values, space.nvec.shape).tolist()


def _unknown(space: Any) -> EnvironmentFault:
    return EnvironmentFault(
        f"actions of the kind {type(space).__name__} cannot be recorded. Wrap the environment "
        "so that its actions are Discrete, Box, MultiDiscrete, MultiBinary or a Tuple of these."
    )
