"""What the data flow notes: writes, and what helpers do with their parameters."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synth.program.lint.origins import Origin

__all__ = ["OPERATORS", "HelperSummary", "Write", "callers", "loaded", "pairs", "parameter_names"]


@dataclass(frozen=True, slots=True)
class Write:
    """A place that writes into something it did not make.

    Attributes:
        function: Name of the top-level function.
        node: Where.
        origin: What is written into.
        how: In words, for the message.
    """

    function: str
    node: ast.AST
    origin: Origin
    how: str


@dataclass(slots=True)
class HelperSummary:
    """What is known of a helper: the parameters that it writes into, and that its result holds."""

    parameters: tuple[str, ...]
    written: set[str] = field(default_factory=set)
    returned: set[str] = field(default_factory=set)


def callers(functions: list[ast.FunctionDef]) -> dict[str, list[str]]:
    """Which top-level functions name each of them."""
    found: dict[str, list[str]] = {node.name: [] for node in functions}
    for node in functions:
        named = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        for name in named & found.keys():
            found[name].append(node.name)
    return found


def parameter_names(node: ast.FunctionDef | ast.Lambda) -> tuple[str, ...]:
    """The names of a function's parameters in their order."""
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return tuple(argument.arg for argument in named)


OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>",
    ast.Pow: "**", ast.MatMult: "@",
}  # fmt: skip


def loaded(node: ast.expr) -> ast.expr:
    """A place that is written, as what it holds."""
    return ast.Name(node.id, ast.Load()) if isinstance(node, ast.Name) else node


def pairs(target: ast.Tuple | ast.List, value: ast.Tuple | ast.List) -> bool:
    """Whether each target of an assignment has its own value: `a, b = b, a`."""
    starred = any(isinstance(part, ast.Starred) for part in (*target.elts, *value.elts))
    return len(target.elts) == len(value.elts) and not starred
