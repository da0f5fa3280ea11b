"""Syntax: an allow-list of node types."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from synth.program.lint.flow import MOST_LOOPS
from synth.program.lint.registry import Context, Hit, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["few_nested_loops", "only_plain_values", "only_simple_syntax"]

_ALLOWED = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign,
    ast.AnnAssign, ast.For, ast.If, ast.Expr, ast.Pass, ast.Break, ast.Continue, ast.Import,
    ast.ImportFrom, ast.alias, ast.BoolOp, ast.NamedExpr, ast.BinOp, ast.UnaryOp, ast.Lambda,
    ast.IfExp, ast.Dict, ast.Set, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
    ast.comprehension, ast.Compare, ast.Call, ast.keyword, ast.Constant, ast.Attribute,
    ast.Subscript, ast.Starred, ast.Name, ast.List, ast.Tuple, ast.Slice,
    ast.Load, ast.Store, ast.boolop, ast.operator, ast.unaryop, ast.cmpop,
)  # fmt: skip

_TRY = "Test for the odd case first, for example `if not mask.any(): return False`."
_INSTEAD: dict[type[ast.AST], tuple[str, str]] = {
    ast.While: ("while", "Use a for loop over a range, or NumPy on the whole image."),
    ast.Try: ("try", _TRY),
    ast.TryStar: ("try", _TRY),
    ast.Raise: ("raise", "Return False instead: a checker gives a bool for every image."),
    ast.Assert: ("assert", "Return False instead: a checker gives a bool for every image."),
    ast.With: ("with", "Write the statements without it."),
    ast.ClassDef: ("class", "Use functions, and let perceive return a dictionary."),
    ast.Global: ("global", "Functions keep no state: pass values as arguments."),
    ast.Nonlocal: ("nonlocal", "Functions keep no state: return values instead."),
    ast.Delete: ("del", "Leave the name be, or build a new list without the element."),
    ast.JoinedStr: ("an f-string", "Use `'%d,%d' % (row, column)`, or a tuple as the key."),
    ast.Yield: ("yield", "Build a list and return it."),
    ast.YieldFrom: ("yield from", "Build a list and return it."),
    ast.Await: ("await", "Use plain functions."),
    ast.AsyncFunctionDef: ("async def", "Use a plain `def`."),
    ast.AsyncFor: ("async for", "Use a plain `for`."),
    ast.AsyncWith: ("async with", "Write the statements without it."),
    ast.Match: ("match", "Use if and elif."),
}


@rule(
    "S201",
    "Only simple statements and expressions: no while, try, with, class, global, del, "
    "raise, assert, match, f-string, decorator, generator function or async.",
)
def only_simple_syntax(context: Context) -> Iterator[Hit]:
    """Node types outside the allow-list, decorators, and ``**`` in calls."""
    for node in context.nodes:
        if not isinstance(node, _ALLOWED):
            yield from _outside(context, node)
        elif isinstance(node, ast.FunctionDef) and node.decorator_list:
            yield Hit(node.decorator_list[0], "decorators are not available.", "Remove it.")
        elif isinstance(node, ast.comprehension) and node.is_async:
            yield Hit(node.target, "async for is not available.", "Use a plain `for`.")
        elif isinstance(node, ast.keyword) and node.arg is None:
            yield Hit(node, "`**` is not available in calls.", "Name each argument.")


def _outside(context: Context, node: ast.AST) -> Iterator[Hit]:
    if not hasattr(node, "lineno"):
        # A part of something that is reported itself, such as a handler or a case.
        return
    if type(node) not in _INSTEAD and any(type(p) in _INSTEAD for p in _ancestors(context, node)):
        return
    word, hint = _INSTEAD.get(type(node), (type(node).__name__, "Write it in plainer Python."))
    yield Hit(node, f"{word} is not available.", hint)


def _ancestors(context: Context, node: ast.AST) -> Iterator[ast.AST]:
    while node in context.scopes.parents:
        node = context.scopes.parents[node]
        yield node


@rule("S202", "Literals are numbers, strings, True, False, None and `...`.")
def only_plain_values(context: Context) -> Iterator[Hit]:
    """Bytes and complex numbers."""
    for node in context.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, bytes | complex):
            yield Hit(node, "this kind of literal is not available.", "Use numbers or strings.")


@rule("S203", f"For loops stand at most {MOST_LOOPS} within each other.")
def few_nested_loops(context: Context) -> Iterator[Hit]:
    """Loops that no picture needs, and that take too long to follow."""
    depths: dict[ast.AST, int] = {}
    # Nodes come from the outside in, so that what holds one is known before.
    for node in context.nodes:
        outside = depths.get(context.scopes.parents.get(node, node), 0)
        depths[node] = outside + isinstance(node, ast.For)
        if isinstance(node, ast.For) and depths[node] > MOST_LOOPS:
            yield Hit(
                node,
                f"this loop stands within {MOST_LOOPS} others.",
                "Work on whole arrays, or make a helper of the inner loops.",
            )
