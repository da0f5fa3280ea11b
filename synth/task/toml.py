"""Writing the small part of TOML that a task needs.

Tables, arrays of tables, strings, booleans, integers, floats, and arrays of these four; the
standard library reads TOML and does not write it. No dates, no inline tables, no comments:
this is not a TOML library.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["to_toml"]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SHORT = {"\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r", '"': r"\"", "\\": r"\\"}


def to_toml(content: Mapping[str, Any]) -> str:
    """A document that `tomllib` reads back as `content`.

    Args:
        content: Strings, booleans, integers, floats, lists of these, mappings of these, and
            lists of mappings. ``None`` values are left out, since TOML has none.

    Returns:
        The text; keys keep their order, except that a table's plain values come before
        its sub-tables, as TOML demands.
    """
    return "\n".join(_table(content, ())).lstrip("\n") + "\n"


def _table(content: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    plain = {k: v for k, v in content.items() if not isinstance(v, dict) and not _is_tables(v)}
    for key, value in plain.items():
        if value is not None:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in content.items():
        if key in plain:
            continue
        name = ".".join(_key(part) for part in (*path, key))
        tables = [value] if isinstance(value, dict) else value
        for table in tables:
            yield ""
            yield f"[{name}]" if isinstance(value, dict) else f"[[{name}]]"
            yield from _table(table, (*path, key))


def _is_tables(value: object) -> bool:
    """Whether it is an array of tables; an empty list is an array of nothing."""
    return isinstance(value, (list, tuple)) and any(isinstance(part, dict) for part in value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _string(key)


def _value(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_value(part) for part in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _string(value) if isinstance(value, str) else repr(value)


def _string(text: str) -> str:
    return '"' + "".join(_character(c) for c in text) + '"'


def _character(c: str) -> str:
    if c in _SHORT:
        return _SHORT[c]
    return f"\\u{ord(c):04X}" if ord(c) < 0x20 or ord(c) == 0x7F else c  # noqa: PLR2004 - the control characters
