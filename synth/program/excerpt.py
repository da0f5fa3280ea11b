"""The line at fault with a caret under it, as compilers print it.

This module does not know what is wrong: it only shows where.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.errors import ProgramSyntaxError

if TYPE_CHECKING:
    import ast

__all__ = ["character_column", "excerpt", "source_lines", "syntax_error"]

WIDTH = 100


def source_lines(source: str) -> list[str]:
    r"""The lines as Python counts them: split at ``\n``, ``\r\n`` and ``\r`` only."""
    return source.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def excerpt(source: str | list[str], line: int, column: int) -> str:
    """The line and, below it, a caret.

    Args:
        source: The whole program, or its `source_lines`.
        line: 1-based; a line beyond the end gives the last one.
        column: 1-based, in characters.

    Returns:
        Two lines, indented by four. A long line is cut to about 100 characters around the
        column, and what cannot be printed is escaped.
    """
    lines = source_lines(source) if isinstance(source, str) else source
    text = lines[min(max(line, 1), len(lines)) - 1]
    at = min(max(column, 1) - 1, len(text))
    start = max(at - WIDTH // 2, 0) if len(text) > WIDTH else 0
    end = min(start + WIDTH, len(text))
    head, tail = _printable(text[start:at]), _printable(text[at:end])
    before, after = "..." * (start > 0), "..." * (end < len(text))
    return f"    {before}{head}{tail}{after}\n    {' ' * len(before + head)}^"


def character_column(source_line: str, offset: int) -> int:
    """1-based column in characters of a node's ``col_offset``, which counts UTF-8 bytes."""
    return len(source_line.encode("utf-8", "replace")[:offset].decode("utf-8", "ignore")) + 1


def syntax_error(source: str, problem: str, node: ast.AST | None = None) -> ProgramSyntaxError:
    """The error that points at a node, or at the first line."""
    line, column, lines = getattr(node, "lineno", 1), 1, source_lines(source)
    if node is not None:
        column = character_column(lines[line - 1], getattr(node, "col_offset", 0))
    shown = excerpt(lines, line, column) if lines[line - 1].strip() else ""  # of an empty program
    return ProgramSyntaxError(problem, line=line, column=column, excerpt=shown)


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " if c == "\t" else f"\\x{ord(c):02x}" for c in text)
