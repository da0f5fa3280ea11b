"""Whether an episode that was played again is still the same episode.

What tells is what anyone could see: when success comes, and which pixels of the pictures
change. No simulator state is read, and no truth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.pixels import differing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synth.perturbations.base import Replay

__all__ = ["agrees", "changes_alike", "lies_still"]


def agrees(played: Replay, plain: Replay) -> bool:
    """Whether success came and stayed away at the same steps."""
    return np.array_equal(played.success, plain.success)


def lies_still(plain: NDArray[np.uint8], changed: NDArray[np.uint8]) -> bool:
    """Whether the pictures differ where things were added and nowhere else, at every step.

    Where the plain picture looks as at first, so must the changed one: what was added has
    then not been moved, taken or covered.

    Args:
        plain: ``uint8[T+1, H, W, 3]``, the episode as recorded.
        changed: The same for the episode with the things.
    """
    added = differing(plain[0], changed[0])
    differs = differing(plain, changed)
    as_at_first = ~differing(plain, plain[0]) & added
    disturbed = as_at_first & differing(changed, changed[0])
    return bool(added.any()) and not (differs & ~added).any() and not disturbed.any()


def changes_alike(plain: NDArray[np.uint8], changed: NDArray[np.uint8]) -> bool:
    """Whether the same pixels change at every step, and are other than at first alike.

    A colour in which one thing hides before another does not pass.

    Args:
        plain: ``uint8[T+1, H, W, 3]``, the episode as recorded.
        changed: The same for the episode in other colours.
    """
    if np.array_equal(plain[0], changed[0]):
        return False
    return all(
        np.array_equal(differing(plain[1:], one), differing(changed[1:], other))
        for one, other in ((plain[:-1], changed[:-1]), (plain[0], changed[0]))
    )
