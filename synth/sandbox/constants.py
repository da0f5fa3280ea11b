"""What a program's top level holds, made unwritable once it has been loaded.

A list that a function appends to, an array that it adds to, a dictionary that it keeps pictures
in: each is memory from one call to the next, whichever way it is written into. So arrays are
locked in NumPy itself, and lists, dictionaries and sets become subclasses that cannot be changed.

Why not tuples and mapping views, which nothing can change: NumPy takes a list index for places
and a tuple for axes, ``CONSTANT + [x]`` and ``isinstance(CONSTANT, list)`` mean something else
for a tuple, and a program may rely on either. The price is that ``list.append(CONSTANT, x)`` goes
past a subclass; `synth.sandbox.given_names` holds the types' own methods back.

This file is loaded by path inside the zygote, so it imports NumPy, its neighbours there and the
standard library only.
"""

from __future__ import annotations

import re
from types import BuiltinMethodType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, Never

import numpy as np

from synth.sandbox.frozen import lock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

__all__ = ["CHANGES", "Constants", "FrozenDict", "FrozenList", "FrozenSet"]

CHANGES: dict[Any, str] = {
    list: "append extend insert remove pop clear reverse sort "
    "__init__ __setitem__ __delitem__ __iadd__ __imul__",
    dict: "update setdefault pop popitem clear __init__ __setitem__ __delitem__ __ior__",
    set: "add discard remove pop clear update difference_update intersection_update "
    "symmetric_difference_update __init__ __ior__ __iand__ __isub__ __ixor__",
}
_READ_ONLY = re.compile("read-?only|not writeable", re.IGNORECASE)  # NumPy and SciPy say so
_SAID = 400  # characters of an error that are sent
_WHY = "which would be memory from one picture to the next; work on a copy"


class FrozenList(list):  # type: ignore[type-arg]  # of anything
    """A list of the top level. What its operators and methods make of it is an ordinary list."""

    __slots__ = ("_place",)


class FrozenDict(dict):  # type: ignore[type-arg]  # of anything
    """A dictionary of the top level."""

    __slots__ = ("_place",)


class FrozenSet(set):  # type: ignore[type-arg]  # of anything
    """A set of the top level. A loop takes its items in the order of the set that was loaded."""

    __slots__ = ("_order", "_place")
    _order: tuple[Any, ...]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._order)

    def __repr__(self) -> str:
        return f"{{{', '.join(map(repr, self))}}}" if self else "set()"


def _refuse(self: Any, *_: Any, **__: Any) -> Never:
    raise TypeError(f"it writes into {self._place}, {_WHY}")


_FROZEN: dict[Any, Any] = {list: FrozenList, dict: FrozenDict, set: FrozenSet}
for _real, _changes in CHANGES.items():
    for _name in _changes.split():
        setattr(_FROZEN[_real], _name, _refuse)


class Constants:
    """What outlives the calls of one program.

    Args:
        space: The names of its top level. Their values are frozen, containers replaced.
        source: Its text, from which errors are explained.

    Raises:
        TypeError: Something cannot be frozen, since to look at it is to change it.
    """

    def __init__(self, space: dict[str, Any], source: str) -> None:
        self._lines = source.splitlines()
        self._arrays: list[tuple[str, Any]] = []
        self._known: dict[int, tuple[Any, Any]] = {}  # by identity: two names of one list stay so
        for name, value in list(space.items()):
            if not name.startswith("__"):
                space[name] = self._freeze(value, f"the constant {name}")
        self._known.clear()

    def blamed(self, message: str, trace: TracebackType | None) -> str:
        """An error's message, which names the array of the top level that was to be written into.

        Args:
            message: What NumPy said.
            trace: Where the program ran into it.
        """
        if trace is None or not _READ_ONLY.search(message[:_SAID]):
            return message
        positions = list(trace.tb_frame.f_code.co_positions())[trace.tb_lasti // 2]
        first, last = positions[0] or trace.tb_lineno, positions[1] or trace.tb_lineno
        named = set(re.findall(r"\w+", " ".join(self._lines[first - 1 : last])))
        places = set()
        for name, value in trace.tb_frame.f_locals.items():
            for array in _arrays(value) if name in named else ():
                # A picture, or what was seen of one: as likely as a constant on the same line.
                places |= self._places(array) or {""}
        for place, _ in self._arrays:
            if place.rpartition(" ")[2] in named:
                places.add(place)
        if len(places) != 1 or places == {""}:
            return message
        return f"it writes into {places.pop()}, {_WHY} ({message})"

    def _places(self, array: Any) -> set[str]:
        return {place for place, one in self._arrays if np.may_share_memory(array, one)}

    def _freeze(self, value: Any, place: str) -> Any:
        if id(value) in self._known:
            return self._known[id(value)][1]
        if isinstance(value, list | dict | set):
            return self._fill(value, place)
        frozen = value
        if isinstance(value, tuple | frozenset):
            items = [self._freeze(item, place) for item in value]
            if any(one is not other for one, other in zip(items, value, strict=True)):
                make = getattr(type(value), "_make", type(value))
                frozen = make(items)
        elif isinstance(value, np.ndarray):
            frozen = self._lock(value, place)
        elif isinstance(value, FunctionType):
            self._known[id(value)] = value, value
            self._freeze_defaults(value)
        elif _is_restless(value):
            kind = type(value).__name__
            raise TypeError(f"{place} is or holds a {kind}, which remembers what was asked of it")
        self._known[id(value)] = value, frozen
        return frozen

    def _fill(self, value: Any, place: str) -> Any:
        real: Any = next(kind for kind in CHANGES if isinstance(value, kind))
        frozen: Any = real.__new__(_FROZEN[real])
        frozen._place = place  # noqa: SLF001 - ours, and no argument: `__init__` is refused
        self._known[id(value)] = value, frozen  # before its items: it may hold itself
        if real is dict:
            items: Iterable[Any] = [
                (self._freeze(key, place), self._freeze(item, place)) for key, item in value.items()
            ]
        else:
            items = [self._freeze(item, place) for item in value]
        if real is set:
            frozen._order = tuple(items)  # noqa: SLF001 - as above
        (real.extend if real is list else real.update)(frozen, items)
        return frozen

    def _lock(self, array: Any, place: str) -> Any:
        if array.dtype.hasobject:
            for index in np.ndindex(array.shape):
                array[index] = self._freeze(array[index], place)
        base = lock(array)
        if base is not None and not isinstance(base, bytes):  # memory of something else's
            array = array.copy()
            array.setflags(write=False)
        self._arrays.append((place, array))
        return array

    def _freeze_defaults(self, function: FunctionType) -> None:
        place = f"a default of {function.__name__}"
        if function.__defaults__:
            function.__defaults__ = tuple(self._freeze(one, place) for one in function.__defaults__)
        if function.__kwdefaults__:
            function.__kwdefaults__ = {
                name: self._freeze(one, place) for name, one in function.__kwdefaults__.items()
            }


def _arrays(value: Any) -> list[Any]:
    """The read-only arrays that a local variable is, or holds."""
    if isinstance(value, dict):
        value = value.values()
    elif isinstance(value, np.ndarray):
        value = (value,)
    elif not isinstance(value, list | tuple):
        return []
    return [one for one in value if isinstance(one, np.ndarray) and not one.flags.writeable]


def _is_restless(value: Any) -> bool:
    if isinstance(value, BuiltinMethodType):
        return isinstance(value.__self__, list | dict | set | np.ndarray)
    return not isinstance(value, type | ModuleType) and hasattr(type(value), "__next__")
