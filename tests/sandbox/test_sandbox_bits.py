"""What lies in memory beside a value is shown to nobody, and a bool is 0 or 1."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from synth.sandbox.given_names import given_names
from synth.sandbox.steady import compiled

pytestmark = pytest.mark.usefixtures("real")

PLUS, MINUS = float("nan"), math.copysign(float("nan"), -1.0)
SIGNS = (
    "np.signbit(nans)",
    "np.signbit(nans.astype(np.float32))",
    "np.signbit(nans.astype(np.float16))",
    "np.signbit(nans[1])",
    "np.signbit(np.float32(nans[1]))",
    "np.array(list(map(np.signbit, nans)))",
    "np.copysign(1.0, nans) < 0",
    "np.copysign([1.0, 1.0], nans) < 0",
    "np.copysign(1.0, nans, np.zeros(2)) < 0",
    "np.array([one.tobytes()[-1] > 127 for one in nans])",
    "np.array([nans[k : k + 1].tobytes()[7] > 127 for k in range(2)])",
    "np.array([np.float32(one).tobytes()[3] > 127 for one in nans])",
    "np.array([nans.tobytes()[8 * k + 7] > 127 for k in range(2)])",
)
SHOWN = (
    "nans.view(np.int64)",
    "nans.view('u1')",
    "nans.view(dtype=np.uint8)",
    "nans[1].view(np.int64)",
    "nans.astype(np.float32).view(np.float16)",
    "np.arange(2).view(nans.dtype)",
    "np.arange(2).view(np.float64)",
    "mask.view(np.float16)",
    "nans.byteswap()",
    "nans[1].byteswap()",
    "mask.byteswap()",
    "np.power.reduce(nans)",
    "np.arctan2.reduce(nans)",
    "np.float_power.reduceat(nans, [0])",
    "list(map(np.arctan2.reduce, [nans]))",
)
COMPLEX = (
    "(-1.0) ** 0.5",
    "(-8) ** (1 / 3)",
    "base ** half",
    "pow(base, half)",
    "pow(-1, 0.5)",
    "list(map(pow, [base], [half]))",
    "[b ** half for b in (4, base)]",
)
REAL = (
    "2 ** 3, 2.0 ** -1, (-2.0) ** 3, (-2.0) ** -2, (-2.0) ** 2.0, 0 ** half, 4 ** half",
    "pow(2, 5), pow(2, 5, 3), pow(2.0, half)",
    "np.array([4.0, 9.0]) ** half, np.arange(3) ** 2, np.arange(3) ** np.arange(3)",
    "(np.array([2, 3]) ** np.array([[1], [2]])).sum(), np.float64(2) ** half",
)


def run(expression: str) -> Any:
    """What an expression comes to within a program."""
    space: dict[str, Any] = {"__builtins__": given_names(), "np": np, "ndimage": ndimage}
    space |= {"nans": np.array([PLUS, MINUS]), "base": -1.0, "half": 0.5}
    space["mask"] = np.array([[0, 1, 1, 1], [1, 1, 1, 0], [1, 1, 1, 1]]) > 0
    exec(compiled(f"answer = {expression}", "reward.py"), space)
    return space["answer"]


@pytest.mark.parametrize("expression", SIGNS)
def test_every_nan_is_the_same(expression: str) -> None:
    """By all that tells a sign, and whatever the sign is."""
    assert not np.any(run(expression))


@given(st.lists(st.floats(), min_size=1))
def test_the_sign_of_a_number_is_what_it_is(numbers: list[float]) -> None:
    """Only of NaN nothing is told."""
    wanted = [math.copysign(1, one) < 0 and not math.isnan(one) for one in numbers]
    assert np.signbit(np.array(numbers)).tolist() == wanted
    assert (np.copysign(3, numbers) < 0).tolist() == wanted


@pytest.mark.parametrize("expression", SHOWN)
def test_bits_that_the_processor_decides_are_not_looked_at(expression: str) -> None:
    """Each names what to write instead, or what it would be."""
    with pytest.raises(TypeError, match=r"astype|not swapped|depends on the processor"):
        run(expression)


@given(st.binary(min_size=8, max_size=8), st.sampled_from(["u1", "<u2", "u4", "i8", "<u4", ">u4"]))
def test_integers_are_viewed_as_integers(data: bytes, kind: str) -> None:
    """Whatever their width, as ever; and written through."""
    space: dict[str, Any] = {
        "__builtins__": given_names(),
        "cells": np.frombuffer(data, np.uint8).copy(),
    }
    exec(compiled(f"seen = cells.view('{kind}')", "reward.py"), space)
    wanted = np.frombuffer(data, kind)
    assert np.array_equal(space["seen"], wanted)
    assert space["seen"].dtype == wanted.dtype
    space["seen"][:] = 1
    assert space["cells"].any()


def test_a_bool_is_a_byte_of_no_or_yes() -> None:
    """A view of bools takes no other, and a view as bools follows no later number."""
    assert run("mask.view(np.uint8).sum()") == 10
    with pytest.raises(ValueError, match="read-only"):
        run("np.copyto(mask.view(np.uint8), 6)")
    odd = run("np.array([0, 1, 6, 255], np.uint8).view(bool)")
    assert odd.view(np.uint8).tolist() == [0, 1, 1, 1]
    assert run("np.array([1, 256], np.uint16).view(bool)").tolist() == [True, False, False, True]


FILTERS = (
    *("ndimage.correlate(mask, np.ones((3, 3)))", "ndimage.convolve(mask, [[5]])"),
    *("ndimage.convolve1d(mask, [1, 1, 1])", "ndimage.correlate1d(mask, [2])"),
    *("ndimage.uniform_filter(mask * 9, 1, output=bool)", "ndimage.laplace(mask)"),
    *("ndimage.grey_dilation(mask, structure=[[5, 5, 5]])", "ndimage.shift(mask, 2, cval=7)"),
    *("ndimage.sobel(mask)", "ndimage.zoom(mask, 2, order=0)", "ndimage.rank_filter(mask, 1, 3)"),
    *("ndimage.correlate(mask, np.ones((3, 3)), mask)", "ndimage.prewitt(mask)"),
    "ndimage.map_coordinates(mask, [[9.0], [9.0]], cval=3)",
)


@pytest.mark.parametrize("expression", FILTERS)
def test_a_filtered_mask_is_a_mask(expression: str) -> None:
    """SciPy writes sums into bools, of which counts and comparisons are then wrong."""
    told = run(expression)
    assert told.dtype == np.bool_
    assert set(np.unique(told.view(np.uint8))) <= {0, 1}


def test_a_mask_of_sums_is_where_there_is_something(real: dict[str, Any]) -> None:
    """It is true where SciPy's bare sum is not 0."""
    mask = np.eye(5, dtype=bool)
    bare = real["correlate"](mask.astype(int), np.ones((3, 3)))
    assert np.array_equal(ndimage.correlate(mask, np.ones((3, 3))), bare != 0)


