"""Near misses and other routes that need to know what a room asks for.

They plan with the expert's own search, to other ends: just out of reach, to another thing, to
where something is put down too far off. Importing this module needs no simulator.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from synth.envs.recipe import way_of
from synth.envs.rooms.body import RoomAction, Walker
from synth.envs.rooms.errands import errand_of
from synth.envs.rooms.experts import bounds, bring, fetch, go_near, walked
from synth.envs.rooms.planning import FloorField, way
from synth.errors import ExpertFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np

    from synth.envs.base import Policy
    from synth.envs.recipe import Aim, Recipe
    from synth.envs.rooms.errands import Errand

    Way = Callable[[Any, Policy, np.random.Generator], Iterator[int]]

__all__ = ["RECIPES"]

_SHORT = (1.5, 4.5)
"""How far out of reach is just out of reach, in pixels."""
_STROLL = 1.0
"""Metres to the place of a stroll, at least."""
_LOOKS = 3
"""Turns with which an agent looks around where it has come to."""


def _stop_short(simulator: Any, _expert: Policy, rng: np.random.Generator) -> Iterator[int]:
    errand = _errand(simulator)
    if errand.verb == "put_next":
        yield from _take(simulator, errand.thing, rng)
    yield from _short(simulator, rng)
    yield from [RoomAction.RIGHT] * _LOOKS


def _wrong_thing(simulator: Any, _expert: Policy, rng: np.random.Generator) -> Iterator[int]:
    yield from _with_another(simulator, rng)
    yield from _stop_short(simulator, _expert, rng)


def _undo(simulator: Any, expert: Policy, _rng: np.random.Generator) -> Iterator[int]:
    errand = _errand(simulator)
    if errand.vanishes:
        raise ExpertFailed("what is taken is gone, and cannot be put back")
    if errand.verb == "find" and RoomAction.BACK not in simulator.actions():
        raise ExpertFailed("the agent cannot step back")
    # The episode soon ends: what undoes success must be quick.
    undoes = {"find": RoomAction.BACK, "lift": RoomAction.DROP, "put_next": RoomAction.PICKUP}
    yield from [RoomAction.LEFT, RoomAction.RIGHT]
    yield from _until_done(simulator, expert)
    while True:
        yield undoes[errand.verb]


def _hold_beside(simulator: Any, _expert: Policy, rng: np.random.Generator) -> Iterator[int]:
    errand = _errand(simulator)
    if errand.verb != "put_next":
        raise ExpertFailed("there is nothing to put down")
    yield from _take(simulator, errand.thing, rng)
    yield from bring(simulator.env, errand.other, errand.reach, 0.0, rng, down=False)
    yield from [RoomAction.LEFT, RoomAction.RIGHT] * _LOOKS
    yield from _short(simulator, rng)


def _another_first(simulator: Any, expert: Policy, rng: np.random.Generator) -> Iterator[int]:
    yield from _with_another(simulator, rng)
    yield from expert(simulator)


def _elsewhere_first(simulator: Any, expert: Policy, rng: np.random.Generator) -> Iterator[int]:
    errand = _errand(simulator)
    if errand.verb == "find" or errand.vanishes:
        raise ExpertFailed("there is nothing to put down elsewhere")
    yield from _take(simulator, errand.thing, rng)
    yield from _stroll(simulator.env, rng)
    yield RoomAction.DROP
    yield from expert(simulator)


def _other_way_round(simulator: Any, _expert: Policy, rng: np.random.Generator) -> Iterator[int]:
    errand = _errand(simulator)
    if errand.verb != "put_next":
        raise ExpertFailed("there are no two things to put together")
    yield from _take(simulator, errand.other, rng)
    pixel = simulator.resolution() or 0.0
    yield from bring(simulator.env, errand.thing, errand.reach, 2 * pixel, rng)
    yield from [RoomAction.RIGHT] * _LOOKS


def _stroll_first(simulator: Any, expert: Policy, rng: np.random.Generator) -> Iterator[int]:
    yield from _stroll(simulator.env, rng)
    yield from expert(simulator)


def _short(simulator: Any, rng: np.random.Generator) -> Iterator[int]:
    """What is asked for, but for the last bit of the way."""
    env, errand = simulator.env, _errand(simulator)
    pixel = simulator.resolution() or 0.0
    least, most = (errand.reach + bands * pixel for bands in _SHORT)
    if errand.verb == "lift":
        if env.agent.carrying is not None:
            yield RoomAction.DROP
        yield from fetch(env, errand.thing, rng, take=False)
    elif errand.verb == "find":
        yield from go_near(env, errand.thing, most, 0.0, rng, least=least)
    else:
        yield from bring(env, errand.other, most, 0.0, rng, least=least)


def _with_another(simulator: Any, rng: np.random.Generator) -> Iterator[int]:
    """What is asked for, done with a thing that is not asked for.

    Raises:
        ExpertFailed: There is no other thing.
    """
    env, errand = simulator.env, _errand(simulator)
    wanted = (errand.thing, errand.other, env.agent)
    others = [e for e in env.entities if not e.is_static and all(e is not w for w in wanted)]
    if not others:
        raise ExpertFailed("there is no other thing")
    pixel = simulator.resolution() or 0.0
    another = others[int(rng.integers(len(others)))]
    if errand.verb == "find":
        yield from go_near(env, another, errand.reach, 2 * pixel, rng)
        yield from [RoomAction.RIGHT] * _LOOKS
    elif errand.verb == "lift":
        yield from _take(simulator, another, rng)
        yield from [RoomAction.RIGHT, RoomAction.DROP]
    elif rng.random() < 0.5:  # noqa: PLR2004 - even odds: the wrong one is carried, or the wrong one gets it
        yield from _take(simulator, another, rng)
        yield from bring(env, errand.other, errand.reach, 2 * pixel, rng)
    else:
        yield from _take(simulator, errand.thing, rng)
        yield from bring(env, another, errand.reach, 2 * pixel, rng)


def _take(simulator: Any, thing: Any, rng: np.random.Generator) -> Iterator[int]:
    """Have a thing in hand.

    Raises:
        ExpertFailed: It is not, after three attempts.
    """
    env = simulator.env
    for _ in range(3):
        if env.agent.carrying is thing:
            return
        if env.agent.carrying is not None:
            yield RoomAction.DROP
        yield from fetch(env, thing, rng)
    raise ExpertFailed("a thing cannot be picked up")


def _until_done(simulator: Any, expert: Policy) -> Iterator[int]:
    """The expert, until the errand is done and the picture leaves no doubt."""
    pixel = simulator.resolution() or 0.0
    for action in expert(simulator):
        yield action
        errand = _errand(simulator)
        margin = errand.margin(simulator.env)
        if errand.done(simulator.env) and (margin is None or margin > 1.2 * pixel):
            return


def _stroll(env: Any, rng: np.random.Generator) -> Iterator[int]:
    """Walk to a place drawn at random.

    Raises:
        ExpertFailed: None of some can be reached.
    """
    body = Walker(env)
    left, right, top, bottom = bounds(env)
    for _ in range(10):
        x, z = float(rng.uniform(left, right)), float(rng.uniform(top, bottom))
        away = math.hypot(x - body.start.x, z - body.start.z)
        if away < _STROLL + body.radius or body.hits(x, z, body.radius):
            continue

        def near(at_x: float, at_z: float, x: float = x, z: float = z) -> bool:
            return math.hypot(at_x - x, at_z - z) <= body.radius

        try:
            plan = way(
                body, FloorField(body, near, bounds(env)), lambda place: near(place.x, place.z)
            )
        except ExpertFailed:
            continue
        yield from walked(env, plan)
        return
    raise ExpertFailed("there is nowhere to go")


def _errand(simulator: Any) -> Errand:
    errand = errand_of(simulator.env)
    if errand is None or (errand.thing is None and not errand.vanishes):
        raise ExpertFailed("what the environment asks for is not known")
    return errand


def _recipe(key: str, name: str, aim: Aim, act: Way) -> Recipe:
    return way_of(
        key, name, aim, lambda simulator, _shown, expert, rng: act(simulator, expert, rng)
    )


RECIPES: tuple[Recipe, ...] = (
    _recipe("short", "an agent that stops just short", "near", _stop_short),
    _recipe(
        "wrong-thing",
        "an agent that takes another thing for the right one, and then stops just short",
        "near",
        _wrong_thing,
    ),
    _recipe("undo", "the expert, undoing what it did", "near", _undo),
    _recipe(
        "hold-beside",
        "a thing held where it should lie, and put down too far off",
        "near",
        _hold_beside,
    ),
    _recipe(
        "another-first", "another thing taken for the right one first", "route", _another_first
    ),
    _recipe("elsewhere-first", "the thing put down elsewhere first", "route", _elsewhere_first),
    _recipe("other-way-round", "the other thing brought to the first", "route", _other_way_round),
    _recipe("stroll", "a stroll before anything else", "route", _stroll_first),
)
