"""Which pixels of two pictures differ: asked thousands of times by what records and searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["differing"]


def differing(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The pixels in which pictures differ.

    Ten times as quick as ``(one != other).any(axis=-1)``: NumPy reduces a short axis slowly.

    Args:
        one: ``uint8[..., H, W, 3]``.
        other: The same, or what can be compared with it.

    Returns:
        ``bool[..., H, W]``.
    """
    apart = one != other
    differs: NDArray[np.bool_] = apart[..., 0] | apart[..., 1] | apart[..., 2]
    return differs
