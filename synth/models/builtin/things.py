"""Things on a plain ground: connected pixels of one colour, in pictures that are no grid.

The *ground* is the most common colours of all initial images. The *known* colours are the
others that every initial image has; whatever has neither is a thing in a colour of its
own, so that a block is a block in any colour. Where there are many shades, colours count
as one within a tolerance.

A kind is a colour with one to a few things in every initial image. Where it has several, each
gap in their areas, shapes or places that all initial images share parts them into narrower
kinds.

Textured grounds are not understood: every patch of them would be a thing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import numpy as np

from synth import vision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from synth.models.builtin.view import View

__all__ = [
    "MOST",
    "OTHER",
    "PLAIN",
    "SMALLEST",
    "Palette",
    "Thing",
    "Trait",
    "new_thing_kinds",
    "scenery_of",
    "thing_kinds",
    "things",
]

SMALLEST = 6
"""Smaller groups of pixels are no things."""

MOST = 12
"""Things of a kind that are looked at, the largest first, and colours of their own."""

OTHER = -1
"""Stands for a colour that is neither the ground's nor known."""

FEW_SHADES = 24
TOLERANCE = 24
GROUND_SHARE = 0.25
PLAIN = 0.35
"""The ground covers at least so much of every initial image."""

MOST_THINGS = 6
MOST_KINDS = 12
MOST_COLOURS = 64
"""In pictures of more colours none is looked for that is new."""

INF = float("inf")

APART = {"area": 1.5, "aspect": 1.5, "fill": 1.3}
"""How many times as large the number of the next group is."""

APART_SHARE = 0.2
"""For places: a gap of so much of the picture."""

WORDS = {
    "area": ("small", "large"),
    "aspect": ("wide", "tall"),
    "fill": ("thin", "full"),
    "row": ("upper", "lower"),
    "column": ("left", "right"),
}


@dataclass(frozen=True, slots=True, order=True)
class Trait:
    """A band of a number that a thing has; ``low <= number < high``.

    Attributes:
        feature: ``area``, ``aspect`` (height by width), ``fill`` (of the box), ``row`` or
            ``column`` (of the centre, pixels).
        low: Lower end, ``-inf`` where there is none.
        high: Upper end, ``inf`` where there is none.
        word: ``small``.
    """

    feature: str
    low: float
    high: float
    word: str

    def fits(self, blob: vision.Blob) -> bool:
        """Whether a thing is within the band."""
        return self.low <= number(blob, self.feature) < self.high


@dataclass(frozen=True, slots=True, order=True)
class Thing:
    """A kind of thing.

    Attributes:
        colour: ``0xRRGGBB``, or `OTHER`.
        trait: What else is asked, if anything.
    """

    colour: int
    trait: Trait | None = None


