"""What changes in a scene, told from backdrops: pictures drawn without the agent.

A change counts where the first backdrop shows a thing. Bare ground looks alike in many
places, a thing does not: what first looked like many another place was ground, and what
appears there has been put down. No kind of thing is known by name, and of the simulator nothing
is read but what it draws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from synth.episode import SceneEvent
from synth.pixels import differing
from synth.vision import pack

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["SceneWatch", "boxes_of", "events_of"]

ALIKE = 6
"""So many places that look the same are ground; of one thing a scene rarely shows so many."""

GAP = 3
"""Changed pixels that are no farther apart belong to one change."""


class SceneWatch:
    """Tells the events of one episode, backdrop by backdrop.

    Args:
        first: ``uint8[H, W, 3]``, the initial backdrop.
    """

    def __init__(self, first: NDArray[np.uint8]) -> None:
        self._first = self._before = first
        self._frame = 0
        self._ground: dict[tuple[int, int, int, int], bool] = {}
        self._events: list[SceneEvent] = []

    @property
    def events(self) -> tuple[SceneEvent, ...]:
        """All events so far, in order."""
        return tuple(self._events)

    def see(self, now: NDArray[np.uint8]) -> None:
        """Take in the backdrop of the next frame."""
        first, before = self._first, self._before
        self._frame, self._before = self._frame + 1, now
        if np.array_equal(before, now):
            return
        for box in boxes_of(differing(before, now)):
            # Only the first backdrop decides what is ground: there a thing that is taken still
            # stands, and where it is put down later there is none yet. So putting a thing down
            # is no event, and taking it is one.
            if box not in self._ground:
                self._ground[box] = _is_ground(first, box)
            if self._ground[box]:
                continue
            top, left, bottom, right = box
            place = (slice(top, bottom), slice(left, right))
            leaves = np.array_equal(before[place], first[place])
            returns = np.array_equal(now[place], first[place])
            self._events.append(SceneEvent(self._frame, box, leaves=leaves, returns=returns))


def events_of(backdrops: Iterable[NDArray[np.uint8]]) -> tuple[SceneEvent, ...]:
    """The events of an episode, in order.

    Args:
        backdrops: T + 1 pictures ``uint8[H, W, 3]``, the initial one first.
    """
    pictures = iter(backdrops)
    watch = SceneWatch(next(pictures))
    for picture in pictures:
        watch.see(picture)
    return watch.events


def boxes_of(changed: NDArray[np.bool_]) -> list[tuple[int, int, int, int]]:
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
    codes = pack(backdrop)
    piece = codes[top:bottom, left:right]
    height, width = piece.shape
    spots = np.lib.stride_tricks.sliding_window_view(codes, piece.shape)
    # Most places differ where the piece shows what is rarest in the picture, or in a corner:
    # only the rest is compared whole.
    colours, counts = np.unique(codes, return_counts=True)
    rarity = counts[np.searchsorted(colours, piece)]
    if int(rarity.min()) < ALIKE:
        return False
    rarest = np.unravel_index(int(rarity.argmin()), piece.shape)
    likely = np.ones(spots.shape[:2], dtype=bool)
    for row, column in (rarest, (0, 0), (height - 1, width - 1)):
        shown = codes[row : row + spots.shape[0], column : column + spots.shape[1]]
        likely &= shown == piece[row, column]
    alike = 0
    for row, column in np.argwhere(likely):
        alike += bool((spots[row, column] == piece).all())
        if alike >= ALIKE:
            return True
    return False
