"""Near misses and other routes of the table: the wrong thing, the wrong place, beside, undone.

Each is the expert with another end in mind, or its last move a little off. Importing this module
needs no simulator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from synth.envs.recipe import way_of
from synth.envs.tabletop.altering import displaced, exchanged, places_of, replaced
from synth.envs.tabletop.goals import Inside, Piled
from synth.envs.tabletop.oracle import carry, idle, next_move, spare_place
from synth.errors import ExpertFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from synth.envs import Policy
    from synth.envs.recipe import Aim, Recipe
    from synth.envs.tabletop.goals import Goal
    from synth.envs.tabletop.moves import ArmMove
    from synth.envs.tabletop.things import TableThing
    from synth.episode import Rollout

    Way = Callable[[Any, Rollout, np.random.Generator], Iterator[ArmMove]]

__all__ = ["RECIPES"]

Same = Literal["colour", "kind"]
_WORD: Mapping[Same, str] = {"colour": "colour", "kind": "shape"}

_MOST = 12
"""Moves towards another end, at most."""


def _towards(env: Any, goal: Goal, rng: np.random.Generator) -> Iterator[ArmMove]:
    """The expert's moves towards a goal, until it is reached."""
    for _ in range(_MOST):
        move = next_move(goal, env.scene, rng)
        if move is None:
            return
        yield move


def _alike(things: list[TableThing], one: TableThing, same: Same) -> list[TableThing]:
    """Those of the same colour and another shape, or the other way round."""
    differs = "kind" if same == "colour" else "colour"
    return [
        thing
        for thing in things
        if getattr(thing, same) == getattr(one, same)
        and getattr(thing, differs) != getattr(one, differs)
    ]


def _others(env: Any) -> list[TableThing]:
    """Things that could be moved, and that the goal is not about."""
    wanted = env.goal.deciding()
    return [thing for thing in env.scene.movable() if thing not in wanted]


def _any(things: list[TableThing], rng: np.random.Generator) -> TableThing:
    return things[int(rng.integers(len(things)))]


def _wrong_thing(same: Same) -> Way:
    def way(env: Any, _shown: Rollout, rng: np.random.Generator) -> Iterator[ArmMove]:
        wanted = env.goal.deciding()
        others = _others(env)
        pairs = [(one, other) for one in wanted for other in _alike(others, one, same)]
        if not pairs:
            raise ExpertFailed(f"nothing else has the {_WORD[same]} of what is asked for")
        one, other = pairs[int(rng.integers(len(pairs)))]
        yield from _towards(env, replaced(env.goal, one, other), rng)

    return way


def _wrong_place(same: Same) -> Way:
    def way(env: Any, _shown: Rollout, rng: np.random.Generator) -> Iterator[ArmMove]:
        goal = env.goal
        places = places_of(goal)
        if not places:
            raise ExpertFailed("the goal names no place")
        others = [thing for thing in env.scene.things if thing.fixed and thing not in places]
        like = {place: _alike(others, place, same) for place in places}
        if not any(like.values()):
            raise ExpertFailed(f"no other place has the {_WORD[same]} of the right one")
        for place in places:
            if like[place]:
                goal = replaced(goal, place, _any(like[place], rng))
        yield from _towards(env, goal, rng)

    return way


def _exchanged(env: Any, _shown: Rollout, rng: np.random.Generator) -> Iterator[ArmMove]:
    goal = exchanged(env.goal)
    if goal is None:
        raise ExpertFailed("no two things of it can change their roles")
    yield from _towards(env, goal, rng)


def _all_but_last(env: Any, shown: Rollout, rng: np.random.Generator) -> Iterator[ArmMove]:
    """As many of the expert's moves as it needed, less one."""
    for _ in range(len(shown) - 1):
        move = next_move(env.goal, env.scene, rng)
        if move is not None:
            yield move


def _left_undone(env: Any, shown: Rollout, rng: np.random.Generator) -> Iterator[ArmMove]:
    if len(shown) < 2:  # noqa: PLR2004 - without its one move nothing is done
        raise ExpertFailed("it takes one move")
    yield from _all_but_last(env, shown, rng)
    yield idle(env.scene, rng)


def _just_off(env: Any, shown: Rollout, rng: np.random.Generator) -> Iterator[ArmMove]:
    """All but the last move as they should be, and the last one just beside."""
    yield from _all_but_last(env, shown, rng)
    move = next_move(env.goal, env.scene, rng)
    if move is None:
        raise ExpertFailed("it was reached before its last move")
    yield displaced(env.goal, env.scene, move, rng)
    yield idle(env.scene, rng)


