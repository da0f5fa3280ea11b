"""The two readings of a picture: a grid of equal tiles, or things on a plain ground.

Both are kept where both are possible. The grid comes first, unless something that is shown
refutes it: its lines are looked for in every picture, and a thing that moves by less than a
tile is not on it. What is refuted comes last rather than not at all, since a background of
tiles may still tell what is wanted.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from synth import vision
from synth.models.builtin.things import PLAIN, SMALLEST, Palette, scenery_of
from synth.models.builtin.tiles import tile_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from synth.prompts.requests import Demonstration, Shot

    _Codes = NDArray[np.uint32]

__all__ = ["Reading", "readings", "unreadable"]

LEAST_PART = 16
"""What is taken for a thing that moves covers at least this part of a tile: a sprite that
turns on the spot may move an eye by three pixels, and is on the grid all the same."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way of looking at all the pictures of a request.

    Attributes:
        tile: Side of a tile in pixels; 0 where pictures are things on a plain ground.
        scenery: Ground and known colours, where they are that.
        against: What refutes it, in words; empty where nothing does.
    """

    tile: int
    scenery: Palette | None = None
    against: str = ""

    def __str__(self) -> str:
        """``grid of 12-pixel tiles (refuted: ...)``."""
        name = f"grid of {self.tile}-pixel tiles" if self.tile else "things on a plain ground"
        return f"{name} (refuted: {self.against})" if self.against else name

    def wrote(self, source: str) -> bool:
        """Whether a program looks at pictures in this way."""
        return (f"TILE = {self.tile} " if self.tile else "GROUND = (") in source


def readings(
    demonstrations: Sequence[Demonstration], initials: Sequence[_Codes]
) -> tuple[Reading, ...]:
    """The readings of the pictures of demonstrations, the likeliest first; possibly none.

    Args:
        demonstrations: With pictures of one size.
        initials: All initial images, those of complaints included: they share a ground.
    """
    found: list[Reading] = []
    tile = tile_size([vision.pack(s.frame) for d in demonstrations for s in d.shots])
    if tile:
        against = next((why for d in demonstrations if (why := _off_grid(d.shots, tile))), "")
        found.append(Reading(tile, against=against))
    scenery = scenery_of(initials)
    if scenery is not None:
        found.append(Reading(0, scenery))
    return tuple(sorted(found, key=lambda reading: bool(reading.against)))


def unreadable(initials: Sequence[_Codes]) -> str:
    """Why pictures can be read in neither way, with what was measured."""
    height, width = initials[0].shape
    common = min(sum(n for _, n in vision.colours(p)[:1]) / p.size for p in initials)
    return (
        f"images of {width}x{height} pixels that are not a grid of equal square tiles (no size "
        "of tile has few looks), nor things on a plain ground (the commonest colour of an image "
        f"covers {common:.0%}; plain grounds together cover at least {PLAIN:.0%}), are beyond "
        "this synthesiser"
    )


def _off_grid(shots: Sequence[Shot], tile: int) -> str:
    """What moves by less than a tile, and where; empty where nothing is seen to.

    What moves is what differs from the usual look of its place. Only a thing that looks the
    same to the pixel in two pictures counts as one that has moved.
    """
    pictures = [vision.pack(shot.frame) for shot in shots]
    if len(pictures) < 3:  # noqa: PLR2004 - of two looks neither is the usual one
        return ""
    least = max(SMALLEST, tile * tile // LEAST_PART)
    usual = _usual(pictures)
    moving = [vision.blobs(codes != usual, least, diagonal=True) for codes in pictures]
    for i, j in combinations(range(len(pictures)), 2):
        for one in moving[i]:
            for other in moving[j]:
                down, right = other.box[0] - one.box[0], other.box[1] - one.box[1]
                on_grid = down % tile == 0 and right % tile == 0
                if not on_grid and _same(pictures[i], one, pictures[j], other):
                    return (
                        f"a thing moved by {abs(right)} pixels across and {abs(down)} down "
                        f"between {shots[i].name} and {shots[j].name}"
                    )
    return ""


def _usual(pictures: Sequence[_Codes]) -> _Codes:
    """``uint32[H, W]``: what each pixel shows in most pictures."""
    every = np.stack(pictures)
    votes = np.stack([(every == picture).sum(axis=0) for picture in every])
    usual: _Codes = np.take_along_axis(every, votes.argmax(axis=0)[None], axis=0)[0]
    return usual


def _same(codes: _Codes, one: vision.Blob, others: _Codes, other: vision.Blob) -> bool:
    """Whether two groups of pixels are one thing at two places: same shape, same colours."""
    if one.area != other.area or (one.height, one.width) != (other.height, other.width):
        return False
    mask, twin = vision.crop(one.mask, one.box), vision.crop(other.mask, other.box)
    if not np.array_equal(mask, twin):
        return False
    return np.array_equal(vision.crop(codes, one.box)[mask], vision.crop(others, other.box)[mask])
