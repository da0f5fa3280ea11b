"""What every screen has in common as a `gymnasium.Env`: pictures in, taps and texts out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np
from gymnasium import spaces

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["Grid", "Moment", "ScreenEnv", "TapEnv"]


@dataclass(frozen=True, slots=True)
class Grid:
    """The places of a picture that can be tapped: the middles of equal squares.

    Attributes:
        width: Of the picture, in pixels.
        height: Likewise.
        side: Of a square, in pixels.
    """

    width: int
    height: int
    side: int

    @property
    def columns(self) -> int:
        """Squares in a row."""
        return self.width // self.side

    @property
    def rows(self) -> int:
        """Squares in a column."""
        return self.height // self.side

    def __len__(self) -> int:
        """All squares; their numbers go row by row."""
        return self.columns * self.rows

    def place(self, number: int) -> tuple[int, int]:
        """Column and row of the pixel in the middle of a square."""
        row, column = divmod(number, self.columns)
        return column * self.side + self.side // 2, row * self.side + self.side // 2

    def places(self) -> list[tuple[int, int]]:
        """All of them, by number."""
        return [self.place(number) for number in range(len(self))]

    def near(self, number: int, columns: int, rows: int) -> int:
        """The square so many columns and rows away, or the last before the edge."""
        row, column = divmod(number, self.columns)
        row = min(max(row + rows, 0), self.rows - 1)
        column = min(max(column + columns, 0), self.columns - 1)
        return row * self.columns + column


@dataclass(frozen=True, slots=True)
class Moment:
    """What an action has come to, the picture aside.

    Attributes:
        reward: The page's own.
        success: Whether the mission is fulfilled at this moment.
        ended: Whether the episode is over.
        truth: Predicate name to value.
    """

    reward: float
    success: bool
    ended: bool
    truth: Mapping[str, bool]


class TapEnv(gymnasium.Env[Any, Any], ABC):
    """A screen that is tapped on a grid, and nothing else is known of.

    Actions are whole numbers: first the squares of the grid, row by row, then `gestures`.
    Observations are the pictures themselves, ``uint8[H, W, 3]``.

    Args:
        grid: Where it can be tapped.
        gestures: Names of the other actions, in their order.
        render_mode: ``rgb_array`` or ``None``.

    Attributes:
        grid: Where it can be tapped.
        gestures: Names of the other actions.
        actions: How many there are in all.
        seed: Of the present episode.
        mission: The words of the present episode.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 1}  # noqa: RUF012 - as the base has it

    def __init__(
        self, grid: Grid, gestures: tuple[str, ...] = (), *, render_mode: str | None = None
    ) -> None:
        self.grid = grid
        self.gestures = gestures
        self.render_mode = render_mode
        self.actions = len(grid) + len(gestures)
        self.action_space = spaces.Discrete(self.actions)
        self.observation_space = spaces.Box(0, 255, (grid.height, grid.width, 3), np.uint8)
        self.seed = 0
        self.mission = ""

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.uint8], dict[str, Any]]:
        """Begin the episode of a seed, by default one drawn at random."""
        super().reset(seed=seed, options=options)
        if seed is None:
            seed = int(self.np_random.integers(2**31))
        outcome = self.begin(seed)
        return self.picture(), self._info(outcome)

    def step(self, action: Any) -> tuple[NDArray[np.uint8], float, bool, bool, dict[str, Any]]:
        """Tap, or make a gesture."""
        outcome = self.act(int(action))
        return self.picture(), outcome.reward, outcome.ended, False, self._info(outcome)

    def render(self) -> Any:
        """The present picture, ``uint8[H, W, 3]``."""
        return self.picture()

    def action_name(self, action: int) -> str:
        """``tap 75,35``, or the gesture's name."""
        if action < len(self.grid):
            x, y = self.grid.place(action)
            return f"tap {x},{y}"
        return self.gestures[action - len(self.grid)]

    @abstractmethod
    def begin(self, seed: int) -> Moment:
        """Begin the episode of a seed, without a picture."""

    @abstractmethod
    def act(self, action: int) -> Moment:
        """Take one action, without a picture."""

    @abstractmethod
    def picture(self) -> NDArray[np.uint8]:
        """``uint8[H, W, 3]``: what the screen shows now."""

    def _info(self, outcome: Moment) -> dict[str, Any]:
        return {"is_success": outcome.success, "mission": self.mission}


class ScreenEnv(TapEnv):
    """A page that can be asked what it holds, and given another mission."""

    @abstractmethod
    def backdrop(self) -> NDArray[np.uint8]:
        """The same without the pointer, where there is one."""

    @abstractmethod
    def state(self) -> bytes:
        """Equal where all that decides what follows is equal."""

    @abstractmethod
    def missions(self) -> tuple[str, ...]:
        """Missions that the present layout could be given, its own among them."""

    @abstractmethod
    def instruct(self, mission: str) -> Moment:
        """Give an episode that has just begun another of its `missions`."""

    @abstractmethod
    def wanted(self) -> list[int]:
        """Actions of which any brings the mission forward now; none once it is fulfilled."""
