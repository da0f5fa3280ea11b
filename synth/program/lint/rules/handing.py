"""Handing on: functions and iterators are used where they stand, and are no data."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from synth.program.lint.handed import Use, parameter, takes_key, uses
from synth.program.lint.registry import Context, Hit, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["no_addresses", "subtasks_stay"]

_READERS = frozenset(
    {"all", "any", "dict", "enumerate", "filter", "frozenset", "list", "map", "max", "min",
     "next", "reversed", "set", "sorted", "sum", "tuple", "zip"}
)  # fmt: skip
_READING_METHODS = frozenset(
    {"join", "extend", "update", "union", "intersection", "difference", "symmetric_difference",
     "issubset", "issuperset", "isdisjoint", "difference_update", "intersection_update",
     "symmetric_difference_update"}
)  # fmt: skip
_ASKING = (ast.Attribute, ast.Compare, ast.For, ast.If, ast.IfExp, ast.Starred, ast.UnaryOp,
           ast.comprehension)  # fmt: skip
_SHOWING = frozenset({"slice", "str"})
_CHOOSING = frozenset({"max", "min"})
_HINTS = {
    "function": "Call it here, loop over `(f, g)`, or hand it to key=, map or a helper.",
    "iterator": "Make a list of it first: `list(...)`.",
}
_WHY = {
    "function": "a function is called, and is no value to keep, compare or print.",
    "iterator": "an iterator is looped over or made a list, and is no value to keep or print.",
}


@rule(
    "S505",
    "Functions and lambdas are called or handed to key=, map, filter and helpers, iterators are "
    "read where they stand; neither is put into data, text or what perceive returns.",
)
def no_addresses(context: Context) -> Iterator[Hit]:
    """``str(helper)``, ``np.array([lambda: 0])``, ``{zip(a, b)}``, ``return zip(a, b), n``."""
    helpers = {
        node.name for node in context.tree.body if isinstance(node, ast.FunctionDef)
    } - context.program.entries
    for use in uses(context):
        allowed = _called(context, use) if use.kind == "function" else _read(context, use)
        allowed = allowed or _handed(context, use, helpers)
        if not use.sure:
            # What it also may hold is looked at as it will, if that shows nothing of a function.
            allowed = allowed or _tells_nothing(context, use)
        if use.kind == "iterator" and not use.sure and not use.given:
            allowed = not _shows_address(context, use)  # a name that is read and then a list
        if not allowed:
            yield Hit(use.node, _WHY[use.kind], _HINTS[use.kind])


@rule("S603", "SUBTASKS is for who runs the program: functions do not name it.")
def subtasks_stay(context: Context) -> Iterator[Hit]:
    """``SUBTASKS.append(goal)``, ``len(SUBTASKS)`` in a function."""
    for node, kind in context.scopes.kinds.items():
        if node.id == "SUBTASKS" and kind == "top":
            hint = "Call the checkers by their names."
            yield Hit(node, "SUBTASKS may not be used here.", hint)


def _handed(context: Context, use: Use, helpers: set[str]) -> bool:
    """Whether it goes where it is followed further, or nowhere."""
    parent, parents = use.parent, context.scopes.parents
    if isinstance(parent, ast.Assign | ast.AnnAssign):
        targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
        named = (ast.Name, ast.Tuple, ast.List) if use.kind == "iterator" else (ast.Name,)
        return parents[parent] is context.tree or all(isinstance(t, named) for t in targets)
    if isinstance(parent, ast.keyword):
        parent = parents[parent]
    if isinstance(parent, ast.Call) and use.at is not parent.func:
        function = parent.func
        if context.scopes.kind(function) != "top" or not isinstance(function, ast.Name):
            return False
        helper = context.scopes.top[function.id]
        of = helper if isinstance(helper, ast.FunctionDef) else None
        return of is not None and parameter(of, parent, use.at, use.parent) is not None
    if isinstance(parent, ast.Return | ast.Lambda) and use.kind == "iterator":
        # Helpers may give one, which is followed to where they are called.
        home: ast.AST = parent
        while not isinstance(home, ast.FunctionDef | ast.Lambda):
            home = parents[home]
        if isinstance(home, ast.Lambda):
            return isinstance(parents[home], ast.Assign)
        return home.name in helpers or parents[home] is not context.tree
    return isinstance(parent, ast.Expr | ast.BoolOp)


def _called(context: Context, use: Use) -> bool:
    parent, parents = use.parent, context.scopes.parents
    if isinstance(parent, ast.keyword):
        return takes_key(context, parent)
    if isinstance(parent, ast.Call):
        mapped = isinstance(parent.func, ast.Name) and parent.func.id in {"map", "filter"}
        return use.at is parent.func or (mapped and use.at is parent.args[0])
    if isinstance(parent, ast.Tuple | ast.List):
        # `for test in (first, second):`, and the list of sub-tasks.
        above = parents[parent]
        looped = isinstance(above, ast.For | ast.comprehension) and above.iter is parent
        return (looped and isinstance(above.target, ast.Name)) or _at_top(context, parent)  # type: ignore[attr-defined]
    # A default, which the parameter is followed from; an annotation is judged elsewhere.
    return isinstance(parent, ast.arguments | ast.arg)


def _at_top(context: Context, node: ast.AST) -> bool:
    """Whether this is part of a constant: those have rules of their own."""
    parents = context.scopes.parents
    while isinstance(node, ast.expr):
        node = parents[node]
    return isinstance(node, ast.Assign | ast.AnnAssign) and parents[node] is context.tree


def _read(context: Context, use: Use) -> bool:
    parent = use.parent
    if isinstance(parent, ast.For | ast.comprehension | ast.Starred):
        return True
    flat = isinstance(use.node, ast.Attribute)
    if isinstance(parent, ast.Subscript | ast.Attribute):
        return flat
    if isinstance(parent, ast.Compare):
        return flat or isinstance(parent.ops[-1], ast.In | ast.NotIn)
    return isinstance(parent, ast.Call) and _reads(context, parent.func, flat=flat)


def _reads(context: Context, function: ast.expr, *, flat: bool) -> bool:
    """Whether a call reads an iterator that it is given, and keeps it nowhere."""
    if isinstance(function, ast.Name):
        return context.scopes.kind(function) == "builtin" and function.id in _READERS
    if not isinstance(function, ast.Attribute):
        return False
    if context.scopes.kind(function.value) == "module":
        return flat or function.attr == "fromiter"
    return function.attr in _READING_METHODS


def _tells_nothing(context: Context, use: Use) -> bool:
    """Whether a function or an iterator would raise here, or be told from None and no more."""
    at, parent = use.at, use.parent
    if isinstance(parent, ast.BinOp):
        return not (isinstance(parent.op, ast.Mod) and at is parent.right)
    if isinstance(parent, ast.Subscript):
        return at is parent.value
    if isinstance(parent, ast.Assign):
        return all(isinstance(t, ast.Name | ast.Tuple | ast.List) for t in parent.targets)
    if isinstance(parent, ast.Call):
        function = parent.func
        if not isinstance(function, ast.Name) or context.scopes.kind(function) != "builtin":
            return False
        first = bool(parent.args) and at is parent.args[0]
        alone = len(parent.args) == 1 and not parent.keywords
        return first and function.id not in _SHOWING and (alone or function.id not in _CHOOSING)
    return isinstance(parent, _ASKING)


def _shows_address(context: Context, use: Use) -> bool:
    """Whether its address may be seen here: in text, in a set, as a key, in an array."""
    node: ast.AST = use.at
    parent: ast.AST = use.parent
    while isinstance(parent, ast.Tuple | ast.List):
        node, parent = parent, context.scopes.parents[parent]
    if isinstance(parent, ast.Set):
        return True
    if isinstance(parent, ast.Dict):
        return node in parent.keys
    if isinstance(parent, ast.BinOp):
        return isinstance(parent.op, ast.Mod) and node is parent.right
    if not isinstance(parent, ast.Call) or node is parent.func:
        return False
    function = parent.func
    if isinstance(function, ast.Name):
        return function.id == "str" and context.scopes.kind(function) == "builtin"
    array = isinstance(function, ast.Attribute) and context.scopes.kind(function.value) == "module"
    return array and node is not use.at
