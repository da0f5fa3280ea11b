"""Pictures: enlarged without loss, and told in exact numbers."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from synth.errors import UsageError
from synth.prompts.colours import colour_name
from synth.prompts.pictures import colour_table, difference, encode_png, scale_of

SIDES = st.integers(1, 40)
FRAMES = st.tuples(SIDES, SIDES).flatmap(
    lambda s: hnp.arrays(np.uint8, (*s, 3), elements=st.sampled_from([0, 90, 255]))
)


def decode(png: bytes) -> np.ndarray:
    """The picture in a PNG."""
    return np.asarray(Image.open(io.BytesIO(png)))


@settings(max_examples=60, deadline=None)
@given(frame=FRAMES)
def test_enlarging_keeps_every_pixel(frame: np.ndarray) -> None:
    """A picture is the frame, each pixel a square of one size."""
    shown = decode(encode_png(frame))
    factor = shown.shape[0] // frame.shape[0]
    assert (shown == frame.repeat(factor, axis=0).repeat(factor, axis=1)).all()
    assert 320 <= max(shown.shape[:2]) <= 640
    assert encode_png(frame.copy()) == encode_png(frame)


@pytest.mark.parametrize(
    ("size", "shown", "words"),
    [
        ((96, 96), (480, 480), "shown enlarged 5 times"),
        ((64, 64), (512, 512), "shown enlarged 8 times"),
        ((224, 224), (448, 448), "shown enlarged 2 times"),
        ((320, 160), (640, 320), "shown enlarged 2 times"),
        ((480, 640), (480, 640), "shown as it is"),
        ((1024, 10), (1024, 10), "shown as it is"),
        ((2048, 1024), (1024, 512), "shown reduced to 1024 x 512"),
        ((4000, 1), (1024, 1), "shown reduced to 1024 x 1"),
        ((1, 1), (480, 480), "shown enlarged 480 times"),
    ],
)
def test_pictures_are_legible_and_not_huge(
    size: tuple[int, int], shown: tuple[int, int], words: str
) -> None:
    """Small frames grow by a whole factor, huge ones shrink, and the words say which."""
    frame = np.zeros((size[1], size[0], 3), np.uint8)
    assert scale_of(frame).shown == shown
    assert scale_of(frame).words == (
        f"true size {size[0]} x {size[1]} pixels (width x height), {words}"
    )
    assert decode(encode_png(frame)).shape[:2] == (shown[1], shown[0])


@pytest.mark.parametrize(
    "frame",
    [
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float64),
    ],
)
def test_what_is_no_picture_is_refused(frame: np.ndarray) -> None:
    """The message says what a picture is."""
    with pytest.raises(UsageError, match=r"uint8\[H, W, 3\]"):
        encode_png(frame)


@settings(max_examples=60, deadline=None)
@given(frame=FRAMES, limit=st.integers(1, 30))
def test_a_colour_table_counts_every_pixel(frame: np.ndarray, limit: int) -> None:
    """Rows and remainder add up to the picture, most frequent first, each exact."""
    table = colour_table(frame, limit)
    counts = [row.count for row in table.rows]
    assert sum(counts) + table.more_pixels == frame.shape[0] * frame.shape[1]
    assert counts == sorted(counts, reverse=True)
    assert len(table.rows) + table.more == table.distinct
    assert not table.grouped
    for row in table.rows:
        assert int((frame == row.rgb).all(axis=-1).sum()) == row.count


def test_a_shaded_picture_is_told_in_groups_of_colours() -> None:
    """Thousands of exact colours would say nothing."""
    frame = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    frame[:32] = np.random.default_rng(1).integers(192, 224, (32, 64, 3))
    table = colour_table(frame)
    assert table.grouped
    assert table.distinct > 2000
    assert table.rows[0].count >= 32 * 64
    assert all(192 <= channel < 224 for channel in table.rows[0].rgb)
    assert sum(row.count for row in table.rows) + table.more_pixels == 64 * 64


@settings(max_examples=60, deadline=None)
@given(
    frames=SIDES.flatmap(
        lambda n: st.tuples(
            *[hnp.arrays(np.uint8, (n, 7, 3), elements=st.sampled_from([0, 255]))] * 2
        )
    )
)
def test_a_difference_holds_all_changes_and_no_more(
    frames: tuple[np.ndarray, np.ndarray],
) -> None:
    """Outside its box nothing changed, each of its edges touches a change, counts are exact."""
    now, then = frames
    found = difference(now, then)
    changed = (now != then).any(axis=-1)
    assert found.changed == int(changed.sum())
    top, left, bottom, right = found.box
    inside = changed[top:bottom, left:right]
    assert inside.sum() == changed.sum()
    if found.changed:
        assert inside[0].any()
        assert inside[-1].any()
        assert inside[:, 0].any()
        assert inside[:, -1].any()
    for colour in found.colours:
        assert int((now == colour.rgb).all(axis=-1).sum()) == colour.after
        assert int((then == colour.rgb).all(axis=-1).sum()) == colour.before
        assert colour.before != colour.after


def test_pictures_of_two_sizes_are_compared_by_colours_alone() -> None:
    """There is no place to point at."""
    found = difference(np.zeros((2, 2, 3), np.uint8), np.zeros((3, 3, 3), np.uint8))
    assert not found.same_size
    assert found.changed == 0
    assert [(c.before, c.after) for c in found.colours] == [(9, 4)]


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((0, 0, 0), "black"),
        ((255, 255, 255), "white"),
        ((100, 100, 100), "grey"),
        ((255, 0, 0), "red"),
        ((255, 0, 40), "red"),
        ((0, 255, 0), "green"),
        ((0, 100, 0), "dark green"),
        ((0, 0, 255), "blue"),
        ((255, 255, 0), "yellow"),
        ((255, 165, 0), "orange"),
        ((139, 69, 19), "brown"),
        ((112, 39, 195), "purple"),
        ((255, 192, 203), "pink"),
        ((0, 255, 255), "cyan"),
    ],
)
def test_colours_have_the_names_people_give_them(rgb: tuple[int, int, int], name: str) -> None:
    """The word beside the numbers is the usual one."""
    assert colour_name(rgb) == name


@settings(max_examples=200, deadline=None)
@given(rgb=st.tuples(*[st.integers(0, 255)] * 3))
def test_every_colour_has_a_name(rgb: tuple[int, int, int]) -> None:
    """None falls between the words."""
    assert colour_name(rgb)


def smoothed() -> np.ndarray:
    """A plain ground with a small square, and many shades of which no two pixels touch."""
    frame = np.full((24, 64, 3), 250, np.uint8)
    frame[2:5, 2:5] = (200, 200, 0)
    shades = np.arange(10, 240, dtype=np.uint8)
    frame[8 : 8 + len(shades) // 32 * 2 : 2, 0:64:2] = np.repeat(
        shades[: len(shades) // 32 * 32].reshape(-1, 32, 1), 3, axis=2
    )
    return frame


def test_colours_of_things_come_before_the_blends_at_their_edges() -> None:
    """Nine pixels of a thing of its own tell more than two hundred shades of an edge."""
    frame = smoothed()
    table = colour_table(frame)
    assert [row.rgb for row in table.rows[:2]] == [(250, 250, 250), (200, 200, 0)]
    assert table.more
    assert table.blends
    without = frame.copy()
    without[2:5, 2:5] = 250
    shown = difference(without, frame)
    assert {colour.rgb for colour in shown.colours[:2]} == {(250, 250, 250), (200, 200, 0)}


def test_no_colour_of_a_thing_is_left_out_for_want_of_room() -> None:
    """Thirty colours that each cover some pixels are all listed, where twenty are asked for."""
    frame = np.zeros((8, 120, 3), np.uint8)
    for k in range(30):
        frame[:2, 4 * k : 4 * k + 2] = (8 * k + 7, 0, 0)
    table = colour_table(frame, limit=20)
    assert len(table.rows) == 31
    assert not table.more


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (5, 1), (2, 2), (3, 4)])
def test_the_smallest_pictures_have_colours_too(shape: tuple[int, int]) -> None:
    """Lines and single pixels included."""
    frame = np.full((*shape, 3), 9, np.uint8)
    assert colour_table(frame).rows[0].count == shape[0] * shape[1]
