"""The names that a program finds without defining them: Python's own, and what stands in for some.

They keep nobody in: from any numpy object `os` is a few attributes away. The kernel's lockdown
(`synth.sandbox.lockdown`) does. These turn a slip into a clear message, and hold back what
would write into a constant or show an address.

This file is loaded by path inside the zygote.
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

from synth.sandbox.bits import power
from synth.sandbox.constants import CHANGES
from synth.sandbox.steady import ENTER, NAMES, make_frozenset, make_set, make_str

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence

__all__ = ["given_names"]

_IMPORTS = frozenset({"synth", "synth.vision"})
_PACKAGES = frozenset({"numpy", "scipy"})  # their C code imports parts of them in our name
_WITHHELD = frozenset(
    {"open", "exec", "eval", "compile", "input", "breakpoint", "exit", "quit", "help"}
)


def given_names() -> dict[str, Any]:
    """What becomes ``__builtins__`` of a program.

    >>> names = given_names()
    >>> names["list"]("ab"), isinstance([], names["list"]), hasattr(names["list"], "append")
    (['a', 'b'], True, False)
    """
    # Python's own `__import__` and `open` would only meet the lockdown; these say why.
    names = {name: value for name, value in vars(builtins).items() if name not in _WITHHELD}
    makers = {set: make_set}
    for real, changes in CHANGES.items():
        withheld = {*changes.split(), *(ENTER if real is set else ())}
        names[real.__name__] = _stand_in(real, makers.get(real, real), withheld)
    names["frozenset"] = _stand_in(frozenset, make_frozenset, ENTER)
    names["str"] = _stand_in(str, make_str)
    names["pow"] = power
    return names | NAMES | {"__import__": _import}


def _stand_in(real: Any, make: Callable[..., Any], withheld: Container[str] = ()) -> Any:
    """A type as a program sees it: called, asked of by isinstance, and for its other methods."""

    class StandIn(type):
        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            return make(*args, **kwargs)

        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, real)

        def __getitem__(cls, _: object) -> Any:  # list[int], in an annotation
            return cls

        def __getattr__(cls, name: str) -> Any:
            if name in withheld:
                raise AttributeError(f"call {name} on a {real.__name__}, not on the type")
            return getattr(real, name)

    return StandIn(real.__name__, (), {})


def _import(
    name: str,
    space: Mapping[str, object] | None = None,
    local: Mapping[str, object] | None = None,
    names: Sequence[str] = (),
    level: int = 0,
) -> Any:
    if level or (name not in _IMPORTS and name.partition(".")[0] not in _PACKAGES):
        raise ImportError(f"a reward program may not import {name}")
    return __import__(name, space, local, names, level)
