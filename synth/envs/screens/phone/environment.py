"""The phone as an environment: ``screens/Phone-v0``."""

from __future__ import annotations

import json
from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING, Any

from synth.envs.screens.browser import require_browser
from synth.envs.screens.environment import Grid, Moment, ScreenEnv
from synth.envs.screens.phone.layout import APPS, FEWEST, PLACES, WHERE, PhoneLayout, draw_layout
from synth.envs.screens.serving import address_of
from synth.envs.screens.tab import PAGES, Tab
from synth.errors import EnvironmentFault

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["WORDS", "PhoneEnv"]

WIDTH, HEIGHT = 144, 256
SIDE = 12
"""Of the squares that can be tapped; an icon covers six of them or more."""
SWIPES = {"swipe left": (110, 34), "swipe right": (34, 110)}
"""Columns at which a swipe begins and ends."""
WORDS = ("name", "look")
"""How a mission calls an app."""
KEPT = 256
"""Pictures that are remembered."""


class PhoneEnv(ScreenEnv):
    """A phone of 144 x 256 pixels; the mission is to open an app.

    Actions are taps on squares of 12 pixels, a swipe to either side, and the typing of an app's
    name, which does something where the search is open. The reward is 1 while the app that the
    mission names is open, and nothing ends the episode.

    Args:
        pages: Home pages, 1 to 3.
        folders: On all pages together, 0 to 3.
        hidden: Apps on no page, which only the search finds, 0 to 6.
        where: Where the app that is asked for lies: ``page``, ``folder``, ``search`` or
            ``anywhere``.
        words: Whether the mission says the app's ``name`` or its ``look``.
        render_mode: ``rgb_array`` or ``None``.

    Raises:
        EnvironmentFault: There is no browser here, or no app lies where it should.
    """

    def __init__(
        self,
        pages: int = 1,
        folders: int = 0,
        hidden: int = 0,
        where: str = "page",
        words: str = "name",
        *,
        render_mode: str | None = None,
    ) -> None:
        gestures = (*SWIPES, *(f"type {name}" for name in APPS))
        super().__init__(Grid(WIDTH, HEIGHT, SIDE), gestures, render_mode=render_mode)
        if where not in WHERE or words not in WORDS:
            raise EnvironmentFault(f"a phone has no apps by {where!r}, or words by {words!r}.")
        shown = len(APPS) - hidden
        if (where == "folder" and not folders) or (where == "search" and not hidden):
            raise EnvironmentFault(f"a phone without any has no app by where = {where!r}.")
        if FEWEST * folders >= shown or shown - folders > pages * PLACES:
            raise EnvironmentFault(
                f"{shown} apps do not fit {folders} folders and {pages} pages of {PLACES} places: "
                "hide fewer or more, or change the pages."
            )
        self._draw = partial(draw_layout, pages=pages, folders=folders, hidden=hidden, where=where)
        self._words = words
        self._layout: PhoneLayout | None = None
        self._asked = ""
        self._now: dict[str, Any] = {}
        self._pictures: OrderedDict[str, NDArray[np.uint8]] = OrderedDict()
        require_browser("screens/Phone-v0")
        self._tab = Tab(WIDTH, HEIGHT)
        self._tab.open(f"{address_of(PAGES)}phone/index.html")

    def begin(self, seed: int) -> Moment:
        """Lay out the phone of a seed; see `ScreenEnv.begin`."""
        self.seed = seed
        self._layout = self._draw(seed)
        self._tab.run(f"phone.begin({json.dumps(self._layout.as_json())})")
        return self._ask(self._layout.asked)

    def act(self, action: int) -> Moment:
        """Tap, swipe or type; see `ScreenEnv.act`."""
        if action < len(self.grid):
            self._tab.click(*self.grid.place(action))
        else:
            gesture = self.gestures[action - len(self.grid)]
            if gesture in SWIPES:
                self._tab.drag(*((x, HEIGHT // 2) for x in SWIPES[gesture]))
            else:
                self._tab.run(f"phone.type({json.dumps(gesture.removeprefix('type '))})")
        return self._moment()

    def picture(self) -> NDArray[np.uint8]:
        """The whole phone. The same page looks the same, and is photographed once."""
        key = json.dumps([self.seed, self._now])
        if key not in self._pictures:
            self._pictures[key] = self._tab.photograph(0, 0, WIDTH, HEIGHT)
            if len(self._pictures) > KEPT:
                self._pictures.popitem(last=False)
        self._pictures.move_to_end(key)
        return self._pictures[key].copy()

    def backdrop(self) -> NDArray[np.uint8]:
        """The whole phone: a finger is not drawn."""
        return self.picture()

    def state(self) -> bytes:
        """What is open, by the page itself, and what is asked for."""
        return json.dumps([self.seed, self._asked, self._now]).encode()

    def missions(self) -> tuple[str, ...]:
        """One for each app that lies where the task has it."""
        return tuple(self._name(app) for app in self._begun.askable)

    def instruct(self, mission: str) -> Moment:
        """Ask for another app; see `ScreenEnv.instruct`."""
        for app in self._begun.askable:
            if self._name(app) == mission:
                return self._ask(app)
        raise EnvironmentFault(f"the phone of seed {self.seed} has no mission {mission!r}.")

    def wanted(self) -> list[int]:
        """Taps and gestures that bring the app asked for nearer; see `ScreenEnv.wanted`."""
        return self.towards(self._asked)

    def towards(self, app: str) -> list[int]:
        """Taps and gestures that bring any app nearer to being open; none where it is."""
        found = self._tab.run(f"phone.wanted({json.dumps(app)})")
        return [*self._squares(found["selector"]), *map(self.gesture, found["gestures"])]

    def opens(self, app: str) -> bool:
        """Whether a tap can open an app now."""
        return bool(self._tab.run(f"phone.opens({json.dumps(app)})"))

    def field(self) -> list[int]:
        """Squares of the search field on a home page; none elsewhere."""
        return self._squares("#field")

    def folders(self) -> list[int]:
        """Squares of the folders on this page."""
        return self._squares("#screen [data-folder]")

    def gesture(self, name: str) -> int:
        """The action of a gesture: ``swipe left``, ``type Clock``."""
        return len(self.grid) + self.gestures.index(name)

    @property
    def asked(self) -> str:
        """The app that the mission is about."""
        return self._asked

    def close(self) -> None:
        """Close the tab."""
        self._tab.close()

    @property
    def _begun(self) -> PhoneLayout:
        if self._layout is None:
            raise EnvironmentFault("screens/Phone-v0 was asked before it was reset.")
        return self._layout

    def _squares(self, selector: str) -> list[int]:
        """Squares in which a tap meets an element that a CSS selector names."""
        points = json.dumps(self.grid.places())
        met: list[int] = self._tab.run(f"phone.squares({json.dumps(selector)}, {points})")
        return met

    def _ask(self, app: str) -> Moment:
        self._asked, self.mission = app, self._name(app)
        return self._moment()

    def _name(self, app: str) -> str:
        if self._words == "name":
            return f"open {app}"
        look = APPS[app]
        return f"open the app with the {look.colour} {look.shape}"

    def _moment(self) -> Moment:
        self._now = now = self._tab.run("phone.state()")
        success = now["app"] == self._asked
        truth = {
            "search_open": now["search"] is not None,
            "folder_open": now["folder"] is not None,
            "app_open": now["app"] is not None,
            "right_app_open": success,
        }
        return Moment(float(success), success, ended=False, truth=truth)
