"""Methods, functions of modules and builtins: they are called, and are no values.

What a name holds is not known in general. A function that is called where it is named can be
judged by its name; one that is kept in a variable could be any, and could write or remember.
"""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from synth.program.lint.allowed import (
    BUILTINS,
    DTYPES,
    IN_PLACE_METHODS,
    IN_PLACE_NUMPY,
    METHODS,
    UFUNCS,
    module_names,
)
from synth.program.lint.given import called, given, names_of_kind
from synth.program.lint.handed import ITERATORS, takes_key
from synth.program.lint.registry import Context, Hit, rule
from synth.program.lint.rules.functions import annotation_nodes
from synth.program.lint.signatures import DTYPE_METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["only_called", "own_methods"]

_DATA = frozenset(
    {"shape", "size", "ndim", "dtype", "itemsize", "nbytes", "T", "flat", "real", "imag", "kind",
     "start", "stop", "step", "eps", "tiny", "counts"}
)  # fmt: skip
_INDEXED = frozenset({"s_", "mgrid", "ogrid"})
_LIMITS = frozenset({"max", "min", "values"})
"""Data of what np.iinfo, np.finfo and np.unique_values give; methods of all else."""
_LIMITED = frozenset({"iinfo", "finfo", "unique_counts", "unique_values", "unique_all",
                      "unique_inverse"})  # fmt: skip
_MODULE_DATA = DTYPES | frozenset(
    {"pi", "e", "inf", "nan", "newaxis", "ndarray", "integer",
     "floating", "number", "linalg", "Blob"}
)  # fmt: skip
_TYPES = frozenset({"bool", "dict", "float", "frozenset", "int", "list", "range", "set", "slice",
                    "str", "tuple"})  # fmt: skip
_NUMBERS = frozenset({"bool", "float", "int"})
_NEVER = ITERATORS | {"next"}
_HINT = "Call it here; only key=, map and filter take one, and none that changes what it is of."


@rule(
    "S408",
    "Methods, builtins and functions of np, ndimage and vision are called; as values they stand "
    "in key=, map and filter only, and there change nothing.",
)
def only_called(context: Context) -> Iterator[Hit]:
    """``add = np.add``, ``note = seen.append``, ``ask = next``, ``map(next, x)``."""
    limits = partial(_limits, context)
    limited = names_of_kind(given(context), limits)
    skipped = set(annotation_nodes(context))
    for node in context.nodes:
        if node in skipped:
            continue
        if isinstance(node, ast.Attribute):
            if node.attr in _LIMITS:
                needs = limits(node.value)
                if needs is not None and needs <= limited:
                    continue
            word, changes, most = _attribute(context, node)
        elif isinstance(node, ast.Name) and context.scopes.kind(node) == "builtin":
            word, changes, most = _builtin(context, node)
        else:
            continue
        if word and not _in_place(context, node, changes=changes, most=most):
            yield Hit(node, f"{word} may not be used as a value.", _HINT)


@rule("S409", "Methods are called on values, and not on their types; of text, on either.")
def own_methods(context: Context) -> Iterator[Hit]:
    """``list.append(seen, 1)``, ``dict.update(table, other)``."""
    for node in context.nodes:
        if not isinstance(node, ast.Attribute) or context.scopes.kind(node.value) != "builtin":
            continue
        owner = ast.unparse(node.value)
        if owner != "str" and node.attr in METHODS:
            hint = f"Write `x.{node.attr}(...)`."
            yield Hit(node, f"{owner}.{node.attr} is not available.", hint)


def _limits(context: Context, value: ast.expr) -> frozenset[str] | None:
    if isinstance(value, ast.Name) and context.scopes.kind(value) in {"local", "top"}:
        return frozenset({value.id})
    made = isinstance(value, ast.Call) and called(context, value)[0] in _LIMITED
    return frozenset() if made else None


def _attribute(context: Context, node: ast.Attribute) -> tuple[str, bool, int]:
    """Of a function or method its name, whether it changes things, and how many it may take."""
    if context.scopes.kind(node.value) == "module":
        module = ast.unparse(node.value)
        if module == "np" and node.attr in _INDEXED:
            parent = context.scopes.parents[node]
            indexed = isinstance(parent, ast.Subscript) and parent.value is node
            return "" if indexed else f"np.{node.attr}", True, 0
        if node.attr in _MODULE_DATA or node.attr not in module_names(module):
            return "", False, 0
        two = module == "np" and node.attr in UFUNCS[2]
        return f"{module}.{node.attr}", node.attr in IN_PLACE_NUMPY, 1 + two
    if node.attr in _DATA or node.attr not in METHODS or not isinstance(node.ctx, ast.Load):
        return "", False, 0
    if DTYPE_METHODS.get(node.attr) == 0:  # what it is called with would be a dtype
        return f".{node.attr}", True, 0
    changes = node.attr in IN_PLACE_METHODS | {"byteswap"} and ast.unparse(node.value) != "str"
    return f".{node.attr}", changes, 1


def _builtin(context: Context, node: ast.Name) -> tuple[str, bool, int]:
    if node.id not in BUILTINS or isinstance(context.scopes.parents[node], ast.Attribute):
        return "", False, 0
    if node.id in _NUMBERS or (node.id in _TYPES and _is_asked(context, node)):
        return "", False, 0
    return node.id, node.id in _NEVER, len(BUILTINS)


def _is_asked(context: Context, node: ast.AST) -> bool:
    """Whether a type is what isinstance asks for, or stands in a constant."""
    parents = context.scopes.parents
    parent = parents[node]
    while isinstance(parent, ast.Tuple | ast.BinOp | ast.Subscript):
        parent = parents[parent]
    if isinstance(parent, ast.Assign | ast.AnnAssign):
        return parents[parent] is context.tree
    function = parent.func if isinstance(parent, ast.Call) else None
    return isinstance(function, ast.Name) and function.id == "isinstance"


def _in_place(context: Context, node: ast.AST, *, changes: bool, most: int) -> bool:
    """Whether it is called, or stands where it may be handed to."""
    parent = context.scopes.parents[node]
    if isinstance(parent, ast.Attribute):
        return True
    if isinstance(parent, ast.keyword):
        # A helper of one's own may keep what it is given: only what has no address goes there.
        own = isinstance(node, ast.Name) and parent.arg == "key" and _is_helper(context, parent)
        return (own or takes_key(context, parent)) and not changes
    if not isinstance(parent, ast.Call):
        return False
    if parent.func is node:
        return True
    mapped = isinstance(parent.func, ast.Name) and parent.func.id in {"filter", "map"}
    given_to = len(parent.args) - 1
    plain = not any(isinstance(part, ast.Starred) for part in parent.args)
    return mapped and parent.args[0] is node and plain and given_to <= most and not changes


def _is_helper(context: Context, keyword: ast.keyword) -> bool:
    call = context.scopes.parents[keyword]
    return isinstance(call, ast.Call) and context.scopes.kind(call.func) == "top"
