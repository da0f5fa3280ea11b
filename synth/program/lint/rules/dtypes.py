"""Dtypes: numbers and bool, written where they are used, so that a reader can tell.

An array of dates reads the clock (``"today"`` becomes the day it is run), one of objects
holds addresses, and one of text spells them. What a name holds is not known in general, so
that a dtype is what can be read at the place: a literal, the dtype of an array, or a name
that is only ever given one of these.
"""

from __future__ import annotations

import ast
import re
from functools import partial
from typing import TYPE_CHECKING

from synth.program.lint.allowed import DTYPE_STRINGS, DTYPES
from synth.program.lint.given import array, called, given, names_of_kind
from synth.program.lint.registry import Context, Hit, rule
from synth.program.lint.signatures import (
    DTYPE_AT,
    DTYPE_METHODS,
    OUTPUT_AT,
    argument,
    starred_before,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["dtypes", "no_dates", "no_float_views"]

_PLAIN_BUILTINS = frozenset({"bool", "int", "float"})
_HINT = "Use np.uint8, np.int32, np.float32 or bool, written where it is used."
_DATES = re.compile(r"[<>=|]?[mM]8(\[.*\])?|(datetime|timedelta)64(\[.*\])?", re.DOTALL)


@rule(
    "S404",
    "A dtype is one of the number types or bool, or that of an array, and is written out: no "
    "text, dates, objects or structures.",
)
def dtypes(context: Context) -> Iterator[Hit]:
    """``dtype="O"``, ``astype("object")``, ``np.array(["today"], kind)``."""
    values = given(context)
    plain = names_of_kind(values, partial(_dtype, context))
    arrays = names_of_kind(values, partial(array, context))
    for node in context.nodes:
        if not isinstance(node, ast.Call):
            continue
        name, module = called(context, node)
        yield from _odd_arguments(node, name, module)
        table = DTYPE_AT if module == "np" else DTYPE_METHODS if module == "" else {}
        at = table.get(name)
        star = starred_before(node, at) if at is not None else None
        if star is not None:
            message = f"a starred argument of {name} may hold its dtype."
            yield Hit(star, message, "Write each argument by itself.")
            continue
        value = argument(node, "dtype", at)
        if value is not None:
            yield from _judge(context, plain, value)
        output = argument(node, "output", OUTPUT_AT.get(name)) if module == "ndimage" else None
        needs = array(context, output) if output is not None else None
        if output is not None and (needs is None or not needs <= arrays):
            yield from _judge(context, plain, output)


@rule("S406", "No string spells a dtype of dates.")
def no_dates(context: Context) -> Iterator[Hit]:
    """``"M8[D]"`` wherever it stands: a second lock, should a way around the first be found."""
    for node in context.nodes:
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and _DATES.fullmatch(node.value)
        ):
            yield Hit(node, f"the string {node.value!r} is not available.", _HINT)


@rule("S411", "Bytes are not viewed as floats: numbers become floats by astype.")
def no_float_views(context: Context) -> Iterator[Hit]:
    """``frame.view(np.float32)``: many are NaN, and what a sum keeps of them depends on where."""
    values = given(context)
    plain = names_of_kind(values, partial(_dtype, context))
    whole = names_of_kind(values, partial(_dtype, context, floats=False))
    for node in context.nodes:
        if not isinstance(node, ast.Call) or called(context, node) != ("view", ""):
            continue
        value = argument(node, "dtype", DTYPE_METHODS["view"])
        needs = _dtype(context, value) if value is not None else None
        if value is None or needs is None or not needs <= plain:
            continue  # S404 says what is wrong
        needs = _dtype(context, value, floats=False)
        if needs is None or not needs <= whole:
            hint = "Write `.astype(np.float32)`; bytes are viewed as np.uint8 or np.uint32."
            yield Hit(value, "a view as floats takes the bytes of a picture for numbers.", hint)


def _odd_arguments(node: ast.Call, name: str, module: str | None) -> Iterator[Hit]:
    """Other arguments that decide upon a dtype."""
    for keyword in node.keywords:
        if module and keyword.arg in {"signature", "sig", "like"}:
            yield Hit(keyword.value, f"`{keyword.arg}=` is not available.", "Leave it out.")
    if module == "np" and name in {"array", "asarray", "full", "full_like"}:
        for part in _objects(node.args[:2]):
            yield Hit(part, "None makes an array of objects.", "Use -1, 0 or np.nan.")


def _objects(values: list[ast.expr]) -> Iterator[ast.expr]:
    """Each None among the elements that an array is made of."""
    for value in values:
        for part in value.elts if isinstance(value, ast.List | ast.Tuple) else ():
            if isinstance(part, ast.Constant) and part.value is None:
                yield part
            yield from _objects([part])
        if isinstance(value, ast.BinOp):
            yield from _objects([value.left, value.right])


def _judge(context: Context, plain: frozenset[str], value: ast.expr) -> Iterator[Hit]:
    needs = _dtype(context, value)
    if needs is not None and needs <= plain:
        return
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield Hit(value, f"the dtype {value.value!r} is not available.", _HINT)
    elif isinstance(value, ast.List | ast.Tuple | ast.Dict):
        hint = "Use one number type, and one array per quantity."
        yield Hit(value, "structured dtypes are not available.", hint)
    elif isinstance(value, ast.Name) and context.scopes.kind(value) == "builtin":
        yield Hit(value, f"the dtype {value.id} is not available.", _HINT)
    else:
        yield Hit(value, "what dtype this is cannot be read here.", _HINT)


def _dtype(context: Context, value: ast.expr, *, floats: bool = True) -> frozenset[str] | None:
    """The names that must hold plain dtypes for this to be one; ``None`` where it is none.

    Args:
        context: The program.
        value: What stands for a dtype.
        floats: Whether it may be one of floats, such as None is, and that of an array might be.
    """
    if isinstance(value, ast.Constant):
        text = value.value
        plain = (text in DTYPE_STRINGS and (floats or "f" not in text)) or (floats and text is None)
    elif isinstance(value, ast.Attribute):
        if context.scopes.kind(value.value) == "module":
            plain = value.attr in DTYPES and (floats or "f" not in value.attr)
        else:
            plain = value.attr == "dtype" and floats
    elif isinstance(value, ast.IfExp):
        body = _dtype(context, value.body, floats=floats)
        other = _dtype(context, value.orelse, floats=floats)
        return None if body is None or other is None else body | other
    elif isinstance(value, ast.Name):
        if context.scopes.kind(value) in {"local", "top"}:
            return frozenset({value.id})
        plain = value.id in _PLAIN_BUILTINS and (floats or value.id != "float")
    else:
        plain = False
    return frozenset() if plain else None
