"""Finds actions that bring an agent to where something is so: a search through its own moves.

A field of distances over the floor, from where the search is to end, leads it; what decides is
the body's own rules, so that a plan needs no luck. Each seed finds other parts of the floor hard
to cross, and so experts take different ways.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.envs.rooms.body import RoomAction, Stance, Walker
from synth.errors import ExpertFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np

__all__ = ["FloorField", "way"]

CELL = 0.25
"""Metres of a cell of the floor."""
MOST = 10_000
"""Places looked at before a search is given up."""
GREED = 1.5
"""How much the field counts against the way so far: plans need not be the shortest."""
ROUGH = 0.6
"""A cell costs up to so much more than its size."""
_FAR = 1e9


class FloorField:
    """Distances over the floor to some places, in metres, around walls and things.

    Args:
        body: Who walks.
        ends: Whether a point of the floor, x and z, is where the way may end.
        bounds: Least and most x, least and most z.
        rng: Makes parts of the floor hard to cross; ``None`` leaves it even.
    """

    def __init__(
        self,
        body: Walker,
        ends: Callable[[float, float], bool],
        bounds: tuple[float, float, float, float],
        rng: np.random.Generator | None = None,
    ) -> None:
        self._x, self._z = bounds[0], bounds[2]
        self._columns = int((bounds[1] - bounds[0]) / CELL) + 1
        self._rows = int((bounds[3] - bounds[2]) / CELL) + 1
        count = self._columns * self._rows
        rough = [1.0] * count if rng is None else [1 + ROUGH * v for v in rng.random(count)]
        centres = [self._centre(n) for n in range(count)]
        free = [not body.hits(x, z, body.radius) for x, z in centres]
        self._far = [_FAR] * count
        queue = [(0.0, n) for n in range(count) if free[n] and ends(*centres[n])]
        for _, n in queue:
            self._far[n] = 0.0
        while queue:
            far, n = heapq.heappop(queue)
            if far > self._far[n]:
                continue
            for m, length in self._beside(n):
                new = far + length * rough[m]
                if free[m] and new < self._far[m]:
                    self._far[m] = new
                    heapq.heappush(queue, (new, m))
        self._down = [self._steepest(n) for n in range(count)]

    def left(self, x: float, z: float) -> tuple[float, tuple[float, float] | None]:
        """Metres left from a point, and the direction to take, x and z, if any."""
        column = min(self._columns - 1, max(0, int((x - self._x) / CELL)))
        row = min(self._rows - 1, max(0, int((z - self._z) / CELL)))
        n = row * self._columns + column
        down = self._down[n]
        if down is None:
            return self._far[n], None
        to_x, to_z = self._centre(down)
        length = math.hypot(to_x - x, to_z - z) or 1.0
        return self._far[down] + length, ((to_x - x) / length, (to_z - z) / length)

    def _centre(self, n: int) -> tuple[float, float]:
        row, column = divmod(n, self._columns)
        return self._x + (column + 0.5) * CELL, self._z + (row + 0.5) * CELL

    def _beside(self, n: int) -> Iterable[tuple[int, float]]:
        row, column = divmod(n, self._columns)
        for dr in (-1, 0, 1):
            for dc in (-1, 0, 1):
                r, c = row + dr, column + dc
                if (dr or dc) and 0 <= r < self._rows and 0 <= c < self._columns:
                    yield r * self._columns + c, CELL * math.hypot(dr, dc)

    def _steepest(self, n: int) -> int | None:
        """A cell two steps down from here, which tells a direction better than the next one."""
        at = n
        for _ in range(2):
            lowest = min((m for m, _ in self._beside(at)), key=self._far.__getitem__, default=at)
            if self._far[lowest] >= self._far[at]:
                break
            at = lowest
        return None if at == n else at


def way(
    body: Walker,
    floor: FloorField,
    there: Callable[[Stance], bool],
    *,
    facing: tuple[float, float] | None = None,
    moves: tuple[int, ...] = (RoomAction.FORWARD, RoomAction.LEFT, RoomAction.RIGHT),
) -> list[tuple[int, Stance]]:
    """Actions to a place that serves, each with the place where it leads.

    Args:
        body: Who walks, from where it stands.
        floor: Leads the search.
        there: Whether a place serves.
        facing: The point, x and z, to look at in the end, where that matters.
        moves: What may be done; a step back is for those who have no room to turn.

    Raises:
        ExpertFailed: There is no way, or none was found.
    """
    if floor.left(body.start.x, body.start.z)[0] >= _FAR:
        raise ExpertFailed("no way leads from here to where it is to go")
    ahead = [(0.0, 0, _Node(body.start))]
    closed: set[tuple[int, int, int]] = set()
    made = 0
    while ahead and len(closed) < MOST:
        node = heapq.heappop(ahead)[2]
        key = _key(body, node.place)
        if key in closed:
            continue
        if there(node.place):
            return node.traced()
        closed.add(key)
        for action in moves:
            to = body.after(node.place, action)
            if to is not None and _key(body, to) not in closed:
                made += 1  # the older of two that are equal comes first
                new = _Node(to, node, action, node.cost + 1)
                heapq.heappush(
                    ahead, (new.cost + GREED * _left(body, floor, to, facing), made, new)
                )
    raise ExpertFailed(
        "no way leads from here to where it is to go" if not ahead else "no way was found in time"
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Node:
    """A place and the way to it.

    Attributes:
        place: Where.
        before: The node before it, or ``None`` at the start.
        action: What led from there to here.
        cost: Actions so far.
    """

    place: Stance
    before: _Node | None = None
    action: int = -1
    cost: int = 0

    def traced(self) -> list[tuple[int, Stance]]:
        found: list[tuple[int, Stance]] = []
        at: _Node | None = self
        while at is not None and at.before is not None:
            found.append((at.action, at.place))
            at = at.before
        return found[::-1]


def _left(
    body: Walker, floor: FloorField, place: Stance, facing: tuple[float, float] | None
) -> float:
    """Steps and turns that may be left."""
    far, ahead = floor.left(place.x, place.z)
    if ahead is None and facing is not None:
        to_x, to_z = facing[0] - place.x, facing[1] - place.z
        length = math.hypot(to_x, to_z) or 1.0
        ahead = to_x / length, to_z / length
    if ahead is None:
        return far / body.step
    x, z = body.heading(place)
    off = math.acos(max(-1.0, min(1.0, x * ahead[0] + z * ahead[1])))
    return far / body.step + off / body.turn


def _key(body: Walker, place: Stance) -> tuple[int, int, int]:
    """Places a few centimetres apart are one."""
    return round(place.x / 0.05), round(place.z / 0.05), place.turns % body.headings
