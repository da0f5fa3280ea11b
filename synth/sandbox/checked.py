"""What NumPy and SciPy do not look at, looked at before they read or write what is not theirs.

- `np.einsum` takes an axis of no elements for one that is not known yet, and gives a view of the
  memory behind the array (2.4: ``np.einsum("ii->i", np.zeros((1, 50))[:0])``).
- `np.unpackbits` leaves what it is to count beyond no bits at all as it was.
- What accumulates (`cumsum`, `np.add.accumulate`) writes into an `out` of no axes, and crashes.
- SciPy's interpolation reads an empty picture at its edge (1.17: `rotate`, `map_coordinates`), so
  that its filters, morphology and interpolation take none.
- Its grey morphology takes a footprint and a structure of two shapes, and reads beyond the smaller;
  and one without a true place, and crashes.
- `ndimage.value_indices` crashes where labels lie too far from each other to be counted, and so do
  `np.repeat` and filters where what they are asked for is larger than can be.
- `np.broadcast_to` and its like give arrays without end that take no memory, until they are copied.

This file is loaded by path inside the zygote, so it imports NumPy, SciPy and the standard
library only.
"""

from __future__ import annotations

import inspect
from functools import wraps
from typing import Any

import numpy as np
from scipy import ndimage

from synth.sandbox.bits import with_true_bools

__all__ = ["METHODS", "check"]

_COUNTING = frozenset(
    {"center_of_mass", "extrema", "find_objects", "histogram", "label", "maximum",
     "maximum_position", "mean", "median", "minimum", "minimum_position", "standard_deviation",
     "sum", "sum_labels", "value_indices", "variance"}
)  # fmt: skip
"""Functions of ndimage that rightly say of an empty picture that there is nothing in it."""
_GREY = (
    *("grey_closing", "grey_dilation", "grey_erosion", "grey_opening", "black_tophat"),
    *("white_tophat", "morphological_gradient", "morphological_laplace"),
)
_ACCUMULATING = ("cumsum", "cumprod", "nancumsum", "nancumprod")
_BROADCASTING = ("broadcast_to", "broadcast_arrays", "meshgrid")
_FAR = 2**31
"""No picture has so many elements."""


def check() -> None:
    """Put the functions that look in the place of those of the modules."""
    np.einsum = _of_something(np.einsum)
    np.unpackbits = _of_bits(np.unpackbits)
    for name in _ACCUMULATING:
        setattr(np, name, _ACCUMULATIONS[name])
    np.repeat = _repeat
    for name in _BROADCASTING:
        setattr(np, name, _of_a_size(getattr(np, name)))
    ndimage.value_indices = _within_reach(ndimage.value_indices)
    for name in _GREY:
        setattr(ndimage, name, _of_one_shape(getattr(ndimage, name)))
    for name, function in [*vars(ndimage).items()]:
        if name not in _COUNTING and _takes_a_picture(function):
            setattr(ndimage, name, _of_a_picture(function))


def _takes_a_picture(function: Any) -> bool:
    return inspect.isfunction(function) and [*inspect.signature(function).parameters][:1] == [
        "input"
    ]


