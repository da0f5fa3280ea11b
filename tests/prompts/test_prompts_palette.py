"""Pictures in numbers: exact counts, things before the shades at their edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from synth.prompts.colours import colour_name
from synth.prompts.palette import colour_table, difference

SIDES = st.integers(1, 40)
FRAMES = st.tuples(SIDES, SIDES).flatmap(
    lambda s: hnp.arrays(np.uint8, (*s, 3), elements=st.sampled_from([0, 90, 255]))
)


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


def shaded(first: int) -> np.ndarray:
    """A large grey thing on white, beside it twenty lighter shades of grey, a block each."""
    frame = np.full((80, 200, 3), 255, np.uint8)
    frame[40:, :100] = 151
    for k in range(20):
        frame[:2, 4 * k : 4 * k + 2] = first + k
    return frame


def test_many_small_shades_of_one_name_are_told_at_once() -> None:
    """From the darkest to the lightest, all their pixels counted; the thing itself stands alone."""
    white, thing, shades = colour_table(shaded(160)).rows
    assert (white.name, white.shades, white.count) == ("white", 1, 16_000 - 4_000 - 80)
    assert (thing.rgb, thing.shades, thing.count) == ((151, 151, 151), 1, 4_000)
    assert (shades.name, shades.shades, shades.count) == ("light grey", 20, 80)
    assert (shades.rgb, shades.lightest) == ((160, 160, 160), (179, 179, 179))


def test_a_handful_of_shades_are_told_one_by_one() -> None:
    """Six small colours of one name are colours of things."""
    frame = shaded(160)
    frame[:2, 24:] = 255
    assert [row.shades for row in colour_table(frame).rows] == [1] * 8


def test_what_became_of_many_shades_is_told_at_once() -> None:
    """Of those that were and of those that are, before and after."""
    frame, initial = shaded(170), shaded(160)
    frame[4:6, :2] = 189
    grown = [one for one in difference(frame, initial).colours if one.shades > 1]
    # Ten shades are in both, of which the last has grown; the rest came or went.
    assert [(one.shades, one.before, one.after) for one in grown] == [(20, 40, 44)]
    assert (grown[0].rgb, grown[0].lightest) == ((160, 160, 160), (189, 189, 189))
