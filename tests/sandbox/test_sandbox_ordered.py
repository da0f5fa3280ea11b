"""Equal elements come out in their order, whatever the processor."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import ndimage

from synth.sandbox.given_names import given_names
from synth.sandbox.steady import compiled

pytestmark = pytest.mark.usefixtures("real")

STABLE = (
    *("np.argsort(keys)", "keys.argsort()", "np.argsort(keys, -1)", "keys.argsort(axis=0)"),
    *(
        "np.argsort(keys, stable=None)",
        "np.argsort(keys, stable=False)",
        "keys.argsort(stable=False)",
    ),
    *("np.argsort(keys, -1, None)", "keys.argsort(-1, None)", "np.argsort(keys, kind='quicksort')"),
    *("keys.argsort(kind='q')", "np.argsort(keys, -1, 'Quick')", "np.argsort(a=keys, stable=True)"),
    *("list(map(np.argsort, [keys]))[0]", "keys.argsort(-1, 'stable')", "np.argsort(list(keys))"),
    *("np.argpartition(keys, 40)", "keys.argpartition(40)", "np.argpartition(keys, [3, 9], None)"),
)


@pytest.mark.parametrize("call", STABLE)
def test_equal_elements_stay_in_their_order(call: str) -> None:
    """An unstable sort orders them by the width of the processor's registers."""
    keys = np.arange(2000) % 7
    assert run(call, keys=keys).tolist() == sorted(range(2000), key=lambda k: k % 7)


REFUSED = (
    *("np.argsort([1], kind='stable', stable=True)", "np.argsort([2, 1], kind='no such')"),
    *("np.argsort(1, 3)", "np.partition([1, 2], 2)", "np.argpartition([1, 2], 5)"),
    "np.array([1, 2]).partition(9)",
)


@pytest.mark.parametrize("call", REFUSED)
def test_what_numpy_does_not_take_is_not_taken(call: str) -> None:
    """A kth that is none, two kinds at once, an axis too many."""
    with pytest.raises(ValueError, match=r"."):
        run(call)


@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_a_partition_is_a_sort(data: st.DataObject) -> None:
    """All of it is in order, not the kth alone, by function and by method, along every axis."""
    rng = np.random.default_rng(data.draw(st.integers(0, 2**20)))
    keys = rng.integers(0, 9999, (500, 600))
    kth, axis = data.draw(st.integers(-500, 499)), data.draw(st.sampled_from([0, 1, -1]))
    assert np.array_equal(run("np.partition(keys, kth, axis)", **locals()), np.sort(keys, axis))
    flat = run("np.partition(keys, kth, axis=None)", **locals())
    assert np.array_equal(flat, np.sort(keys, None))
    copied = keys.copy()
    assert run("copied.partition(kth, axis)", **locals()) is None
    assert np.array_equal(copied, np.sort(keys, axis))


def test_texts_are_still_parted() -> None:
    """`partition` is a method of text as well."""
    assert run("'a=b'.partition('=')") == ("a", "=", "b")


@settings(max_examples=100, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("name", ["maximum_position", "minimum_position", "extrema"])
def test_without_ties_a_place_is_where_scipy_finds_it(
    real: dict[str, Any], name: str, data: st.DataObject
) -> None:
    """In pictures of numbers all different, with labels and any list of them."""
    shape = data.draw(st.sampled_from([(3, 5), (12,), (2, 3, 2)]))
    size = int(np.prod(shape))
    numbers = data.draw(st.permutations(range(-4, size - 4)))
    values = np.array(numbers).reshape(shape) * data.draw(st.sampled_from([1, 0.5]))
    labels = np.array(data.draw(st.lists(st.integers(0, 4), min_size=size, max_size=size)))
    labels = data.draw(st.sampled_from([labels.reshape(shape), None]))
    index = data.draw(st.sampled_from([None, 1, [1], [1, 2, 3], [9, 0, 2], [[1, 2], [3, 4]]]))
    assume(labels is None or ((labels > 0).any() and (np.ndim(index) or (labels == 1).any())))
    mended = getattr(ndimage, name)(values, labels, index)
    np.testing.assert_equal(mended, real[name](values, labels, index))


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_of_equal_places_the_first_is_told(data: st.DataObject) -> None:
    """The first in the order of rows, whether labels are asked for one by one or in a list."""
    size = data.draw(st.integers(1, 60))
    values = np.array(data.draw(st.lists(st.integers(0, 3), min_size=size, max_size=size)))
    labels = np.array(data.draw(st.lists(st.integers(1, 3), min_size=size, max_size=size)))
    index = np.unique(labels)
    low, high = [], []
    for label in index:
        own = np.flatnonzero(labels == label)
        low.append((int(own[np.argmin(values[own])]),))
        high.append((int(own[np.argmax(values[own])]),))
    assert ndimage.minimum_position(values, labels, index) == low
    assert ndimage.maximum_position(values, labels, index) == high
    assert ndimage.extrema(values, labels, index)[2:] == (low, high)
    assert ndimage.maximum_position(values, labels, index[0]) == high[0]


def run(expression: str, **names: Any) -> Any:
    """What an expression of a program gives."""
    space: dict[str, Any] = {"np": np, **names}
    space["__builtins__"] = vars(builtins) | given_names()
    exec(compiled(f"result = {expression}", "<reward>"), space)
    return space["result"]
