"""What NumPy and SciPy do wrongly does not reach a program: memory too little, memory beyond."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

RANKS = ("median_filter", "percentile_filter", "rank_filter")
OTHERS = {"median_filter": (), "percentile_filter": (40,), "rank_filter": (1,)}
MODES = ("reflect", "constant", "nearest", "mirror", "wrap")


@pytest.mark.usefixtures("real")
def test_too_little_memory_is_not_taken_for_unequal() -> None:
    """`np.array_equal` says False when an array cannot be made; here MemoryError comes through."""

    class Large:
        def __array__(self, *_: object, **__: object) -> NDArray[np.uint8]:
            raise MemoryError

    for compare in (np.array_equal, np.array_equiv):
        with pytest.raises(MemoryError):
            compare(Large(), [1])
        assert compare([1, 2], np.array([1, 2]))
        assert not compare([1, 2], [1, 3])
        assert not compare([[1], [2, 3]], [1])
    assert np.array_equal([np.nan], [np.nan], equal_nan=True)
    assert np.array_equal([np.nan], [np.nan], True)


@pytest.mark.parametrize("name", RANKS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_line_is_filtered_as_scipy_filters_it(
    real: dict[str, Any], name: str, data: st.DataObject
) -> None:
    """The same numbers wherever SciPy reads nothing beyond: a long line, an origin within."""
    line = np.array(data.draw(st.lists(st.integers(0, 255), min_size=12, max_size=40)), np.int64)
    size, mode = data.draw(st.integers(2, 5)), data.draw(st.sampled_from(MODES))
    given = (line, *OTHERS[name])
    mended = getattr(ndimage, name)
    assert np.array_equal(mended(*given, size, mode=mode), real[name](*given, size, mode=mode))
    footprint = np.ones(size, bool)
    footprint[-1] = False
    if size > 2:
        told = {"footprint": footprint, "mode": mode, "origin": data.draw(st.integers(-1, 0))}
        rows = real[name](line[None], *OTHERS[name], **_in_a_row(told))
        assert np.array_equal(mended(*given, **told), rows[0])


@pytest.mark.usefixtures("real")
@pytest.mark.parametrize("name", RANKS)
def test_nothing_beyond_a_line_is_read(name: str) -> None:
    """A filter much larger than its line, and moved aside, gives numbers of the line alone."""
    mended, others = getattr(ndimage, name), OTHERS[name]
    for values in ([7], [3, 90], [1, 2, 3]):
        for mode in MODES[:1] + MODES[2:]:
            for origin in (-24, 0, 24):
                found = mended(np.array(values), *others, 50, mode=mode, origin=origin)
                assert set(found.tolist()) <= set(values)
    assert mended(np.array([5]), *others, 3, mode="mirror").tolist() == [5]


LARGE: dict[str, Any] = {
    "median_filter": {"size": 17},
    "rank_filter": {"rank": 5, "footprint": np.ones((3, 50), bool)},
    "maximum_filter": {"footprint": np.arange(33 * 3).reshape(33, 3) % 2 == 0},
    "minimum_filter": {"footprint": np.arange(33 * 3).reshape(33, 3) % 2 == 0},
    "grey_dilation": {"structure": np.zeros((9, 41))},
    "correlate": {"weights": np.eye(41)},
    "convolve": {"weights": np.ones((17, 17)), "origin": (8, -8)},
}


@pytest.mark.usefixtures("real")
@pytest.mark.parametrize("name", LARGE)
def test_a_small_picture_is_reflected_as_often_as_it_must_be(name: str) -> None:
    """As it is when it is laid out reflected, in which a filter finds all that it needs."""
    apply = getattr(ndimage, name)
    for height, width in ((2, 2), (1, 3), (2, 30)):
        picture = np.random.default_rng(height).integers(0, 255, (height, width))
        laid = np.pad(picture, 120, "symmetric")
        inner = (slice(120, 120 + height), slice(120, 120 + width))
        assert np.array_equal(apply(picture, **LARGE[name]), apply(laid, **LARGE[name])[inner])


@pytest.mark.usefixtures("real")
@pytest.mark.parametrize("mode", [*MODES, "grid-wrap", "grid-mirror", "grid-constant"])
@pytest.mark.parametrize("far", [1e19, -1e300, np.inf, -np.inf, np.nan])
def test_no_place_is_too_far_to_be_looked_at(mode: str, far: float) -> None:
    """Numbers of the picture or the constant come back, and nothing crashes; ordinary ones stay."""
    picture = np.full((4, 5), 7.0)
    for order in (0, 1):
        found = ndimage.map_coordinates(picture, [[far, 1], [1, far]], order=order, mode=mode)
        assert set(found.tolist()) <= {0.0, 7.0}
        moved = ndimage.shift(picture, far, order=order, mode=mode)
        assert set(moved.ravel().tolist()) <= {0.0, 7.0}
    assert ndimage.rotate(picture, far, mode=mode).ndim == 2
    assert ndimage.map_coordinates(picture, [[1.0], [2.0]], order=1).tolist() == [7.0]
    assert np.allclose(ndimage.rotate(picture, 90), np.full((5, 4), 7.0))


@pytest.mark.usefixtures("real")
def test_pictures_outputs_and_axes_are_left_as_they_were() -> None:
    """Only lines are turned; what is to be written into is written into."""
    picture = np.arange(12).reshape(3, 4)
    assert ndimage.median_filter(picture, 3).shape == (3, 4)
    out = np.zeros(4, np.int64)
    assert ndimage.median_filter(picture[0], 3, output=out) is out
    assert out.tolist() == [0, 1, 2, 3]
    assert ndimage.median_filter(picture[0], size=(3,), output=np.float32).dtype == np.float32
    with pytest.raises(TypeError):
        ndimage.median_filter(picture[0], sizes=3)


def _in_a_row(told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "footprint": told["footprint"][None], "origin": (0, told["origin"])}