def _of_something(real: Any) -> Any:
    @wraps(real)
    def einsum(*given: Any, **options: Any) -> Any:
        # Either the subscripts and all arrays, or each before its axes, and the result's last.
        spelled = bool(given) and isinstance(given[0], str)
        arrays = given[1:] if spelled else given[: len(given) // 2 * 2 : 2]
        if any(np.size(array) == 0 for array in arrays):
            raise ValueError("einsum of an array without elements")
        # With it BLAS adds, in an order that depends on the processor.
        options.pop("optimize", None)
        return real(*given, **options)

    return einsum


def _of_bits(real: Any) -> Any:
    @wraps(real)
    def unpackbits(a: Any, axis: Any = None, count: Any = None, bitorder: Any = "big") -> Any:
        if count is not None and np.size(a) == 0:
            raise ValueError("unpackbits with a count, of an array without elements")
        return real(a, axis, count, bitorder)

    return unpackbits


def _accumulating(real: Any) -> Any:
    @wraps(real)
    def accumulate(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        if out is not None:
            shape = np.shape(a) if axis is not None and np.ndim(a) else (np.size(a),)
            _fits(real.__name__, out, shape)
        return real(a, axis, dtype, out)

    return accumulate


def _accumulate(own: Any, array: Any, axis: Any = 0, dtype: Any = None, out: Any = None) -> Any:
    if out is not None:
        _fits("accumulate", out[0] if isinstance(out, tuple) and out else out, np.shape(array))
    return own.accumulate(array, axis, dtype, out)


def _fits(name: str, out: Any, shape: tuple[int, ...]) -> None:
    if isinstance(out, np.ndarray) and out.shape != shape:
        raise ValueError(f"{name} writes into an out of shape {shape}, not of {out.shape}")


_REPEAT = np.repeat


@wraps(_REPEAT)
def _repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    _require_few(np.size(a), repeats)
    return _REPEAT(a, repeats, axis)


def _repeat_own(own: Any, repeats: Any, axis: Any = None) -> Any:
    _require_few(own.size, repeats)
    return own.repeat(repeats, axis)


def _require_few(size: int, repeats: Any) -> None:
    if isinstance(repeats, int):  # as it nearly always is, and the rest takes microseconds
        each: float = abs(repeats)
    else:
        each = float(np.abs(np.asarray(repeats, np.float64)).max(initial=0.0))
    most = each * size
    if most >= _FAR or each >= _FAR:
        raise ValueError(f"repeat gives {most:g} elements, which are too many")


def _of_a_size(real: Any) -> Any:
    @wraps(real)
    def applied(*given: Any, **options: Any) -> Any:
        result = real(*given, **options)
        for one in result if isinstance(result, list | tuple) else (result,):
            if one.size >= _FAR:
                raise ValueError(f"{real.__name__} gives {one.size} elements, which are too many")
        return result

    return applied


_ACCUMULATIONS = {name: _accumulating(getattr(np, name)) for name in _ACCUMULATING}
METHODS = {
    "accumulate": _accumulate,
    "cumprod": _ACCUMULATIONS["cumprod"],
    "cumsum": _ACCUMULATIONS["cumsum"],
    "repeat": _repeat_own,
}
"""What arrays and ufuncs are asked for in place of their own methods, which go before the rest."""


def _of_a_picture(real: Any) -> Any:
    @wraps(real)
    def applied(*given: Any, **options: Any) -> Any:
        if np.size(given[0] if given else options.get("input", 0)) == 0:
            raise ValueError(f"ndimage.{real.__name__} of an empty array; ask for its size first")
        for value in (*given[1:], *options.values()):
            if _is_far(value):
                raise ValueError(f"ndimage.{real.__name__} takes no number as large as {value}")
        return with_true_bools(real(*given, **options))

    return applied


def _is_far(value: Any) -> bool:
    """Whether a whole number, or one of several, is too large for a size or a place."""
    if isinstance(value, list | tuple):
        return any(map(_is_far, value))
    return isinstance(value, int | np.integer) and abs(int(value)) >= _FAR


def _of_one_shape(real: Any) -> Any:
    signature = inspect.signature(real)

    @wraps(real)
    def applied(*given: Any, **options: Any) -> Any:
        told = signature.bind(*given, **options).arguments
        footprint, structure = told.get("footprint"), told.get("structure")
        if footprint is not None and not np.any(footprint):
            raise ValueError(f"the footprint of {real.__name__} has no true place")
        if footprint is not None and structure is not None:
            shapes = np.shape(footprint), np.shape(structure)
            if shapes[0] != shapes[1]:
                raise ValueError(
                    f"{real.__name__} takes a footprint and a structure of one shape, not of "
                    f"{shapes[0]} and {shapes[1]}"
                )
        return real(*given, **options)

    return applied


def _within_reach(real: Any) -> Any:
    @wraps(real)
    def value_indices(arr: Any, **options: Any) -> Any:
        labels = np.asarray(arr)
        if labels.size and labels.dtype.kind in "iu":
            low, high = int(labels.min()), int(labels.max())
            if high - low >= _FAR:
                raise ValueError(f"value_indices of labels as far apart as {low} and {high}")
        return real(arr, **options)

    return value_indices
