"""What lies where on a phone, drawn from a seed: apps, pages, folders, and the app asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["APPS", "FEWEST", "PLACES", "WHERE", "IconLook", "PhoneLayout", "draw_layout"]

COLOURS = {"red": "#e53935", "blue": "#1e66e5", "green": "#2e9e44", "yellow": "#f9c80e"}
WALLPAPERS = ("#e3ecf7", "#f3e9dc", "#e6f0e3")
TITLES = ("Work", "Play", "Tools")
PLACES = 9
"""On one page."""
FEWEST, INSIDE = 2, 4
"""Fewest and most apps in a folder."""
WHERE = ("page", "folder", "search", "anywhere")
"""Where the app that is asked for may lie."""


@dataclass(frozen=True, slots=True)
class IconLook:
    """What an app's icon shows, on its page as well.

    Attributes:
        shape: ``circle``, ``square``, ``triangle`` or ``star``.
        colour: A key of `COLOURS`.
    """

    shape: str
    colour: str


APPS: Mapping[str, IconLook] = {
    "Camera": IconLook("triangle", "yellow"),
    "Clock": IconLook("circle", "blue"),
    "Mail": IconLook("square", "blue"),
    "Maps": IconLook("triangle", "green"),
    "Music": IconLook("circle", "red"),
    "News": IconLook("star", "red"),
    "Notes": IconLook("square", "green"),
    "Phone": IconLook("circle", "green"),
    "Photos": IconLook("star", "yellow"),
    "Video": IconLook("triangle", "red"),
    "Wallet": IconLook("square", "yellow"),
    "Weather": IconLook("star", "blue"),
}
"""Every shape comes in three colours, and every colour in three shapes."""


@dataclass(frozen=True, slots=True)
class PhoneLayout:
    """One phone.

    Attributes:
        pages: By page the nine places: an app's name, a folder as its title and its apps, or
            ``None`` for an empty one.
        wallpaper: Colour behind the icons.
        askable: Apps that the mission may name.
        asked: The one that it names.
    """

    pages: tuple[tuple[str | tuple[str, tuple[str, ...]] | None, ...], ...]
    wallpaper: str
    askable: tuple[str, ...]
    asked: str

    def as_json(self) -> dict[str, Any]:
        """As the page takes it; what is asked for is not in it."""
        return {
            "apps": {
                name: {"shape": look.shape, "colour": COLOURS[look.colour]}
                for name, look in APPS.items()
            },
            "pages": [[_place(one) for one in page] for page in self.pages],
            "wallpaper": self.wallpaper,
        }


def draw_layout(seed: int, *, pages: int, folders: int, hidden: int, where: str) -> PhoneLayout:
    """The phone of a seed.

    Args:
        seed: Decides everything.
        pages: Home pages, at least one.
        folders: On all pages together; two apps for each, and one more, are not hidden.
        hidden: Apps on no page, which only the search finds.
        where: One of `WHERE`.
    """
    rng = np.random.default_rng(seed)
    names = [str(name) for name in rng.permutation(list(APPS))]
    searched, names = names[:hidden], names[hidden:]
    inside = []
    for left in range(folders - 1, -1, -1):
        most = min(INSIDE, len(names) - FEWEST * left - 1)  # one app stays outside
        inside.append(_take(names, int(rng.integers(FEWEST, most + 1))))
    titles = [TITLES[at] for at in rng.permutation(len(TITLES))[:folders]]
    things: list[Any] = [*names, *zip(titles, inside, strict=True)]
    drawn: list[list[Any]] = [[None] * PLACES for _ in range(pages)]
    # Each thing on a place of its own; the pages fill evenly.
    order = rng.permutation(len(things))
    free = [list(rng.permutation(PLACES)) for _ in range(pages)]
    for turn, at in enumerate(order):
        page = turn % pages
        drawn[page][int(free[page].pop())] = things[at]
    lying = {
        "page": names,
        "folder": [name for apps in inside for name in apps],
        "search": searched,
        "anywhere": list(APPS),
    }
    askable = tuple(sorted(lying[where]))
    return PhoneLayout(
        pages=tuple(tuple(page) for page in drawn),
        wallpaper=WALLPAPERS[int(rng.integers(len(WALLPAPERS)))],
        askable=askable,
        asked=str(rng.choice(askable)),
    )


def _take(names: list[str], number: int) -> tuple[str, ...]:
    """Take so many names from the front."""
    taken = tuple(names[:number])
    del names[:number]
    return taken


def _place(one: str | Sequence[Any] | None) -> dict[str, Any] | None:
    if one is None:
        return None
    if isinstance(one, str):
        return {"app": one}
    return {"folder": one[0], "apps": list(one[1])}
