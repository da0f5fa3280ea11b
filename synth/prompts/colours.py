"""Colours in words: ``(255, 0, 0)`` is red, ``(0, 100, 0)`` is dark green.

The words are a reading aid beside the exact numbers. Nothing decides by them.
"""

from __future__ import annotations

import colorsys
from bisect import bisect_right

__all__ = ["colour_name"]

_GREYS = ((16, "black"), (80, "dark grey"), (150, "grey"), (225, "light grey"), (256, "white"))

# Upper bound in degrees of each hue, and its name.
_HUES = (
    (15, "red"),
    (42, "orange"),
    (70, "yellow"),
    (85, "yellow-green"),
    (160, "green"),
    (195, "cyan"),
    (255, "blue"),
    (290, "purple"),
    (330, "magenta"),
    (345, "pink"),
    (361, "red"),
)
_GREY_CHROMA = 20
_BROWN_VALUE = 0.65
_DARK = 0.5
_PALE = 0.4
_BLACK = 0.08


def colour_name(rgb: tuple[int, int, int]) -> str:
    """The name of a colour.

    Args:
        rgb: Red, green, blue, 0 to 255.

    Returns:
        A hue or a grey, perhaps with ``dark`` or ``pale`` before it.
    """
    top, bottom = max(rgb), min(rgb)
    hue, saturation, value = colorsys.rgb_to_hsv(*(channel / 255 for channel in rgb))
    if value < _BLACK:
        return "black"
    if top - bottom < _GREY_CHROMA:
        return _GREYS[bisect_right([bound for bound, _ in _GREYS], sum(rgb) // 3)][1]
    name = _HUES[bisect_right([bound for bound, _ in _HUES], hue * 360)][1]
    if name == "orange" and value < _BROWN_VALUE:
        return "brown"
    if value < _DARK:
        return f"dark {name}"
    if saturation >= _PALE:
        return name
    return "pink" if name == "red" else f"pale {name}"
