"""Missions of MiniGrid: which others a layout could be given, and giving one.

Where an environment names its target by an object that could be another, every object of the
scene that the words would name without doubt makes a mission. BabyAI's instructions are taken
apart: each description in them may be another object's, and two that follow each other may
change places; the level's own verifier decides success. Everything else has its own mission
alone. Importing this module needs no simulator.
"""

from __future__ import annotations

import copy
from collections import Counter
from typing import TYPE_CHECKING, Any

from synth.envs.minigrid.instructions import DESCRIPTIONS, fulfilled
from synth.envs.minigrid.objective import cells_of
from synth.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from synth.envs.minigrid.objective import Position

__all__ = ["give", "missions_of"]

Ways = dict[str, "Callable[[], None]"]
"""Mission to what gives it to the environment."""


def missions_of(env: Any) -> tuple[str, ...]:
    """All missions that the present layout could be given.

    Args:
        env: An unwrapped MiniGrid environment that has just been reset.
    """
    return tuple(_ways(env))


def give(env: Any, mission: str) -> None:
    """Give an environment that has just been reset another mission.

    Raises:
        EnvironmentFault: Its layout cannot be given that one.
    """
    ways = _ways(env)
    if mission not in ways:
        known = "; ".join(ways) or "none"
        raise EnvironmentFault(
            f"{type(env).__name__} cannot be given the mission {mission!r} in this layout; "
            f"its missions are: {known}."
        )
    ways[mission]()


def _ways(env: Any) -> Ways:
    if hasattr(env, "instrs"):
        return _instructions(env)
    for kind in type(env).__mro__:
        if kind.__name__ in _KNOWN and kind.__module__.startswith("minigrid.envs"):
            return _KNOWN[kind.__name__](env)
    return {str(env.mission): lambda: None}


def _set(env: Any, mission: str, **changes: Any) -> Callable[[], None]:
    def change() -> None:
        for name, value in changes.items():
            setattr(env, name, value)
        env.mission = mission

    return change


def _named(env: Any) -> list[tuple[Position, Any]]:
    """Objects and doors that no other thing in the scene has colour and kind in common with."""
    things = [(at, cell) for at, cell in cells_of(env) if cell.type == "door" or cell.can_pickup()]
    often = Counter((cell.color, cell.type) for _, cell in things)
    return [(at, cell) for at, cell in things if often[cell.color, cell.type] == 1]


def _go_to_door(env: Any) -> Ways:
    found: Ways = {}
    for at, door in _named(env):
        if door.type == "door":
            mission = f"go to the {door.color} door"
            found[mission] = _set(env, mission, target_pos=at, target_color=door.color)
    return found


def _go_to_object(env: Any) -> Ways:
    found: Ways = {}
    for at, thing in _named(env):
        mission = f"go to the {thing.color} {thing.type}"
        found[mission] = _set(
            env, mission, target_pos=at, target_color=thing.color, targetType=thing.type
        )
    return found


def _fetch(env: Any) -> Ways:
    # The words around the object are drawn apart from it, and stay.
    words = str(env.mission).removesuffix(f"{env.targetColor} {env.targetType}")
    found: Ways = {}
    for _, thing in cells_of(env):
        if thing.can_pickup():
            mission = f"{words}{thing.color} {thing.type}"
            found[mission] = _set(env, mission, targetType=thing.type, targetColor=thing.color)
    return found


def _put_near(env: Any) -> Ways:
    found: Ways = {}
    things = [(at, thing) for at, thing in _named(env) if thing.can_pickup()]
    for at, thing in things:
        for to, other in things:
            if max(abs(at[0] - to[0]), abs(at[1] - to[1])) <= 1:
                continue  # the same thing, or one that is near it from the start
            mission = f"put the {thing.color} {thing.type} near the {other.color} {other.type}"
            found[mission] = _set(
                env,
                mission,
                move_type=thing.type,
                moveColor=thing.color,
                move_pos=at,
                target_type=other.type,
                target_color=other.color,
                target_pos=to,
            )
    return found


def _pick_up(env: Any) -> Ways:
    found: Ways = {}
    for _, thing in _named(env):
        if thing.can_pickup():
            mission = _like(str(env.mission), env.obj, thing)
            found[mission] = _set(env, mission, obj=thing)
    return found


