"""Attributes: what modules offer, and what values may be asked for."""

from __future__ import annotations

import ast
import difflib
from typing import TYPE_CHECKING

from synth.program.lint.allowed import LINALG, attributes, module_names
from synth.program.lint.registry import Context, Hit, rule
from synth.program.lint.rules.functions import annotation_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["module_attributes", "not_constructed", "stored", "value_attributes"]

CLOSE = 0.65
"""Likeness of two names from which on the one is taken for a slip of the other."""

_INSTEAD = {
    "np.vectorize": "Write the operation on whole arrays.",
    "np.apply_along_axis": "Use the axis argument, such as mask.any(axis=2).",
    "np.random": "A checker gives the same answer every time: use no random numbers.",
    "np.float": "Use np.float64 or float.",
    "np.int": "Use np.int64 or int.",
    "np.bool": "Use np.bool_ or bool.",
    "np.in1d": "Use np.isin.",
    "np.product": "Use np.prod.",
    "np.errstate": "Test for zero before dividing.",
    "np.empty": "Use np.zeros: the memory of np.empty holds whatever was there before.",
    "np.empty_like": "Use np.zeros_like: the memory of np.empty_like is not cleared.",
    "np.mod": "Write `a % b`.",
    "np.remainder": "Write `a % b`.",
    "np.argpartition": "Use np.argsort: it leaves equal elements in their order.",
    "np.lib": "Use slices, or vision.tiles for tile worlds.",
    "ndimage.measurements": "Use ndimage.label and its like directly.",
    "ndimage.generic_filter": "Use a fixed filter such as ndimage.maximum_filter.",
}


_ATTRIBUTES = {
    "format": "Use `'%d,%d' % (row, column)`, or a tuple as the key.",
    "name": "Compare the dtype itself: `x.dtype == np.uint8`.",
    "argpartition": "Use np.argsort: it leaves equal elements in their order.",
    "encode": "Compare text as it is.",
}


@rule("S401", "Only the listed functions of np, ndimage and vision are available.")
def module_attributes(context: Context) -> Iterator[Hit]:
    """``np.load`` and whatever else is not on the module's list."""
    for node in context.nodes:
        if not isinstance(node, ast.Attribute) or context.scopes.kind(node.value) != "module":
            continue
        module = ast.unparse(node.value)
        full = f"{module}.{node.attr}"
        if node.attr not in module_names(module):
            yield Hit(node, f"{full} is not available.", _instead(full, module, node.attr))
        elif full == "np.linalg":
            parent = context.scopes.parents[node]
            if not isinstance(parent, ast.Attribute) or parent.attr not in LINALG:
                hint = "Use np.linalg.norm or np.hypot."
                yield Hit(node, "of np.linalg only norm is available.", hint)


@rule("S402", "Values may be asked only for the listed attributes and methods.")
def value_attributes(context: Context) -> Iterator[Hit]:
    """``array.tofile``, ``text.format``, ``function.__globals__`` and the like."""
    allowed = attributes()
    for node in context.nodes:
        if not isinstance(node, ast.Attribute) or node.attr in allowed:
            continue
        if context.scopes.kind(node.value) in {"module", "foreign"} or _is_linalg(context, node):
            continue
        if node.attr in context.reported or _is_past_a_module(context, node):
            continue
        near = difflib.get_close_matches(node.attr, sorted(allowed), n=1)
        hint = f"Did you mean .{near[0]}?" if near else "Use a function of np, ndimage or vision."
        hint = _ATTRIBUTES.get(node.attr, hint)
        yield Hit(node, f"the attribute .{node.attr} is not available.", hint)


@rule("S403", "Attributes are not assigned.")
def stored(context: Context) -> Iterator[Hit]:
    """``frame.shape = ...``, ``checker.count = ...``."""
    for node in context.nodes:
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            hint = "Use a local variable, or a dictionary made in this function."
            yield Hit(node, f"the attribute .{node.attr} may not be assigned.", hint)


@rule("S405", "np.ndarray is for annotations and isinstance only.")
def not_constructed(context: Context) -> Iterator[Hit]:
    """``np.ndarray(shape)``, whose memory holds whatever was there before."""
    annotations = set(annotation_nodes(context))
    for node in context.nodes:
        if (
            isinstance(node, ast.Attribute)
            and node.attr == "ndarray"
            and context.scopes.kind(node.value) == "module"
            and node not in annotations
        ):
            parent = context.scopes.parents[node]
            if isinstance(parent, ast.Tuple):
                parent = context.scopes.parents[parent]
            if not isinstance(parent, ast.Call) or ast.unparse(parent.func) != "isinstance":
                hint = "Make arrays with np.zeros, np.array or np.full."
                yield Hit(node, "np.ndarray may not be used like this.", hint)


def _is_past_a_module(context: Context, node: ast.Attribute) -> bool:
    """Whether it is asked of ``np.lib`` or the like, of which it was told that there is none."""
    value = node.value
    while isinstance(value, ast.Attribute):
        owner = value.value
        if isinstance(owner, ast.Name) and context.scopes.kind(owner) == "module":
            return value.attr not in module_names(owner.id)
        value = owner
    return False


def _is_linalg(context: Context, node: ast.Attribute) -> bool:
    value = node.value
    return (
        isinstance(value, ast.Attribute)
        and value.attr == "linalg"
        and context.scopes.kind(value.value) == "module"
        and node.attr in LINALG
    )


def _instead(full: str, module: str, name: str) -> str:
    if full in _INSTEAD:
        return _INSTEAD[full]
    near = difflib.get_close_matches(name, sorted(module_names(module)), n=1, cutoff=CLOSE)
    if near:
        return f"Did you mean {module}.{near[0]}?"
    if module == "vision":
        return f"vision offers: {', '.join(sorted(module_names(module)))}."
    return "Use array operations of np, ndimage or vision."