@pytest.mark.parametrize("expression", COMPLEX)
def test_no_number_is_complex(expression: str) -> None:
    """A root of a negative number says what to write instead."""
    with pytest.raises(ValueError, match="no such root"):
        run(expression)


@pytest.mark.parametrize("exponent", ["0.5", "half"])
def test_no_number_becomes_complex_where_it_stands(exponent: str) -> None:
    """In a name and in a list; what stays real is as ever, an array in place."""
    text = (
        "half = 0.5\n"
        "def root(x):\n"
        f"    x **= {exponent}\n"
        "    return x\n"
        "def first(xs):\n"
        f"    xs[0] **= {exponent}\n"
        "    return xs\n"
    )
    space: dict[str, Any] = {"__builtins__": given_names()}
    exec(compiled(text, "reward.py"), space)
    assert space["root"](9) == 3
    assert space["first"]([9, 2]) == [3, 2]
    cells = np.array([4.0, 9.0])
    assert space["root"](cells) is cells
    assert cells.tolist() == [2, 3]
    for wrong in (lambda: space["root"](-1), lambda: space["first"]([-1.0])):
        with pytest.raises(ValueError, match="no such root"):
            wrong()


@pytest.mark.parametrize("expression", REAL)
def test_powers_that_are_real_are_as_they_are(expression: str) -> None:
    """The same numbers of the same kinds as without synth."""
    told = run(expression)
    wanted = eval(expression, {"np": np, "half": 0.5})
    np.testing.assert_equal(told, wanted)
    assert [type(one) for one in told] == [type(one) for one in wanted]


FAR = (
    *("np.repeat(np.zeros(4, np.uint8), [2**62] * 4)", "np.repeat(np.zeros((4, 2)), 2**62, 0)"),
    *("np.zeros(4).repeat(2**62)", "np.arange(9).repeat([1] * 8 + [2**40])"),
    *("np.broadcast_to(np.uint8(0), (2**62,))", "np.broadcast_to(0.0, (2**20, 2**20))"),
    "np.broadcast_arrays(np.zeros((2**17, 1)), np.zeros(2**17))",
    "np.meshgrid(np.arange(2**17), np.arange(2**17), copy=False)",
    *("ndimage.uniform_filter1d(np.ones(9), 2**62)", "ndimage.minimum_filter1d(np.ones(9), 2**61)"),
    *("ndimage.uniform_filter(np.ones((9, 9)), (3, 2**61))", "ndimage.grey_erosion(mask, 2**62)"),
    *("ndimage.maximum_filter(input=mask, size=2**62)", "ndimage.white_tophat(mask, [2**62, 1])"),
    "ndimage.correlate1d(np.ones(9), [1.0], origin=-(2**62))",
)


@pytest.mark.parametrize("expression", FAR)
def test_what_is_too_large_is_refused_before_it_is_tried(expression: str) -> None:
    """NumPy's and SciPy's sums of sizes run over, and they write beyond what they have."""
    with pytest.raises(ValueError, match=r"too many|as large as"):
        run(expression)


def test_what_is_not_too_large_is_as_it_is() -> None:
    """Repeats of each kind, and what broadcasts."""
    assert run("np.repeat([1, 2], 2)").tolist() == [1, 1, 2, 2]
    assert run("np.repeat([[1, 2]], [0, 3], axis=1)").tolist() == [[2, 2, 2]]
    assert run("np.arange(3).repeat([1, 0, 2])").tolist() == [0, 2, 2]
    assert run("np.repeat([], 3), np.repeat(3, 2)")[1].tolist() == [3, 3]
    assert run("np.broadcast_to([1, 2], (2, 2)).sum()") == 6
    assert [a.shape for a in run("np.broadcast_arrays([1, 2], [[1], [2]])")] == [(2, 2)] * 2
    assert [a.shape for a in run("np.meshgrid([1, 2], [1, 2, 3])")] == [(3, 2)] * 2