@dataclass(frozen=True, slots=True)
class Palette:
    """What the pictures of a task have in common.

    Attributes:
        ground: Colours of the ground.
        known: Colours of things that every initial image shows.
        tolerance: By how much each channel may differ.
    """

    ground: tuple[int, ...]
    known: tuple[int, ...]
    tolerance: int

    def bare(self, codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
        """``bool[H, W]``: the pixels of the ground."""
        return vision.where(codes, *self.ground, tolerance=self.tolerance)

    def pixels(self, codes: NDArray[np.uint32], colour: int) -> NDArray[np.bool_]:
        """``bool[H, W]``: the pixels of a colour, or of none that is known."""
        if colour == OTHER:
            return ~vision.where(codes, *self.ground, *self.known, tolerance=self.tolerance)
        return vision.where(codes, colour, tolerance=self.tolerance)


def scenery_of(pictures: Sequence[NDArray[np.uint32]]) -> Palette | None:
    """Ground and known colours of initial images, or ``None`` where no ground is plain."""
    pooled: Counter[int] = Counter()
    for colour, count in chain.from_iterable(vision.colours(codes) for codes in pictures):
        pooled[colour] += count
    shades = max((len(vision.colours(codes)) for codes in pictures), default=0)
    tolerance = TOLERANCE if shades > FEW_SHADES else 0
    ordered = sorted(pooled, key=lambda colour: (-pooled[colour], colour))
    palette: list[int] = []
    left = np.array(ordered, np.uint32)
    while left.size and len(palette) < FEW_SHADES:
        palette.append(int(left[0]))
        left = left[~vision.where(left[None], palette[-1], tolerance=tolerance)[0]]
    least = {
        colour: min(vision.count_colour(codes, colour, tolerance=tolerance) for codes in pictures)
        for colour in palette
    }
    size = max(min((codes.size for codes in pictures), default=0), 1)
    ground = tuple(c for c in palette if least[c] >= GROUND_SHARE * size)
    if not ground:
        return None
    known = tuple(c for c in palette if c not in ground and least[c] >= SMALLEST)
    scenery = Palette(ground, known, tolerance)
    bare = min(float(np.mean(scenery.bare(codes))) for codes in pictures)
    anything = all(not scenery.bare(codes).all() for codes in pictures)
    return scenery if bare >= PLAIN and anything else None


def things(codes: NDArray[np.uint32], kind: Thing, scenery: Palette) -> tuple[vision.Blob, ...]:
    """The things of a kind, largest first."""
    if kind.colour == OTHER and not scenery.tolerance:
        taken = {*scenery.ground, *scenery.known}
        found: list[vision.Blob] = []
        for colour, _ in [c for c in vision.colours(codes) if c[0] not in taken][:MOST]:
            found += vision.blobs(codes == colour, SMALLEST, diagonal=True)
    else:
        found = list(vision.blobs(scenery.pixels(codes, kind.colour), SMALLEST, diagonal=True))
    trait = kind.trait
    return tuple(blob for blob in found[:MOST] if trait is None or trait.fits(blob))


def number(blob: vision.Blob, feature: str) -> float:
    """A feature of a thing."""
    match feature:
        case "area":
            return float(blob.area)
        case "aspect":
            return blob.height / blob.width
        case "fill":
            return blob.area / (blob.height * blob.width)
        case "row":
            return blob.centroid[0]
        case _:
            return blob.centroid[1]


def thing_kinds(initials: Sequence[View]) -> tuple[Thing, ...]:
    """The kinds of which every initial image has from one to a few things."""
    scenery = initials[0].scenery
    colours = (*(scenery.known if scenery else ()), OTHER)
    wide = [Thing(colour) for colour in colours]
    narrow = [kind for whole in wide for kind in _parts(whole, initials)]
    found = [kind for kind in (*wide, *narrow) if _everywhere(kind, initials)]
    return tuple(found[:MOST_KINDS])


def new_thing_kinds(initials: Sequence[View], goals: Sequence[View]) -> tuple[Thing, ...]:
    """The kinds that no initial image has and every one of the goal images has."""
    scenery = initials[0].scenery
    if scenery is None or not goals:
        return ()
    shared: set[int] = set.intersection(*({int(c) for c in set(g.codes.flat)} for g in goals))
    fresh = (
        sorted(shared - set(scenery.ground) - set(scenery.known))
        if len(shared) <= MOST_COLOURS
        else []
    )
    return tuple(
        kind
        for kind in (*map(Thing, fresh), Thing(OTHER))
        if all(view.things(kind) for view in goals)
        and not any(view.things(kind) for view in initials)
    )[:MOST_THINGS]


def _everywhere(kind: Thing, initials: Sequence[View]) -> bool:
    return all(1 <= len(view.things(kind)) <= MOST_THINGS for view in initials)


def _parts(whole: Thing, initials: Sequence[View]) -> list[Thing]:
    found = [view.things(whole) for view in initials]
    if max(map(len, found)) < 2:  # noqa: PLR2004 - one thing has no parts
        return []
    parts: list[Thing] = []
    for feature, (lower, upper) in WORDS.items():
        values = sorted(number(blob, feature) for blobs in found for blob in blobs)
        share = initials[0].codes.shape[feature == "column"] * APART_SHARE
        edges = [
            _between(a, b, feature)
            for a, b in pairwise(values)
            if (b - a > share if feature not in APART else b > APART[feature] * a)
        ]
        for low, high in pairwise((-INF, *edges, INF)):
            if edges:
                word = lower if low == -INF else upper if high == INF else "middle"
                parts.append(Thing(whole.colour, Trait(feature, low, high, word)))
    return parts


def _between(a: float, b: float, feature: str) -> float:
    """Far from both, and short to print."""
    return round((a * b) ** 0.5, 2) if feature in {"aspect", "fill"} else float(round((a + b) / 2))
