"""The colours of things on the table: those that are seen, and those kept for later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PALETTES", "RGB", "TABLE", "palette"]

RGB: Mapping[str, tuple[int, int, int]] = {
    "red": (220, 40, 40),
    "green": (40, 170, 60),
    "blue": (50, 80, 230),
    "yellow": (240, 215, 50),
    "cyan": (80, 215, 225),
    "brown": (150, 95, 50),
    "orange": (250, 130, 20),
    "purple": (140, 60, 190),
    "pink": (250, 150, 195),
    "white": (240, 240, 240),
    "teal": (0, 120, 115),
}
"""Name to colour, as the upper side of a thing is drawn."""

TABLE = (60, 60, 64)

PALETTES: Mapping[str, tuple[str, ...]] = {
    "seen": ("red", "green", "blue", "yellow", "cyan", "brown"),
    "unseen": ("orange", "purple", "pink", "white", "teal"),
}


def palette(colours: str) -> tuple[str, ...]:
    """The colour names of a palette.

    Args:
        colours: ``seen`` or ``unseen``.

    Raises:
        EnvironmentFault: There is no such palette.
    """
    if colours not in PALETTES:
        raise EnvironmentFault(
            f"there are no colours {colours!r} on the table. Choose {' or '.join(PALETTES)}."
        )
    return PALETTES[colours]
