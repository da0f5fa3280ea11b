"""NumPy and SciPy neither crash nor read what nothing wrote: what leads them there raises."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from synth.sandbox.given_names import given_names
from synth.sandbox.steady import compiled

pytestmark = pytest.mark.usefixtures("real")

GREY = (
    *("grey_closing", "grey_dilation", "grey_erosion", "grey_opening", "black_tophat"),
    *("white_tophat", "morphological_gradient", "morphological_laplace"),
)
REFUSED = (
    "np.einsum('ii->i', line[:, :0])",
    "np.einsum('i...i->...i', np.zeros((1, 2, 30))[:0])",
    "np.einsum('ij,jk->ik', np.eye(3), np.zeros((3, 0)))",
    "np.einsum(np.zeros((1, 50))[:0], [0, 0], [0])",
    "np.unpackbits(np.zeros(0, np.uint8), count=400)",
    "np.unpackbits(np.zeros((9, 0), np.uint8), 1, 64)",
    "np.cumsum(line, out=np.array(1.0))",
    "np.cumsum(line, None, None, np.array(1.0))",
    "np.cumsum(3.0, 0, out=np.array(1.0))",
    "np.cumsum(a=line, out=np.zeros(8))",
    "np.cumprod(line, out=np.zeros((1, 9)))",
    "np.nancumsum(line, out=np.array(1.0))",
    "np.nancumprod(line, 0, None, np.array(1.0))",
    "line.cumsum(out=np.array(1.0))",
    "line.cumprod(None, None, np.array(1.0))",
    "np.float64(3).cumsum(out=np.array(1.0))",
    "np.add.accumulate(line, out=np.array(1.0))",
    "np.maximum.accumulate(line, 0, None, (np.array(1.0),))",
    "ndimage.value_indices(np.array([-2**63, 2**63 - 1]))",
    "ndimage.map_coordinates(np.zeros((0, 40)), np.ones((2, 9)), order=1, mode='nearest')",
    "ndimage.rotate(np.zeros((40, 0)), 45.0, order=0, mode='wrap')",
    "ndimage.gaussian_filter(input=np.zeros((0, 4)), sigma=1)",
    "ndimage.binary_dilation(np.zeros((4, 0), bool))",
    "ndimage.median_filter([], 3)",
)


@pytest.mark.parametrize("expression", REFUSED)
def test_what_is_not_looked_at_is_refused(expression: str) -> None:
    """By functions and by methods, by name and by position."""
    with pytest.raises(ValueError, match=r"empty|without elements|of shape|as far apart"):
        run(expression)


@pytest.mark.parametrize("name", GREY)
def test_a_structure_is_as_large_as_its_footprint(name: str) -> None:
    """SciPy would read it beyond its end, and crash where the footprint has no true place."""
    apply, picture = getattr(ndimage, name), np.arange(48.0).reshape(6, 8)
    with pytest.raises(ValueError, match="of one shape, not of"):
        apply(picture, footprint=np.tri(17, 30), structure=np.zeros((1, 1)))
    with pytest.raises(ValueError, match="has no true place"):
        apply(picture, None, np.zeros((3, 3)), np.zeros((3, 3)))
    told = apply(picture, footprint=np.ones((3, 3)), structure=np.zeros((3, 3)))
    assert np.array_equal(told, apply(picture, (3, 3)))
    assert np.array_equal(told, apply(picture, structure=np.zeros((3, 3))))


SOUND = (
    "np.einsum('ii->i', np.eye(3)), np.einsum('ij,jk', np.eye(2), np.ones((2, 3)))",
    "np.einsum(np.eye(3), [0, 1], [1, 0]), np.einsum(np.eye(3), [0, 0]), np.einsum(3, [], [])",
    "np.unpackbits(np.array([7], np.uint8), count=12), np.unpackbits(np.zeros(0, np.uint8))",
    "np.unpackbits(np.eye(3, dtype=np.uint8), axis=1, bitorder='little')",
    "np.cumsum([[1, 2], [3, 4]]), np.cumsum([[1, 2], [3, 4]], 1), np.nancumsum(line, 1)",
    "np.cumsum(line, out=np.zeros(9)), np.cumprod(line, 0, np.float64, np.zeros((1, 9)))",
    "line.cumsum(), line.cumprod(1), line.cumsum(1, out=np.zeros((1, 9))), (line > 3).cumsum()",
    "np.cumsum(3.0, 0, out=np.zeros(1)), np.float64(3).cumsum(), np.cumsum([])",
    "np.add.accumulate(line, 1), np.add.accumulate(line, 1, None, np.zeros((1, 9)))",
    "list(map(np.cumsum, [[1, 2], [3]]))",
    "ndimage.value_indices(np.array([0, 3, 3])), ndimage.value_indices(np.zeros((0, 2), int))",
    "ndimage.label(np.zeros((0, 3))), ndimage.sum(np.zeros(0)), ndimage.label([[0, 1], [0, 0]])",
    "ndimage.rotate(np.ones((3, 4)), 90), ndimage.gaussian_filter(line, 1, mode='nearest')",
    "ndimage.generate_binary_structure(2, 1), ndimage.binary_dilation([[0, 1]])",
)


@pytest.mark.parametrize("expression", SOUND)
def test_all_else_is_as_it_is(real: dict[str, Any], expression: str) -> None:
    """The same numbers as without synth; what there is to count in nothing is nothing."""
    bare = type("bare", (), {name: staticmethod(f) for name, f in real.items() if callable(f)})
    space = {"np": np, "ndimage": bare, "line": np.arange(9.0)[None]}
    np.testing.assert_equal(run(expression), eval(expression, space))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_sums_along_an_axis_are_those_of_python(data: st.DataObject) -> None:
    """Into an array of the right shape, into none, by function and by method."""
    rows = data.draw(st.lists(st.lists(st.integers(-99, 99), min_size=3, max_size=3), min_size=1))
    axis = data.draw(st.sampled_from([None, 0, 1, -1]))
    space = {"rows": np.array(rows), "axis": axis}
    wanted = np.add.accumulate(
        space["rows"].ravel() if axis is None else space["rows"], axis=axis or 0
    )
    space["out"] = np.zeros(wanted.shape, np.int64)
    for call in (
        "np.cumsum(rows, axis)",
        "rows.cumsum(axis, out=out)",
        "np.cumsum(rows, axis, None, out)",
    ):
        assert np.array_equal(run(call, **space), wanted)


def run(expression: str, **names: Any) -> Any:
    """What an expression of a program gives."""
    space: dict[str, Any] = {"np": np, "ndimage": ndimage, "line": np.arange(9.0)[None], **names}
    space["__builtins__"] = vars(builtins) | given_names()
    exec(compiled(f"result = {expression}", "<reward>"), space)
    return space["result"]
