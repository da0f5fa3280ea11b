"""Ties, decided by where things stand: equal elements come out in their order.

An unstable sort leaves them in an order that depends on the width of the processor's registers,
and so does whatever rests on one:

- `argsort` is stable, unless a kind is named that is the same everywhere.
- `partition` sorts, and `argpartition` is `argsort`: both are partitions, whatever is asked for.
- `ndimage.maximum_position`, `minimum_position` and `extrema` tell the first of equal places.

This file is loaded by path inside the zygote, so it imports NumPy, SciPy and the standard
library only.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

import numpy as np
from scipy import ndimage

__all__ = ["METHODS", "argpartition", "argsort", "partition", "settle"]

_ARGSORT, _PARTITION, _ARGPARTITION = np.argsort, np.partition, np.argpartition


def settle() -> None:
    """Put the functions that keep ties in order in the place of those of the modules."""
    np.argsort, np.partition, np.argpartition = argsort, partition, argpartition
    ndimage.minimum_position = _first(ndimage.minimum_position, rising=True)
    ndimage.maximum_position = _first(ndimage.maximum_position, rising=False)
    ndimage.extrema = _both(ndimage.extrema)


@wraps(_ARGSORT)
def argsort(
    a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None
) -> Any:
    """As NumPy's, and stable where it might not be: without a kind, and where that is quicksort."""
    if kind is not None and stable is not None:
        return _ARGSORT(a, axis, kind, order, stable=stable)  # raises: it takes either
    quick = isinstance(kind, str | bytes) and kind[:1] in {"q", "Q", b"q", b"Q"}
    return _ARGSORT(a, axis, "stable" if kind is None or quick else kind, order)


@wraps(_PARTITION)
def partition(
    a: Any, kth: Any, axis: Any = -1, kind: Any = "introselect", order: Any = None
) -> Any:
    """As NumPy's, with what stands before and after the kth sorted as well."""
    parts = _PARTITION(a, kth, axis, kind, order)
    parts.sort(axis=-1 if axis is None else axis, order=order)
    return parts


@wraps(_ARGPARTITION)
def argpartition(
    a: Any, kth: Any, axis: Any = -1, kind: Any = "introselect", order: Any = None
) -> Any:
    """As NumPy's, likewise."""
    _ARGPARTITION(a, kth, axis, kind, order)  # for what it says of a kth that is none
    return _ARGSORT(a, axis, "stable", order)


def _partition_here(
    own: Any, kth: Any, axis: Any = -1, kind: Any = "introselect", order: Any = None
) -> None:
    own.partition(kth, axis, kind, order)
    own.sort(axis=axis, order=order)


METHODS = {"argpartition": argpartition, "argsort": argsort, "partition": _partition_here}
"""What arrays are asked for in place of their own methods, which go before what is given."""


def _first(real: Any, *, rising: bool) -> Any:
    @wraps(real)
    def position(input: Any, labels: Any = None, index: Any = None) -> Any:  # noqa: A002 - SciPy's
        if labels is None or index is None or np.isscalar(index):
            return real(input, labels, index)  # by comparison, which finds the first
        return real(_ranks(np.asarray(input), rising=rising), labels, index)

    return position


def _both(real: Any) -> Any:
    @wraps(real)
    def extrema(input: Any, labels: Any = None, index: Any = None) -> Any:  # noqa: A002 - SciPy's
        lowest, highest, _, _ = real(input, labels, index)
        return (
            *(lowest, highest),
            ndimage.minimum_position(input, labels, index),
            ndimage.maximum_position(input, labels, index),
        )

    return extrema


def _ranks(values: Any, *, rising: bool) -> Any:
    """Numbers in the order of the values and all different: the first of equal ones wins."""
    flat = values.ravel()
    if rising:
        order = _ARGSORT(flat, kind="stable")
    else:
        order = flat.size - 1 - _ARGSORT(flat[::-1], kind="stable")
    ranks = np.zeros(flat.size, np.int64)
    ranks[order] = np.arange(flat.size)
    return ranks.reshape(values.shape)
