"""Products of floats whose sums nothing can make overflow on the way.

NumPy has them from BLAS, which adds in an order of its own for each kind of processor. That last
digits then differ is no matter; but where what is added comes near the largest float, one order
overflows, or meets inf and -inf, and another does not. Such factors are refused.

`np.einsum` asks BLAS only with ``optimize``, which `synth.sandbox.checked` leaves out.

This file is loaded by path inside the zygote, so it imports NumPy and the standard library only.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

import numpy as np

__all__ = ["METHODS", "as_factor", "product", "tame"]

_TWO = ("convolve", "correlate", "dot", "inner", "matmul", "tensordot", "vdot", "vecdot")
_ONE = ("corrcoef", "cov")
_MOST = {"e": 6e4, "f": 1e38, "d": 1e307}
"""What the magnitudes that are added may come to, by the code of a dtype."""


def tame() -> None:
    """Put the functions that look at their factors in the place of those of NumPy."""
    for name in _TWO + _ONE:
        setattr(np, name, _looking(getattr(np, name)))


def _looking(real: Any) -> Any:
    @wraps(real)
    def applied(*given: Any, **options: Any) -> Any:
        named = [options[name] for name in ("a", "b", "m", "v", "x", "y") if name in options]
        _require_small(*given[:2], *named)
        return real(*given, **options)

    return applied


def _require_small(*factors: Any) -> None:
    arrays = [np.asarray(one) for one in factors if one is not None]
    kinds = {one.dtype.kind for one in arrays}
    if "f" not in kinds or not kinds <= {*"biuf"}:
        return  # integers run over alike everywhere, and what is no number is NumPy's to refuse
    most = _MOST[np.result_type(*arrays).char]
    largest = [_largest(one) for one in arrays]
    largest += largest[: 2 - len(largest)]  # a single array is multiplied by itself
    if not largest[0] * largest[1] * max(one.size for one in arrays) < most:
        raise OverflowError("factors so large that their products' sum may overflow")


def _largest(array: Any) -> float:
    """The largest finite magnitude in an array of numbers, as a float."""
    magnitudes = np.abs(array.astype(np.float64))
    return float(np.max(magnitudes, where=np.isfinite(magnitudes), initial=0.0))


def product(left: Any, right: Any) -> Any:
    """``left @ right``.

    Raises:
        OverflowError: Its sums might.
    """
    _require_small(left, right)
    return left @ right


def as_factor(left: Any, right: Any) -> Any:
    """What stands on the right of ``left @= right``.

    Raises:
        OverflowError: The product's sums might.
    """
    _require_small(left, right)
    return right


def _dot(own: Any, *given: Any, **options: Any) -> Any:
    _require_small(own, *given[:1], *([options["b"]] if "b" in options else []))
    return own.dot(*given, **options)


METHODS = {"dot": _dot}
"""What arrays are asked for in place of their own method."""