def _undone(env: Any, _shown: Rollout, rng: np.random.Generator) -> Iterator[ArmMove]:
    yield from _towards(env, env.goal, rng)
    yield from _take_out(env, rng)
    yield idle(env.scene, rng)


def _one_too_many(env: Any, _shown: Rollout, rng: np.random.Generator) -> Iterator[ArmMove]:
    """Once all is done, another thing goes to the same place."""
    goal = env.goal
    if not isinstance(goal, Inside) or isinstance(goal, Piled):
        raise ExpertFailed("nothing is asked to be inside anything")
    others = _others(env)
    if not others:
        raise ExpertFailed("there is no other thing to move")
    yield from _towards(env, goal, rng)
    yield from _towards(
        env, replaced(goal, _any(list(goal.deciding()), rng), _any(others, rng)), rng
    )
    yield idle(env.scene, rng)


def _again(env: Any, _shown: Rollout, rng: np.random.Generator) -> Iterator[ArmMove]:
    yield from _towards(env, env.goal, rng)
    yield from _take_out(env, rng)
    yield from _towards(env, env.goal, rng)


def _aside_first(env: Any, _shown: Rollout, rng: np.random.Generator) -> Iterator[ArmMove]:
    yield from _take_out(env, rng)
    yield from _towards(env, env.goal, rng)
    yield idle(env.scene, rng)


def _others_first(env: Any, _shown: Rollout, rng: np.random.Generator) -> Iterator[ArmMove]:
    """Another thing is moved about before anything else."""
    others = _others(env)
    if not others or env.task.sweeps:
        raise ExpertFailed("there is no other thing to move")
    other = _any(others, rng)
    yield carry(env.scene, other, spare_place(env.scene, other, rng), _turn(rng), rng)
    yield from _towards(env, env.goal, rng)
    yield idle(env.scene, rng)


def _take_out(env: Any, rng: np.random.Generator) -> Iterator[ArmMove]:
    """Move one of the things that decide to a bare place; a pile into another square."""
    goal, scene = env.goal, env.scene
    if isinstance(goal, Piled):
        squares = [t for t in scene.things if t.fixed and t not in goal.containers]
        move = next_move(replaced(goal, goal.containers[0], _any(squares, rng)), scene, rng)
        if move is not None:
            yield move
        return
    thing = _any(list(goal.deciding()), rng)
    yield carry(scene, thing, spare_place(scene, thing, rng), _turn(rng), rng)


def _turn(rng: np.random.Generator) -> float:
    return float(rng.uniform(-np.pi, np.pi))


def _recipe(key: str, name: str, aim: Aim, way: Way, *, by_deed: bool = False) -> Recipe:
    def act(
        simulator: Any, shown: Rollout, _expert: Policy, rng: np.random.Generator
    ) -> Iterator[list[float]]:
        env = simulator.env
        for move in way(env, shown, rng):
            yield move.action(turns=not env.task.sweeps)

    return way_of(key, name, aim, act, by_deed=by_deed)


RECIPES: tuple[Recipe, ...] = (
    _recipe(
        "wrong-shape",
        "a thing of the right colour and another shape instead of the right one",
        "near",
        _wrong_thing("colour"),
        by_deed=True,
    ),
    _recipe(
        "wrong-colour",
        "a thing of the right shape and another colour instead of the right one",
        "near",
        _wrong_thing("kind"),
        by_deed=True,
    ),
    _recipe("just-off", "the expert, its last move a little off", "near", _just_off),
    _recipe(
        "wrong-place-shape",
        "the right thing at a place of the right colour and another shape",
        "near",
        _wrong_place("colour"),
        by_deed=True,
    ),
    _recipe(
        "wrong-place-colour",
        "the right thing at a place of the right shape and another colour",
        "near",
        _wrong_place("kind"),
        by_deed=True,
    ),
    _recipe("undone", "the expert, undoing what it did", "near", _undone),
    _recipe(
        "one-too-many",
        "the expert, putting another thing in the same place",
        "near",
        _one_too_many,
        by_deed=True,
    ),
    _recipe("exchanged", "two things in each other's places", "near", _exchanged, by_deed=True),
    _recipe(
        "left-undone", "the expert, leaving the last move out", "near", _left_undone, by_deed=True
    ),
    _recipe("aside-first", "the thing moved elsewhere first", "route", _aside_first),
    _recipe("again", "the expert, undoing what it did and doing it again", "route", _again),
    _recipe("others-first", "another thing moved about first", "route", _others_first),
)
