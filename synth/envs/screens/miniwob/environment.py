"""One task of MiniWoB++ as an environment that can be repeated, and whose end can be seen.

MiniWoB's own environment covers the page the moment an episode ends, counts ten seconds of real
time, and leaves traces of one episode in the next. Here the page's clock stands between actions,
the page of the success stays as it stood, and each episode has a body of its own.
"""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from synth.envs.missing import missing_package
from synth.envs.screens.browser import require_browser
from synth.envs.screens.environment import Grid, Moment, ScreenEnv
from synth.envs.screens.pointer import with_pointer
from synth.envs.screens.serving import address_of
from synth.envs.screens.tab import PAGES, Tab
from synth.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["SIDE", "MiniWoBEnv", "pages", "places"]

WIDTH, HEIGHT, QUERY = 160, 210, 50
"""Of MiniWoB's pages; the mission stands in the rows above."""

SIDE = 10
"""Of the squares that can be clicked, in pixels, where a spec says nothing else."""

SECOND = 1000
"""Milliseconds that pass for the page with each action."""

MOST_MISSIONS = 12
"""So many of a layout's missions are looked for."""


def places(side: int) -> Grid:
    """Where a page can be clicked: the middles of squares of so many pixels."""
    return Grid(WIDTH, HEIGHT - QUERY, side)


class MiniWoBEnv(ScreenEnv):
    """A page of MiniWoB++ below its yellow bar with the mission, 160 x 160 pixels.

    The pointer is drawn where the last click was. An episode ends where the page ends it; its
    reward is the page's own, without the discount for time.

    Args:
        task: The page's name, such as ``click-tab``.
        grid: Side of the squares that can be clicked, in pixels.
        render_mode: ``rgb_array`` or ``None``.

    Raises:
        EnvironmentFault: There is no browser, no package ``miniwob``, or no such page.
    """

    def __init__(self, task: str, grid: int = SIDE, *, render_mode: str | None = None) -> None:
        super().__init__(places(grid), render_mode=render_mode)
        self.task = task
        self._ended = False
        self._tip: tuple[int, int] | None = None
        self._page: NDArray[np.uint8] | None = None
        self._changes: dict[str, dict[str, float]] = {}
        folder = pages()
        if folder is None:
            raise missing_package(f"miniwob/{task}", "miniwob", "synth[screens]")
        require_browser(f"miniwob/{task}")
        self._tab = Tab(WIDTH, HEIGHT)
        self._tab.open(f"{address_of(folder)}miniwob/{task}.html")
        self._tab.run((PAGES / "miniwob.js").read_text(encoding="utf-8"))

    def begin(self, seed: int) -> Moment:
        """Lay out the problem of a seed; see `ScreenEnv.begin`."""
        self.seed = seed
        self._changes = {}
        return self._begin({})

    def act(self, action: int) -> Moment:
        """Click; nothing happens once the episode has ended."""
        x, y = self.grid.place(action)
        if not self._ended:
            self._tab.click(x, y + QUERY)
            self._tip, self._page = (x, y), None
        return self._later()

    def picture(self) -> NDArray[np.uint8]:
        """The page below the mission, with the pointer."""
        page = self.backdrop()
        return page.copy() if self._tip is None else with_pointer(page, self._tip)

    def backdrop(self) -> NDArray[np.uint8]:
        """The page below the mission."""
        if self._page is None:
            self._page = self._tab.photograph(0, QUERY, WIDTH, HEIGHT - QUERY)
        return self._page

    def state(self) -> bytes:
        """Mission, page, what is typed and ticked, and where the pointer is."""
        return f"{self._tip} {self._tab.run('wob.state()')}".encode()

    def missions(self) -> tuple[str, ...]:
        """Missions of the same layout, found by changing one draw of chance at a time."""
        if not self._changes:
            self._changes = dict(self._tab.run(f"wob.missions({self.seed}, {MOST_MISSIONS})"))
            self._begin({})
        return tuple(self._changes)

    def instruct(self, mission: str) -> Moment:
        """Lay out the same problem with other words; see `ScreenEnv.instruct`."""
        if mission not in self.missions():
            raise EnvironmentFault(
                f"{self.task}, seed {self.seed}, cannot be given the mission {mission!r}."
            )
        return self._begin(self._changes[mission])

    def wanted(self) -> list[int]:
        """Squares in which an element lies that the mission asks for; see `ScreenEnv.wanted`."""
        points = [(x, y + QUERY) for x, y in self.grid.places()]
        asked = f"{json.dumps(self.task)}, {json.dumps(points)}"
        found: list[int] = self._tab.run(f"wob.places({asked})")
        return found

    def close(self) -> None:
        """Close the tab."""
        self._tab.close()

    def _begin(self, changes: Mapping[str, float]) -> Moment:
        self.mission = self._tab.run(f"wob.begin({self.seed}, {json.dumps(changes)})")
        self._tip = self._page = None
        return self._later()

    def _later(self) -> Moment:
        """What has come of it once a second has passed."""
        reward = self._tab.run(f"still.pass({SECOND}); wob.outcome()")
        self._ended = reward is not None
        success = self._ended and reward >= 1
        return Moment(float(reward or 0.0), success, self._ended, {"ended": self._ended})


def pages() -> Path | None:
    """Where the package ``miniwob`` keeps its pages; ``None`` where it is not installed."""
    found = find_spec("miniwob")
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "html"
