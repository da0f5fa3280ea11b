"""JSON, TOML and numbers from files that anybody may have written.

Whatever is wrong with a text is one exception here: no syntax, nesting without end, integers of
thousands of digits, halves of characters. Records of a known form are validated by pydantic on top
of that; `first_problem` says in a few words what it found. Which file it was is for the caller to
say.
"""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import ValidationError

__all__ = [
    "MOST_NESTED",
    "UnreadableText",
    "first_problem",
    "read_json",
    "read_toml",
    "whole_number",
]

MOST_NESTED = 100
"""Lists and tables within each other."""

_LONGEST = 200

_DIGITS = 9
"""Of a frame, a pixel, a picture: Python reads digits without end, at a price."""


class UnreadableText(ValueError):
    """A text is not what it should be; the message says why, and begins in lower case."""


def read_json(text: str | bytes) -> Any:
    """The value that a JSON text stands for.

    Raises:
        UnreadableText: It stands for none.
    """
    return _read(json.loads, text, "not JSON")


def read_toml(text: str) -> dict[str, Any]:
    """The table that a TOML text stands for.

    Raises:
        UnreadableText: It stands for none.
    """
    table: dict[str, Any] = _read(tomllib.loads, text, "not valid TOML")
    return table


def whole_number(text: str) -> int | None:
    """The number that some digits stand for; ``None`` for anything else, and beyond a billion.

    Example:
        >>> whole_number("12"), whole_number("-1"), whole_number("9" * 5000)
        (12, None, None)
    """
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else None


def first_problem(error: ValidationError) -> str:
    """Where a record is wrong, and how: ``rewards.3: Input should be a valid number``."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return (f"{where}: {first['msg']}" if where else first["msg"])[:_LONGEST]


def _read(parse: Callable[[Any], Any], text: str | bytes, what: str) -> Any:
    try:
        value = parse(text)
    except RecursionError:
        raise UnreadableText(_NESTED) from None
    except ValueError as error:  # also of integers, which Python reads up to some length
        raise UnreadableText(f"{what}: {error}"[:_LONGEST]) from error
    _require_ordinary(value)
    return value


def _require_ordinary(value: Any) -> None:
    # By hand, not by recursion: what walks a value later must not run out of stack over it.
    layer, depth = [value], 0
    while layer:
        depth += 1
        if depth > MOST_NESTED:
            raise UnreadableText(_NESTED)
        below: list[Any] = []
        for part in layer:
            if isinstance(part, dict):
                below += (*part, *part.values())
            elif isinstance(part, list):
                below += part
            elif isinstance(part, str) and not part.isascii():
                _require_whole(part)
        layer = below


def _require_whole(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UnreadableText("it holds half a character (a lone surrogate)") from None


_NESTED = f"it is nested more than {MOST_NESTED} deep"
