"""What lies in memory beside a number's value, and is shown to nobody.

- NaN has a sign, and more bits of no meaning. Which ones come out of ``log(-1)``, of a sum of two
  NaN or of a sort depends on the width of the processor's registers. So `signbit` and `copysign`
  take every NaN for a positive one, floats are not viewed as integers, and their bytes are those
  of one NaN.
- The product of complex numbers depends on whether the processor adds while it multiplies. The only
  way to one is a root of a negative number, which is refused (`power`, and ``**`` by way of it).
- NumPy reduces by `power` and `arctan2` several elements at once where registers are wide (2.4),
  and gives another number. They reduce nothing here.
- A bool is a byte of 0 or 1, and whatever counts with it relies on that. SciPy's filters write
  others into pictures of bools, and so would a view. What comes out of SciPy is set right; a view
  of bools can only be read, and one as bools is a copy.

This file is loaded by path inside the zygote, so it imports NumPy and the standard library only.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

import numpy as np

__all__ = ["METHODS", "as_exponent", "hide", "power", "with_true_bools"]

_SIGNBIT, _COPYSIGN = np.signbit, np.copysign
_PLAIN = "iub"
"""Kinds of dtypes whose every bit is told by the value: integers and bools."""
_UNORDERED = frozenset({"power", "float_power", "arctan2"})
_ROOT = "a negative number has no such root: take it of abs(x), or use np.power, which gives NaN"


def hide() -> None:
    """Put the functions that do not show a NaN's sign in the place of those of NumPy."""
    np.signbit, np.copysign = _signbit, _copysign  # type: ignore[assignment]  # in place of ufuncs


def _plain(values: Any) -> Any:
    """The same, with every NaN a positive one."""
    given = np.asarray(values)
    if given.dtype.kind != "f" or not (nan := np.isnan(given)).any():
        return values
    return np.where(nan, given.dtype.type(np.nan), given)


@wraps(_SIGNBIT)
def _signbit(x: Any, /, *more: Any, **options: Any) -> Any:
    return _SIGNBIT(_plain(x), *more, **options)


@wraps(_COPYSIGN)
def _copysign(x1: Any, x2: Any, /, *more: Any, **options: Any) -> Any:
    return _COPYSIGN(x1, _plain(x2), *more, **options)


def _view(own: Any, *given: Any, **options: Any) -> Any:
    asked = options.get("dtype", given[0] if given else None)
    if asked is None or (isinstance(asked, type) and issubclass(asked, np.ndarray)):
        return own.view(*given, **options)
    kind, wanted = own.dtype.kind, np.dtype(asked)
    if wanted == own.dtype:
        return own.view(*given, **options)
    if kind not in _PLAIN or wanted.kind not in _PLAIN:
        raise TypeError(f"{own.dtype} is not viewed as {wanted}: numbers become others by astype")
    if wanted.kind == "b":
        return own.view(np.uint8) != 0
    seen = own.view(*given, **options)
    if kind == "b" and isinstance(seen, np.ndarray):
        seen.flags.writeable = False
    return seen


def _byteswap(own: Any, *given: Any, **options: Any) -> Any:
    if own.dtype.kind not in "iu":
        raise TypeError(f"the bytes of {own.dtype} are not swapped; only those of integers are")
    return own.byteswap(*given, **options)


def _tobytes(own: Any, *given: Any, **options: Any) -> bytes:
    told: bytes = np.asarray(_plain(own)).tobytes(*given, **options)
    return told


def _ordered(name: str) -> Any:
    def reduced(own: Any, *given: Any, **options: Any) -> Any:
        if isinstance(own, np.ufunc) and own.__name__ in _UNORDERED:
            raise TypeError(
                f"{own.__name__}.{name} depends on the processor; write a loop, or accumulate"
            )
        return getattr(own, name)(*given, **options)

    return reduced


METHODS = {
    "byteswap": _byteswap,
    "reduce": _ordered("reduce"),
    "reduceat": _ordered("reduceat"),
    "tobytes": _tobytes,
    "view": _view,
}
"""What arrays, scalars and ufuncs are asked for in place of their own methods."""


def power(base: Any, exponent: Any, modulus: Any = None) -> Any:
    """``base ** exponent``, which is real.

    Raises:
        ValueError: It would be complex.
    """
    result = base**exponent if modulus is None else pow(base, exponent, modulus)
    if isinstance(result, complex):
        raise ValueError(_ROOT)  # noqa: TRY004 - the value is what is wrong
    return result


def as_exponent(base: Any, exponent: Any) -> Any:
    """The exponent of ``base **= exponent``, which stays real.

    Raises:
        ValueError: It would be complex.
    """
    if isinstance(base, int | float) and not isinstance(base, np.generic):
        power(base, exponent)
    return exponent


def with_true_bools(result: Any) -> Any:
    """What a filter of SciPy's gave; where that is bools, they are made 0 and 1."""
    if isinstance(result, np.ndarray) and result.dtype == np.bool_:
        np.not_equal(result.view(np.uint8), 0, out=result)
    return result
