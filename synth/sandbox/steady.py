"""Programs compiled so that they answer alike in every process and on every machine.

Where an object lies in memory differs from process to process, and a program that could see it
would answer differently there. Python shows it in three ways, each closed here:

- A set is walked in the order of its elements' hashes, and the hash of ``None``, of an object
  or of a NaN is its address. So a set takes numbers, text and tuples of them.
- The text of an object holds its address. So `str` takes the same, and so does ``text % x``.
- The bytes of an array of objects are addresses. So ``tobytes`` takes other arrays.

What enters a set by a display, a comprehension or a method does not pass through a name that
could be held back, so the program is compiled with these spelled as calls. So are the methods of
arrays that `synth.sandbox.ordered`, `synth.sandbox.checked` and `synth.sandbox.bits` replace, and
``**`` and ``@``, of which not all is the same everywhere (`synth.sandbox.products`).

This file is loaded by path inside the zygote, so it imports NumPy, the standard library and the
sandbox's own files only.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import ItemsView, KeysView
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.sandbox import bits, checked, ordered, products

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import CodeType

__all__ = [
    "ENTER",
    "NAMES",
    "compiled",
    "make_frozenset",
    "make_set",
    "make_str",
]

ENTER = frozenset({"add", "update", "union", "symmetric_difference", "symmetric_difference_update"})
"""Methods by which something enters a set."""
_METHODS: dict[str, Any] = ordered.METHODS | checked.METHODS | bits.METHODS | products.METHODS
_GUARDED = ENTER | _METHODS.keys() | {"keys", "items"}
# The lint lets no program use them.
_MEMBER, _SET, _SHOWN = "__member__", "__set__", "__shown__"
_OPERATORS = {ast.Pow: "__power__", ast.MatMult: "__product__"}
_IN_PLACE = {ast.Pow: "__exponent__", ast.MatMult: "__factor__"}
_WORDS = {"NaN": "NaN", "NoneType": "None"}
_NUMBERS = (bool, int, float, complex, np.number, np.bool_)


def compiled(source: str, file: str) -> CodeType:
    """A program's code, in which sets are made and filled by way of `NAMES`.

    Args:
        source: Its text.
        file: The name by which tracebacks call it.

    Raises:
        SyntaxError: It is no Python.
        ValueError: As `compile` raises it, of a null byte for one.
    """
    tree = _Spelling().visit(compile(source, file, "exec", ast.PyCF_ONLY_AST, dont_inherit=True))
    return compile(tree, file, "exec", dont_inherit=True)


class _Spelling(ast.NodeTransformer):
    """Writes ``{a, b}`` as a call, and asks `_member` for ``x.add`` and its like."""

    def visit_Set(self, node: ast.Set) -> ast.AST:
        self.generic_visit(node)
        return _call(_SET, node, ast.List(node.elts, ast.Load()))

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        self.generic_visit(node)
        return _call(_SET, node, ast.ListComp(node.elt, node.generators))

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if node.attr not in _GUARDED or not isinstance(node.ctx, ast.Load):
            return node
        return _call(_MEMBER, node, node.value, ast.Constant(node.attr))

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Mod) and not isinstance(node.right, ast.Constant):
            node.right = _call(_SHOWN, node.right, node.right)
        if (name := _OPERATORS.get(type(node.op))) and not _is_whole(node.right):
            return _call(name, node, node.left, node.right)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Mod) and not isinstance(node.value, ast.Constant):
            node.value = _call(_SHOWN, node.value, node.value)
        if (name := _IN_PLACE.get(type(node.op))) and not _is_whole(node.value):
            left = copy.deepcopy(node.target)
            left.ctx = ast.Load()
            node.value = _call(name, node.value, self.visit(left), node.value)
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        return self._walked(node)

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        return self._walked(node)

    def _walked(self, node: Any) -> ast.AST:
        """A loop over ``x.items()`` needs no view that outlives it, and stays as fast as it is."""
        view = node.iter
        asked = isinstance(view, ast.Call) and isinstance(view.func, ast.Attribute)
        if asked and view.func.attr in {"keys", "items"}:
            view.func.value = self.visit(view.func.value)
            node.iter = ast.Constant(0)
            self.generic_visit(node)
            node.iter = view
            return node  # type: ignore[no-any-return]  # a loop or a comprehension
        return self.generic_visit(node)


def _is_whole(node: ast.expr) -> bool:
    """Whether an exponent is written out as a whole number: such powers are real."""
    return isinstance(node, ast.Constant) and isinstance(node.value, int)


def _call(name: str, at: ast.expr, *given: ast.expr) -> ast.Call:
    call = ast.Call(ast.Name(name, ast.Load()), list(given), [])
    return ast.fix_missing_locations(ast.copy_location(call, at))


def make_set(items: Iterable[Any] = ()) -> set[Any]:
    """A set of numbers, text and tuples of them.

    Raises:
        TypeError: Of something else.
    """
    return set(_checked_items(items))


def make_frozenset(items: Iterable[Any] = ()) -> frozenset[Any]:
    """As `make_set`, frozen."""
    return frozenset(_checked_items(items))


def make_str(value: Any = "") -> str:
    """The text of a number, of text, or of a list, tuple or array of them.

    Raises:
        TypeError: Of something else.
    """
    if not _has_text(value):
        raise TypeError(f"str takes numbers, text, and lists or arrays of them, not {_odd(value)}")
    return str(value)


def _shown(value: Any) -> Any:
    """The right side of ``%``, which is a remainder's or text's: what is on the left is not known.

    Raises:
        TypeError: It is an object whose text would hold its address.
    """
    if not _has_text(value):
        raise TypeError(f"% takes numbers, text, and arrays of them, not {_odd(value)}")
    return value


def _has_text(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return not value.dtype.hasobject
    if value is None or isinstance(value, (*_NUMBERS, str, bytes, np.dtype, range)):
        return True
    if isinstance(value, dict | MappingProxyType):
        return all(_has_text(part) for pair in value.items() for part in pair)
    whole = isinstance(value, list | tuple | set | frozenset)
    return whole and all(_has_text(part) for part in value)


def _odd(value: Any) -> str:
    """What has no text, within a list for one: ``a function within a list``."""
    outer, inner = value, value
    while isinstance(inner, list | tuple | set | frozenset | dict | MappingProxyType):
        parts = [*inner, *(inner.values() if hasattr(inner, "values") else ())]
        inner = next(part for part in parts if not _has_text(part))
    where = "" if inner is outer else f" within a {type(outer).__name__}"
    return f"a {type(inner).__name__}{where}"


def _checked(item: Any) -> Any:
    if not _has_order(item):
        inner = _without_order(item)
        kind = "NaN" if isinstance(inner, _NUMBERS) else type(inner).__name__
        where = "" if inner is item else f" within a {type(item).__name__}"
        instead = (
            f"leave {_WORDS[kind]} out, put -1 in its place"
            if kind in _WORDS
            else ("put numbers, text or tuples of them into it")
        )
        raise TypeError(
            f"a set that holds {kind}{where} has no order that lasts; {instead}, or keep a list"
        )
    return item


def _without_order(item: Any) -> Any:
    """What it is, within a tuple for one, that keeps it from having an order."""
    while isinstance(item, tuple | frozenset):
        item = next(part for part in item if not _has_order(part))
    return item


def _has_order(item: Any) -> bool:
    """Whether its hash is the same in every process."""
    if isinstance(item, str | bytes | np.dtype):
        return True
    if isinstance(item, _NUMBERS):
        return bool(item == item)  # noqa: PLR0124 - false of NaN, which is hashed by its address
    return isinstance(item, tuple | frozenset) and all(_has_order(part) for part in item)


class _Keys(KeysView[Any]):
    """The keys of a dictionary; its union with something else is a set of `make_set`."""

    _from_iterable = staticmethod(make_set)

    def __reversed__(self) -> Iterator[Any]:
        return reversed(self._mapping)  # type: ignore[attr-defined]  # a dictionary


class _Items(ItemsView[Any, Any]):
    """The items of a dictionary, likewise."""

    _from_iterable = staticmethod(make_set)

    def __reversed__(self) -> Iterator[Any]:
        own = self._mapping  # type: ignore[attr-defined]  # a dictionary
        return ((key, own[key]) for key in reversed(own))


def _member(value: Any, name: str) -> Any:
    """``value.name``, where that could show an address or is replaced."""
    if type(value) is np.ndarray and name in _METHODS and not value.dtype.hasobject:
        return partial(_METHODS[name], value)  # as nearly all are, and the rest takes its time
    if isinstance(value, set | frozenset) and name in ENTER:
        return partial(_enter, getattr(value, name), _checked if name == "add" else _checked_items)
    if name == "tobytes" and isinstance(value, np.ndarray) and value.dtype.hasobject:
        raise TypeError("an array of objects has no bytes; give np.array a dtype such as np.int64")
    if isinstance(value, dict | MappingProxyType) and name in {"keys", "items"}:
        return partial(_Keys if name == "keys" else _Items, value)
    own = getattr(value, name)
    if name in _METHODS and isinstance(value, np.ndarray | np.generic | np.ufunc):
        return partial(_METHODS[name], value)
    return own


def _enter(method: Any, check: Any, *given: Any) -> Any:
    return method(*map(check, given))


def _checked_items(items: Iterable[Any]) -> Iterable[Any]:
    # A set as it is: another of the same items may be walked in another order.
    return items if isinstance(items, set | frozenset) else [*map(_checked, items)]


NAMES = {
    "__exponent__": bits.as_exponent,
    "__factor__": products.as_factor,
    "__power__": bits.power,
    "__product__": products.product,
    _MEMBER: _member,
    _SET: make_set,
    _SHOWN: _shown,
}
"""What `compiled` code calls beside its own names; they go among its builtins."""
