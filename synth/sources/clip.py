"""One filmed episode as it was found: its pictures, and what came with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Clip"]


@dataclass(frozen=True, eq=False, slots=True)
class Clip:
    """One episode of a source.

    Attributes:
        name: Its path within the source without the suffix: ``success/0003``.
        frames: Gives ``uint8[H, W, 3]``, one after the other; nothing is decoded before.
        success: ``bool[T+1]`` where the source itself tells it frame by frame.
        judged: ``bool[T+1]`` where it tells on which of them that is known.
        actions: T JSON values, where it tells them.
        rewards: ``float64[T]``, where it tells them.
        mission: The episode's words, where it has any.
    """

    name: str
    frames: Callable[[], Iterator[NDArray[np.uint8]]]
    success: NDArray[np.bool_] | None = None
    judged: NDArray[np.bool_] | None = None
    actions: tuple[Any, ...] | None = None
    rewards: NDArray[np.float64] | None = None
    mission: str | None = None
