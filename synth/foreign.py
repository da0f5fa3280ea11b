"""JSON and TOML from files that anybody may have written.

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
    from pydantic import ValidationError

__all__ = ["MOST_NESTED", "UnreadableText", "first_problem", "read_json", "read_toml"]

MOST_NESTED = 100
"""Lists and tables within each other."""

_LONGEST = 200


class UnreadableText(ValueError):
    """A text is not what it should be; the message says why, and begins in lower case."""


def read_json(text: str | bytes) -> Any:
    """The value that a JSON text stands for.

    Raises:
        UnreadableText: It stands for none.
    """
    try:
        value = json.loads(text)
    except RecursionError:
        raise UnreadableText(_NESTED) from None
    except ValueError as error:
        raise UnreadableText(f"not JSON: {error}"[:_LONGEST]) from error
    _require_ordinary(value)
    return value


def read_toml(text: str) -> dict[str, Any]:
    """The table that a TOML text stands for.

    Raises:
        UnreadableText: It stands for none.
    """
    try:
        table = tomllib.loads(text)
    except RecursionError:
        raise UnreadableText(_NESTED) from None
    except ValueError as error:  # also of integers, which Python reads up to some length
        raise UnreadableText(f"not valid TOML: {error}"[:_LONGEST]) from error
    _require_ordinary(table)
    return table


def first_problem(error: ValidationError) -> str:
    """Where a record is wrong, and how: ``rewards.3: Input should be a valid number``."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return (f"{where}: {first['msg']}" if where else first["msg"])[:_LONGEST]


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
