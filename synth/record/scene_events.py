"""What changes in a scene, told from backdrops: pictures drawn without the one who acts.

A change counts where the first backdrop shows a thing. Bare ground looks alike in many
places, a thing does not: what first looked like many another place was ground, and what
appears there has been put down. Nothing here knows what a thing is, and no simulator state
is read but what it draws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from synth.episode import SceneEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["changes_of"]

ALIKE = 6
"""So many places that look the same are ground."""

GAP = 3
"""Changed pixels that are no farther apart belong to one change."""


def changes_of(backdrops: Sequence[NDArray[np.uint8]]) -> tuple[SceneEvent, ...]:
    """The changes of an episode, in order.

    Args:
        backdrops: T + 1 pictures ``uint8[H, W, 3]``, the initial one first.
    """
    first = backdrops[0]
    found: list[SceneEvent] = []
    ground: dict[tuple[int, int, int, int], bool] = {}
    for t in range(1, len(backdrops)):
        before, now = backdrops[t - 1], backdrops[t]
        if np.array_equal(before, now):
            continue
        for box in _boxes((before != now).any(axis=-1)):
            if box not in ground:
                ground[box] = _is_ground(first, box)
            if ground[box]:
                continue
            top, left, bottom, right = box
            place = (slice(top, bottom), slice(left, right))
            leaves = np.array_equal(before[place], first[place])
            returns = np.array_equal(now[place], first[place])
            found.append(SceneEvent(t, box, leaves=leaves, returns=returns))
    return tuple(found)


def _boxes(changed: NDArray[np.bool_]) -> list[tuple[int, int, int, int]]:
    """Boxes of groups of changed pixels, small gaps bridged."""
    near = ndimage.binary_dilation(changed, np.ones((GAP, GAP), dtype=bool))
    labels, count = ndimage.label(near, np.ones((3, 3), dtype=bool))
    boxes = []
    for group in range(1, count + 1):
        rows, columns = np.nonzero((labels == group) & changed)
        boxes.append(
            (int(rows.min()), int(columns.min()), int(rows.max()) + 1, int(columns.max()) + 1)
        )
    return boxes


def _is_ground(backdrop: NDArray[np.uint8], box: tuple[int, int, int, int]) -> bool:
    """Whether the place looks like many others of the picture."""
    top, left, bottom, right = box
    wide = backdrop.astype(np.uint32)
    codes = wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2]
    piece = codes[top:bottom, left:right]
    height, width = piece.shape
    spots = np.lib.stride_tricks.sliding_window_view(codes, piece.shape)
    # Most places differ in one corner already: only the rest is compared whole.
    corners = (
        (codes[: spots.shape[0], : spots.shape[1]] == piece[0, 0])
        & (codes[height - 1 :, width - 1 :] == piece[-1, -1])
        & (
            codes[height // 2 :, width // 2 :][: spots.shape[0], : spots.shape[1]]
            == piece[height // 2, width // 2]
        )
    )
    alike = 0
    for row, column in np.argwhere(corners):
        alike += bool((spots[row, column] == piece).all())
        if alike >= ALIKE:
            return True
    return False
