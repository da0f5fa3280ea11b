"""What perceive returned, made unwritable for the checkers, or refused.

The same thing is given to several checkers, and what was seen of the first picture to a whole
episode of them: whatever could be changed, or is used up by a look, would be memory.

This file is loaded by path inside the zygote, so it imports NumPy and the standard library only.
"""

from __future__ import annotations

from collections.abc import ItemsView, KeysView
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["freeze", "lock"]

_PLAIN = frozenset(
    {bool, int, float, complex, str, bytes, type(None), type(...), range}
    | {np.bool_, np.uint8, np.int32, np.uint32, np.int64, np.float32, np.float64}
)
_VIEWS = {type({}.keys()): "keys", type({}.values()): "values", type({}.items()): "items"}


def freeze(value: Any) -> Any:
    """What perceive returned, made unwritable for the checkers.

    Arrays are locked; lists become tuples, sets frozensets and dictionaries read-only views;
    the fields of a frozen dataclass, such as a blob, are frozen in their place.

    Args:
        value: Numbers, text, None, arrays of them, and containers of these.

    Raises:
        TypeError: It is, or holds, something else: what could be another thing at the next
            look, as an iterator is, a function, or an array of objects.
    """
    try:
        return _freeze(value)
    except RecursionError:
        raise _refused("something that holds itself, or is nested too deep") from None


def _freeze(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    known = _KINDS.get(kind)
    if known is not None:
        return known(value)
    return _freeze_rare(value, kind)


def _items(value: Any) -> Any:
    items = [item if type(item) in _PLAIN else _freeze(item) for item in value]
    return tuple(items)


def _table(value: Any) -> Any:
    return MappingProxyType({_freeze(key): _freeze(item) for key, item in value.items()})


def _set(value: Any) -> Any:
    items = [_freeze(item) for item in value]
    if all(one is other for one, other in zip(items, value, strict=True)):
        return frozenset(value)  # in its order, which one that is filled anew need not have
    return frozenset(items)


def _slice(value: slice) -> slice:
    return slice(_freeze(value.start), _freeze(value.stop), _freeze(value.step))


def _view(value: Any) -> Any:
    return getattr(_table(value.mapping), _VIEWS[type(value)])()


def _array(value: Any) -> Any:
    if value.dtype.hasobject:
        raise _refused("an array of objects")
    lock(value)
    return value


def lock(array: Any) -> Any:
    """Lock an array and all that it is a view of: a writable base would be no protection.

    Returns:
        What the memory belongs to beside arrays, or ``None``.
    """
    base = array
    while isinstance(base, np.ndarray):
        if base.flags.writeable:
            base.flags.writeable = False
        base = base.base
    return base


_KINDS: dict[type, Callable[[Any], Any]] = {
    np.ndarray: _array,
    tuple: _items,
    list: _items,
    dict: _table,
    set: _set,
    frozenset: _set,
    slice: _slice,
    MappingProxyType: _table,
    **dict.fromkeys(_VIEWS, _view),
}


def _freeze_rare(value: Any, kind: Any) -> Any:
    if isinstance(value, tuple) and hasattr(kind, "_make"):
        return kind._make(_items(value))
    if isinstance(value, KeysView):
        return _table(dict.fromkeys(value)).keys()
    if isinstance(value, ItemsView):
        return _table(dict(value)).items()
    for base in (tuple, list, dict, set):  # a constant of the program, for one
        if isinstance(value, base):
            return _KINDS[base](value)
    if isinstance(value, np.generic | np.dtype) and not isinstance(value, np.void):
        return value
    parameters = getattr(kind, "__dataclass_params__", None)
    if parameters is None or not parameters.frozen:
        raise _refused(f"a value of type {kind.__name__}")
    for field in kind.__dataclass_fields__:
        object.__setattr__(value, field, _freeze(getattr(value, field)))
    return value


def _refused(what: str) -> TypeError:
    return TypeError(
        f"it returned {what}, which may not be kept for the checkers; return numbers, strings, "
        "None, arrays of numbers, and tuples, lists, dictionaries or sets of them"
    )