def _like(mission: str, own: Any, thing: Any) -> str:
    """The words of a mission about one thing, said of another."""
    return mission.replace(f"{own.color} {own.type}", f"{thing.color} {thing.type}")


_KNOWN: dict[str, Callable[[Any], Ways]] = {
    "GoToDoorEnv": _go_to_door,
    "GoToObjectEnv": _go_to_object,
    "FetchEnv": _fetch,
    "PutNearEnv": _put_near,
    "UnlockPickupEnv": _pick_up,
    "BlockedUnlockPickupEnv": _pick_up,
    "KeyCorridorEnv": _pick_up,
    "ObstructedMazeEnv": _pick_up,
}


def _instructions(env: Any) -> Ways:
    from minigrid.envs.babyai.core.roomgrid_level import (  # noqa: PLC0415 - a family's own
        RejectSampling,
    )

    found: Ways = {}
    for instruction in (_as_it_is(env.instrs), *_others(env, env.instrs)):
        try:
            env.validate_instrs(instruction)
            instruction.reset_verifier(env)
            if not _is_open(env, instruction):
                continue
            mission = str(instruction.surface(env))
        except (RejectSampling, AssertionError):
            continue  # BabyAI's own ways to say that the scene does not fit the words
        found.setdefault(mission, _instructing(env, mission, instruction))
    return found


def _instructing(env: Any, mission: str, instruction: Any) -> Callable[[], None]:
    def change() -> None:
        instruction.reset_verifier(env)
        env.instrs = instruction
        env.surface = env.mission = mission

    return change


def _as_it_is(instruction: Any) -> Any:
    """The same instruction with descriptions of its own, which remember nothing."""
    made = copy.copy(instruction)
    for name in DESCRIPTIONS:
        if hasattr(made, name):
            own = getattr(made, name)
            setattr(made, name, type(own)(own.type, own.color, own.loc))
    for part in ("instr_a", "instr_b"):
        if hasattr(made, part):
            setattr(made, part, _as_it_is(getattr(made, part)))
    return made


def _others(env: Any, instruction: Any) -> Iterator[Any]:
    """Instructions that differ in one description, or in which part takes which place."""
    for name in DESCRIPTIONS:
        if not hasattr(instruction, name):
            continue
        own = getattr(instruction, name)
        for kind, colour in _described(env, own, doors=name == "desc" and own.type != "door"):
            made = _as_it_is(instruction)
            setattr(made, name, type(own)(kind, colour, own.loc))
            yield made
    if hasattr(instruction, "desc_move"):
        made = _as_it_is(instruction)
        made.desc_move, made.desc_fixed = made.desc_fixed, made.desc_move
        if made.desc_move.type != "door":
            yield made
    if not hasattr(instruction, "instr_a"):
        return
    swapped = _as_it_is(instruction)
    swapped.instr_a, swapped.instr_b = swapped.instr_b, swapped.instr_a
    yield swapped
    for part in ("instr_a", "instr_b"):
        for other in _others(env, getattr(instruction, part)):
            made = _as_it_is(instruction)
            setattr(made, part, other)
            yield made


def _described(env: Any, own: Any, *, doors: bool) -> list[tuple[str | None, str | None]]:
    """Kind and colour of the scene's things, as far as a description names the two.

    Args:
        env: The environment.
        own: The description whose place is taken.
        doors: Whether a door may take the place of something else.
    """
    pairs: dict[tuple[str | None, str | None], None] = {}
    for _, cell in cells_of(env):
        if cell.type == "door" if own.type == "door" else cell.can_pickup():
            pairs[cell.type if own.type else None, cell.color if own.color else None] = None
        elif doors and cell.type == "door" and own.type is not None:
            pairs[cell.type, cell.color if own.color else None] = None
    return list(pairs)


def _is_open(env: Any, instruction: Any) -> bool:
    """Whether an instruction asks for something that is not fulfilled at the start."""
    if hasattr(instruction, "instr_a"):
        parts = (instruction.instr_a, instruction.instr_b)
        # The same thing twice is no mission of its own.
        twice = parts[0].surface(env) == parts[1].surface(env)
        return not twice and all(_is_open(env, part) for part in parts)
    if any(getattr(thing, "is_open", False) for thing in _meant(instruction)):
        return False
    return not fulfilled(env, instruction)


def _meant(instruction: Any) -> list[Any]:
    return list(instruction.desc.obj_set) if hasattr(instruction, "desc") else []
