"""Functions of NumPy and SciPy whose results depend on more than what they are given, mended.

- `np.array_equal` and `np.array_equiv` call arrays unequal when there is too little memory to
  look at them. Here MemoryError comes through.
- SciPy's rank filters read beyond a line that is short, or with an origin, and take no notice of
  a footprint's holes (1.17.1: a filter of 50 over two numbers, one of 3 over a single one). A line
  is filtered here as a picture of one row.
- SciPy's interpolation reads far beyond a picture at coordinates that are no numbers or too large
  for its integers (1.17.1: 1e19, NaN in some modes). They are cut to a thousand million.
- SciPy's filters of several axes read before a picture that they reflect more than four times
  (1.17.1: a filter of 17 over two rows). Such a picture is reflected here by NumPy.

What they should refuse is in `synth.sandbox.checked`, what they sort in `synth.sandbox.ordered`,
and what they show beside values in `synth.sandbox.bits`.

This file is loaded by path inside the zygote, so it imports NumPy, SciPy and the standard
library only.
"""

from __future__ import annotations

import inspect
from functools import wraps
from typing import Any

import numpy as np
from scipy import ndimage
from scipy.ndimage import _nd_image

from synth.sandbox.bits import hide
from synth.sandbox.checked import check
from synth.sandbox.ordered import settle
from synth.sandbox.products import tame

__all__ = ["mend"]

_RANKS = ("median_filter", "percentile_filter", "rank_filter")
_FILTERS = {
    "rank_filter": (2, 3, 4, 6),
    "correlate": (1, 2, 3, 5),
    "min_or_max_filter": (1, 3, 4, 6),
}
"""SciPy's own, in C: where they take the footprint, the output, the mode and the origins."""
_PLACES = {"map_coordinates": "coordinates", "shift": "shift", "rotate": "angle"}
_FAR = 1e9
_REFLECT = 2
_TIMES = 4


def mend() -> None:
    """Put the mended functions in the place of those of the modules."""
    np.array_equal = _comparing(np.array_equal)
    np.array_equiv = _comparing(np.array_equiv)
    for name in _RANKS:
        setattr(ndimage, name, _in_rows(getattr(ndimage, name)))
    for name, argument in _PLACES.items():
        setattr(ndimage, name, _within_reach(getattr(ndimage, name), argument))
    for name, places in _FILTERS.items():
        if hasattr(_nd_image, name):  # a private module, which may change
            setattr(_nd_image, name, _reflecting(getattr(_nd_image, name), *places))
    hide()
    tame()
    settle()
    check()


def _comparing(real: Any) -> Any:
    @wraps(real)
    def compare(a1: Any, a2: Any, *more: Any, **options: Any) -> bool:
        try:
            given = np.asarray(a1), np.asarray(a2)
        except (TypeError, ValueError):  # of rows of different lengths, for one: unequal
            return False
        return bool(real(*given, *more, **options))

    return compare


def _in_rows(real: Any) -> Any:
    signature = inspect.signature(real)

    @wraps(real)
    def filtered(*given: Any, **options: Any) -> Any:
        told = signature.bind(*given, **options).arguments
        line = np.asarray(told["input"])
        if line.ndim != 1:
            return real(*given, **options)
        told["input"] = line[None]
        if told.get("footprint") is not None:
            told["footprint"] = np.asarray(told["footprint"])[None]
        elif told.get("size") is not None:
            told["size"] = (1, *_each(told["size"]))
        told["origin"] = (0, *_each(told.get("origin", 0)))
        told.pop("axes", None)
        output = told.get("output")
        if isinstance(output, np.ndarray):
            told["output"] = output[None]
        result = real(**told)
        return output if isinstance(output, np.ndarray) else result[0]

    return filtered


def _each(value: Any) -> tuple[Any, ...]:
    return tuple(value) if np.iterable(value) else (value,)


def _within_reach(real: Any, argument: str) -> Any:
    signature = inspect.signature(real)

    @wraps(real)
    def moved(*given: Any, **options: Any) -> Any:
        told = signature.bind(*given, **options).arguments
        cut = np.clip(np.nan_to_num(told[argument], nan=-_FAR), -_FAR, _FAR)
        told[argument] = cut if np.ndim(cut) else cut.item()
        return real(**told)

    return moved


def _reflecting(real: Any, footprint: int, output: int, mode: int, origins: int) -> Any:
    def filtered(*given: Any) -> Any:
        picture, into = given[0], given[output]
        reach = [
            size + abs(by) for size, by in zip(given[footprint].shape, given[origins], strict=True)
        ]
        if given[mode] != _REFLECT or all(
            far < _TIMES * side for far, side in zip(reach, picture.shape, strict=True)
        ):
            return real(*given)
        told = list(given)
        told[0] = np.pad(picture, [(far, far) for far in reach], "symmetric")
        told[output] = np.zeros(told[0].shape, into.dtype)
        real(*told)
        inner = zip(reach, picture.shape, strict=True)
        into[...] = told[output][tuple(slice(far, far + side) for far, side in inner)]
        return None

    return filtered
