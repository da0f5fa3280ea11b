"""Which kinds of thing there are to speak of: those with one to a few in every initial image.

A colour is a kind. Where it has several things, each gap in their areas, shapes or places
that all initial images share parts them into narrower kinds.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from synth.models.builtin.things import OTHER, Thing, Trait, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.models.builtin.view import View

__all__ = ["new_thing_kinds", "thing_kinds"]

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
