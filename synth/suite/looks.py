"""The look of a thing, and where else it is seen: all that is known of a thing that moves.

A thing's look is its place in the first picture of an episode. Where that look can be told from
everything else there, and is not altered by where the agent is, a later picture shows where
the thing lies. Nothing is known of what it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from synth.vision import pack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synth.episode import Episode, EpisodeStore
    from synth.suite.scene_events import Place
    from synth.vision import Box

__all__ = ["came_from_elsewhere", "cut", "look_of", "overlap", "spots", "unmoved"]

Picture = TypeVar("Picture", bound=np.generic)
LEAST = 12
"""Pixels of a look that can be told from chance; it must have two colours at least, too."""


def cut(picture: NDArray[Picture], box: Box) -> NDArray[Picture]:
    """The part of a picture ``[H, W]`` that lies in a box."""
    top, left, bottom, right = box
    return picture[top:bottom, left:right]


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes share a pixel."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def look_of(picture: NDArray[np.uint32], box: Box) -> NDArray[np.uint32] | None:
    """What a picture shows in a box, where it shows it nowhere else.

    Args:
        picture: Codes ``uint32[H, W]``.
        box: The place.

    Returns:
        Codes of the box's size; ``None`` where it cannot be told from other places.
    """
    look = cut(picture, box)
    if look.size < LEAST or (look == look[0, 0]).all() or len(spots(picture, look)) != 1:
        return None
    return look


def spots(picture: NDArray[np.uint32], look: NDArray[np.uint32]) -> list[tuple[int, int]]:
    """Where a look of two colours is seen in a picture: rows and columns of its top left corner."""
    height, width = look.shape
    row, column = (int(i) for i in np.argwhere(look != look[0, 0])[0])
    rows, columns = picture.shape[0] - height + 1, picture.shape[1] - width + 1
    may = (picture[:rows, :columns] == look[0, 0]) & (
        picture[row : row + rows, column : column + columns] == look[row, column]
    )
    return [
        (int(r), int(c))
        for r, c in np.argwhere(may)
        if (picture[r : r + height, c : c + width] == look).all()
    ]


def came_from_elsewhere(store: EpisodeStore, episode: Episode, box: Box, at: int) -> bool:
    """Whether something that lay elsewhere at first lies in a box on a frame.

    A key that is laid down where a ball was taken away brings the ball back in no way. What is
    too small or too plain to be told from chance came from nowhere.

    Args:
        store: Where the pictures are.
        episode: The episode.
        box: The place.
        at: The frame.
    """
    first, now = (pack(store.frames[episode.frame_index[t]]) for t in (0, at))
    look = cut(now, box)
    if look.size < LEAST or (look == look[0, 0]).all():
        return False
    return any(spot != box[:2] for spot in spots(first, look))


def unmoved(store: EpisodeStore, episode: Episode, place: Place, at: int) -> bool:
    """Whether a thing is beyond doubt the same on a frame as on the one before.

    What changes where a thing was at first is an event. Where it lies else is sought by its
    look, so that nothing is certain of a thing that is away and whose look is not its own.

    Args:
        store: Where the pictures are.
        episode: The episode.
        place: The thing's first place, with the events there.
        at: The frame, at least 1.
    """
    if any(change.frame == at for change in place.changes):
        return False
    before = [change for change in place.changes if change.frame < at]
    # One place may have been several until something reached over them: the last event must
    # have brought back all of it.
    if not before or (before[-1].returns and before[-1].box == place.box):
        return True
    first = place.changes[0]
    frames = [pack(store.frames[episode.frame_index[t]]) for t in (0, first.frame - 1, at - 1, at)]
    look = look_of(frames[0], first.box)
    # Light that goes with the agent, or the agent itself before the thing, alters the look.
    if look is None or not np.array_equal(look, cut(frames[1], first.box)):
        return False
    return spots(frames[2], look) == spots(frames[3], look)
