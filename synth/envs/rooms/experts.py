"""An expert for every room whose errand is known; it may be called anew at any moment.

It reads from the environment's state what is left to do, plans the next leg, and plans again
where a step did not lead where it should have. Done, it goes on until the picture leaves no
doubt, and then looks around.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs.rooms.body import RoomAction, Walker
from synth.envs.rooms.errands import errand_of
from synth.envs.rooms.planning import CELL, FloorField, way
from synth.errors import ExpertFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from synth.envs.rooms.body import Stance
    from synth.envs.rooms.errands import Errand

__all__ = ["bounds", "bring", "fetch", "go_near", "walked", "walker"]

_DEPTHS = (3.0, 2.0, 1.2, 0.0)
"""How far inside the threshold an expert tries to end, in pixels, the best first."""
_MOST_OF = 0.8
"""No deeper than this share of what there is between touching and being out of reach."""
_SLIP = 1e-6


def walker(simulator: Any) -> Iterator[int]:
    """Do the errand, one leg after the other, and look around when it is done.

    Args:
        simulator: After a reset, or later; its ``env``, ``seed`` and ``resolution()`` are used.

    Raises:
        ExpertFailed: What the room asks for is not known, or no way leads there.
    """
    env = simulator.env
    rng = np.random.default_rng([simulator.seed, int(env.step_count)])
    pixel = simulator.resolution() or 0.0
    while True:
        errand = errand_of(env)
        if errand is None:
            raise ExpertFailed(
                f"what {type(env).__name__} asks for is not known; name an expert of your own"
            )
        margin = errand.margin(env)
        deep = min(_DEPTHS[1] * pixel, 0.9 * _MOST_OF * errand.reach)
        moved = False
        if not errand.done(env) or (margin is not None and margin < deep):
            for action in _leg(env, errand, pixel, rng):
                moved = True
                yield action
        if not moved:  # it is done, and as well as it can be
            yield RoomAction.LEFT


def _leg(env: Any, errand: Errand, pixel: float, rng: np.random.Generator) -> Iterator[int]:
    """What is to be done next, up to where the errand looks different."""
    carried = env.agent.carrying
    if errand.verb == "find":
        reach, thing = errand.reach, errand.thing
        yield from _deep(lambda depth: go_near(env, thing, reach, depth, rng), pixel, reach)
    elif carried is not None and carried is errand.thing and errand.verb == "put_next":
        reach, other = errand.reach, errand.other
        yield from _deep(lambda depth: bring(env, other, reach, depth, rng), pixel, reach)
    elif carried is not None:
        yield RoomAction.DROP
    elif errand.done(env):
        yield RoomAction.LEFT
    else:
        yield from fetch(env, errand.thing, rng)


def _deep(attempt: Callable[[float], Iterator[int]], pixel: float, reach: float) -> Iterator[int]:
    """The first way that ends well inside the threshold, or less well."""
    for depth in _DEPTHS:
        # Two things that touch are as near as they come: no use looking for a deeper place.
        if depth * pixel > _MOST_OF * reach:
            continue
        try:
            yield from attempt(depth * pixel)
        except ExpertFailed:
            if depth == _DEPTHS[-1]:
                raise
        else:
            return


def go_near(
    env: Any,
    thing: Any,
    reach: float,
    depth: float,
    rng: np.random.Generator,
    *,
    least: float = 0.0,
) -> Iterator[int]:
    """Walk to within ``reach - depth`` of a thing, and no nearer than `least`, edge to edge.

    Raises:
        ExpertFailed: No way leads there.
    """
    body = Walker(env)
    touching = body.radius + float(thing.radius)

    def far(x: float, z: float) -> float:
        return math.hypot(x - float(thing.pos[0]), z - float(thing.pos[2])) - touching

    floor = FloorField(
        body, lambda x, z: least - CELL <= far(x, z) <= reach - depth + CELL, bounds(env), rng
    )
    plan = way(body, floor, lambda place: least <= far(place.x, place.z) <= reach - depth)
    return walked(env, plan)


def fetch(env: Any, thing: Any, rng: np.random.Generator, *, take: bool = True) -> Iterator[int]:
    """Walk to a thing and pick it up if `take`, from a side from which it can be carried away.

    Raises:
        ExpertFailed: No way leads there.
    """
    body, loaded = Walker(env), Walker(env, load=thing)
    touching = body.radius + float(thing.radius)

    def beside(x: float, z: float) -> bool:
        far = math.hypot(x - float(thing.pos[0]), z - float(thing.pos[2])) - touching
        return far <= 2 * CELL

    def in_hand(place: Stance) -> bool:
        return body.grasped(place) is thing and not loaded.hits(
            *loaded.loaded(place), loaded.load_radius
        )

    at = float(thing.pos[0]), float(thing.pos[2])
    plan = way(body, FloorField(body, beside, bounds(env), rng), in_hand, facing=at)
    return walked(env, plan, *([RoomAction.PICKUP] if take else []))


def bring(
    env: Any,
    other: Any,
    reach: float,
    depth: float,
    rng: np.random.Generator,
    *,
    least: float = 0.0,
    down: bool = True,
) -> Iterator[int]:
    """Carry what is in hand to within ``reach - depth`` of another thing; put it `down` there.

    Raises:
        ExpertFailed: No way leads there.
    """
    body = Walker(env)
    touching = body.load_radius + float(other.radius)
    at = float(other.pos[0]), float(other.pos[2])

    def serves(place: Stance) -> bool:
        x, z = body.loaded(place)
        far = math.hypot(x - at[0], z - at[1]) - touching
        return least <= far <= reach - depth

    def beside(x: float, z: float) -> bool:
        # Head on it stands farthest off, and nearest where it carries past the other thing.
        off = math.hypot(x - at[0], z - at[1]) - body.carry
        return abs(off - touching - (least + reach - depth) / 2) <= (reach - depth) / 2 + CELL

    moves = (RoomAction.FORWARD, RoomAction.LEFT, RoomAction.RIGHT, RoomAction.BACK)
    plan = way(body, FloorField(body, beside, bounds(env), rng), serves, facing=at, moves=moves)
    return walked(env, plan, *([RoomAction.DROP] if down else []))


def walked(env: Any, plan: list[tuple[int, Stance]], *last: int) -> Iterator[int]:
    """A plan's actions, as long as they lead where they should, and then some more."""
    for action, place in plan:
        yield action
        x, _, z = env.agent.pos
        if abs(x - place.x) > _SLIP or abs(z - place.z) > _SLIP:
            return  # chance had a part in it: there is another plan to be made from here
    yield from last


def bounds(env: Any) -> tuple[float, float, float, float]:
    """Least and most x, and least and most z, of the floor."""
    return float(env.min_x), float(env.max_x), float(env.min_z), float(env.max_z)
