"""BabyAI's instructions: which of their actions are yet to be done.

An instruction is one action (go to, open, pick up, put next) or several of them joined by
*and*, *then* and *after*. BabyAI's own verifier keeps which of them are done and decides
success; this module reads it, and keeps nothing. Importing it needs no simulator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


__all__ = [
    "DESCRIPTIONS",
    "all_actions",
    "fulfilled",
    "kind_of",
    "open_actions",
    "places_of",
    "progress_of",
]

DESCRIPTIONS = ("desc", "desc_move", "desc_fixed")
"""Attributes of BabyAI's instructions that describe an object."""


def all_actions(env: Any) -> list[Any]:
    """The single actions of the instruction, in the order in which they are wanted."""
    return _actions_of(env.instrs)


def open_actions(env: Any) -> list[Any]:
    """Those that may be done next; none where all are done."""
    return _open(env.instrs)


def kind_of(instruction: Any) -> str:
    """The name of its class: ``GoToInstr``."""
    return type(instruction).__name__


def places_of(description: Any) -> tuple[tuple[int, int], ...]:
    """Columns and rows of the things described, as the verifier knows them."""
    return tuple(_cell(at) for at in description.obj_poss)


def fulfilled(env: Any, instruction: Any) -> bool:
    """Whether an instruction holds before anything was done.

    Only where it says to go somewhere: all else asks for a deed.
    """
    return kind_of(instruction) == "GoToInstr" and _cell(env.front_pos) in places_of(
        instruction.desc
    )


def progress_of(env: Any) -> bytes:
    """What the verifier remembers; equal where it will judge alike."""
    return repr(list(_remembered(env.instrs))).encode()


def _remembered(instruction: Any) -> Iterator[tuple[object, ...]]:
    if hasattr(instruction, "instr_a"):
        yield (instruction.a_done, instruction.b_done)
        yield from _remembered(instruction.instr_a)
        yield from _remembered(instruction.instr_b)
        return
    held = vars(instruction)
    places = [places_of(held[name]) for name in DESCRIPTIONS if name in held]
    yield (getattr(instruction, "preCarrying", None) is None, places)


def _actions_of(instruction: Any) -> list[Any]:
    if not hasattr(instruction, "instr_a"):
        return [instruction]
    return [action for part in _ordered(instruction) for action in _actions_of(part)]


def _ordered(instruction: Any) -> tuple[Any, Any]:
    if kind_of(instruction) == "AfterInstr":
        return instruction.instr_b, instruction.instr_a
    return instruction.instr_a, instruction.instr_b


def _open(instruction: Any) -> list[Any]:
    if not hasattr(instruction, "instr_a"):
        return [instruction]
    flags = {
        id(instruction.instr_a): instruction.a_done,
        id(instruction.instr_b): instruction.b_done,
    }
    left = [part for part in _ordered(instruction) if flags[id(part)] != "success"]
    if kind_of(instruction) != "AndInstr":
        left = left[:1]
    return [action for part in left for action in _open(part)]


def _cell(at: Any) -> tuple[int, int]:
    return int(at[0]), int(at[1])
