"""What changes of a picture are called: the names of variants, and what sort each is.

The names are made where the changed pictures are recorded or computed, and read where a
verdict on one of them is explained. Nothing here makes a picture.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "Sort",
    "brightness_name",
    "colours_name",
    "distractors_name",
    "in_words",
    "noise_name",
    "render_name",
    "shift_name",
    "sort_of",
]

Sort = Literal["render", "distractors", "colours", "noise", "brightness", "shift"]


def render_name(table: Mapping[str, object]) -> str:
    """``tile_size = 8, highlight = true``."""
    return ", ".join(f"{key} = {json.dumps(value)}" for key, value in table.items())


def distractors_name(count: int) -> str:
    """``distractors: 2``."""
    return f"distractors: {count}"


def colours_name(kinds: Sequence[str]) -> str:
    """``colours: key, door``."""
    return f"colours: {', '.join(kinds)}"


def noise_name(amount: int) -> str:
    """``noise: 8``."""
    return f"noise: {amount}"


def brightness_name(amount: int) -> str:
    """``brightness: +20``, ``brightness: -20``."""
    return f"brightness: {amount:+d}"


def shift_name(down: int, right: int) -> str:
    """``shift: 1 down and 2 left``."""
    vertical = f"{abs(down)} {'down' if down > 0 else 'up'}"
    horizontal = f"{abs(right)} {'right' if right > 0 else 'left'}"
    return f"shift: {' and '.join(part for part in (vertical, horizontal) if part[0] != '0')}"


def sort_of(name: str) -> Sort:
    """What sort of change a name is of."""
    match name.partition(": ")[0]:
        case "distractors":
            return "distractors"
        case "colours":
            return "colours"
        case "noise":
            return "noise"
        case "brightness":
            return "brightness"
        case "shift":
            return "shift"
    return "render"


def in_words(name: str) -> str:
    """The change as the end of a sentence: ``drawn with tile_size = 8``."""
    amount = name.partition(": ")[2]
    match sort_of(name):
        case "render":
            return f"drawn with {name}"
        case "distractors":
            things = "1 thing" if amount == "1" else f"{amount} things"
            return f"with {things} added that the task is not about"
        case "colours":
            return f"with other colours for: {amount}"
        case "noise":
            return f"with noise of at most {amount} of 255"
        case "brightness":
            lighter = "lighter" if amount.startswith("+") else "darker"
            return f"{lighter} by {amount[1:]} of 255"
        case "shift":
            return f"shifted by {amount}, in pixels"
