"""Origins: whose memory a value may share, and what is left of it in a part of that value.

A value comes from parameters of the function at hand and from mutable constants. Of a constant
array it is known how many axes it has, so that a part of it is told from one of its numbers.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

__all__ = [
    "FRESH",
    "Env",
    "Origin",
    "Origins",
    "around",
    "copies",
    "defaults",
    "indices",
    "mutable_constants",
    "within",
]

_ELEMENTS = 3


@dataclass(frozen=True, slots=True)
class Origin:
    """A parameter of the function at hand, or a top-level constant."""

    name: str
    constant: bool = False
    axes: int = 0
    """Of an array that is a constant: how many axes are left of it. A number has none."""


Origins = frozenset[Origin]
FRESH: Origins = frozenset()
Env = dict[str, Origins]


def mutable_constants(tree: ast.Module) -> dict[str, Origins]:
    """The constants that can be written into, each as its own origin."""
    mutable = ast.List | ast.Dict | ast.Set | ast.Call
    constants: Env = {}
    for node in tree.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        if any(isinstance(part, mutable) for part in ast.walk(node.value)):
            for name in ast.walk(node):
                if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                    constants[name.id] = frozenset({Origin(name.id, True, _axes(node.value))})
    return constants


def _axes(value: ast.expr) -> int:
    """How many axes an array has that is written as a constant; 0 of what is no array."""
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Attribute):
        return 0
    given = value.args[0] if value.args else None
    if value.func.attr in {"zeros", "ones", "full"}:
        return len(given.elts) if isinstance(given, ast.Tuple | ast.List) else 1
    axes = 0
    while isinstance(given, ast.Tuple | ast.List) and given.elts:
        axes, given = axes + 1, given.elts[0]
    return axes or int(value.func.attr in {"array", "asarray", "arange"})


def within(origins: Origins, count: int = 1) -> Origins:
    """Parts of values: an array has an axis less for each index."""
    return frozenset(replace(o, axes=max(o.axes - count, 0)) for o in origins)


def around(origins: Origins) -> Origins:
    """Values within something else: looping over it gives them whole."""
    return frozenset(replace(o, axes=o.axes + 1) if o.axes else o for o in origins)


def indices(index: ast.expr) -> int:
    """How many axes a subscript takes away at least."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    return sum(not isinstance(part, ast.Slice) for part in parts)


def defaults(node: ast.FunctionDef | ast.Lambda) -> list[tuple[str, ast.expr]]:
    """The parameters that have a default, each with it."""
    arguments = node.args
    plain = [*arguments.posonlyargs, *arguments.args]
    pairs = list(zip(plain[::-1], arguments.defaults[::-1], strict=False))
    every = [*pairs, *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    return [(argument.arg, default) for argument, default in every if default is not None]


def copies(index: ast.expr) -> bool:
    """Whether a subscript surely gives a copy or a single number, rather than a view."""
    if isinstance(index, ast.Tuple):
        views = any(
            isinstance(part, ast.Slice)
            or (isinstance(part, ast.Constant) and part.value in {None, ...})
            for part in index.elts
        )
        return len(index.elts) >= _ELEMENTS and not views
    return (
        isinstance(index, ast.Compare | ast.BoolOp | ast.List)
        or (isinstance(index, ast.BinOp) and isinstance(index.op, ast.BitAnd | ast.BitOr))
        or (isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.Invert))
    )
