"""The image primitives: right against a slow reference, and total."""

from __future__ import annotations

import dataclasses
import importlib.util
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from synth import vision
from synth.program import extract_code, lint
from synth.prompts.library import vision_library

SIDES = st.integers(1, 12)
SHAPES = st.tuples(SIDES, SIDES)
CHANNEL = st.sampled_from([0, 1, 60, 127, 128, 200, 254, 255])
FRAMES = SHAPES.flatmap(lambda s: arrays(np.uint8, (*s, 3), elements=CHANNEL))
MASKS = SHAPES.flatmap(lambda s: arrays(np.bool_, s))
COLOURS = st.tuples(CHANNEL, CHANNEL, CHANNEL)
FEW = settings(max_examples=60, deadline=None)


def reference_codes(frame):
    """Codes by plain arithmetic."""
    wide = frame.astype(np.uint32)
    return wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2]


@FEW
@given(FRAMES)
def test_codes_are_the_three_channels_in_one_number(frame):
    """`pack` gives 0xRRGGBB for every pixel, whatever the size."""
    codes = vision.pack(frame)
    assert codes.dtype == np.uint32
    assert (codes == reference_codes(frame)).all()
    assert (vision.pack(codes) == codes).all()


def test_packing_takes_any_memory_layout():
    """Views, reversed and transposed frames, and read-only ones, are packed like their copies."""
    frame = np.random.default_rng(0).integers(0, 256, (9, 8, 3), np.uint8)
    frozen = frame.copy()
    frozen.setflags(write=False)
    for view in (frame[::2, 1:], frame[::-1], frame.transpose(1, 0, 2), frame[..., ::-1], frozen):
        assert (vision.pack(view) == reference_codes(view)).all()


@FEW
@given(FRAMES, COLOURS, COLOURS, st.sampled_from([0, 1, 59, 60, 255, 400]))
def test_where_compares_every_channel(frame, one, other, tolerance):
    """A pixel is in the mask iff every channel is within the tolerance of one of the colours."""
    wide = frame.astype(int)
    expected = np.zeros(frame.shape[:2], bool)
    for colour in (one, other):
        expected |= (np.abs(wide - colour) <= tolerance).all(-1)
    for image in (frame, vision.pack(frame)):
        assert (vision.where(image, one, other, tolerance=tolerance) == expected).all()
        assert vision.any_colour(image, one, other, tolerance=tolerance) == expected.any()
        assert vision.count_colour(image, one, other, tolerance=tolerance) == expected.sum()


def test_a_colour_is_a_triple_or_a_number():
    """(255, 128, 0) and 0xFF8000 are the same; NumPy integers will do."""
    frame = np.full((2, 2, 3), (255, 128, 0), np.uint8)
    for colour in ((255, 128, 0), 0xFF8000, np.uint32(0xFF8000), frame[0, 0], [255, 128, 0]):
        assert vision.count_colour(frame, colour) == 4
    assert vision.count_colour(frame) == 0


@pytest.mark.parametrize("colour", [(256, 0, 0), (0, -1, 0), (0, 256, 0), -1, 1 << 40])
@pytest.mark.parametrize("tolerance", [0, 3])
def test_a_colour_out_of_range_matches_nothing(colour, tolerance):
    """An impossible channel neither raises nor spills into the channel beside it."""
    frame = np.array([[(0, 0, 0), (255, 255, 255), (1, 0, 0), (0, 255, 0)]], np.uint8)
    assert not vision.where(frame, colour, tolerance=tolerance).any()


@FEW
@given(FRAMES)
def test_colours_come_most_common_first(frame):
    """Every distinct colour is listed once, and the counts add up to the pixels."""
    found = vision.colours(frame)
    counts = [count for _, count in found]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == frame.shape[0] * frame.shape[1]
    assert dict(found) == {code: int((reference_codes(frame) == code).sum()) for code, _ in found}


HUES = {
    (255, 0, 0): 0, (255, 128, 0): 30, (255, 255, 0): 60, (0, 255, 0): 120, (0, 255, 255): 180,
    (0, 0, 255): 240, (255, 0, 255): 300, (128, 0, 0): 0, (200, 150, 100): 30,
}  # fmt: skip


@pytest.mark.parametrize(("colour", "hue"), HUES.items())
def test_hues_are_those_of_the_colour_wheel(colour, hue):
    """A pure colour is found around its own hue and not opposite to it."""
    frame = np.full((3, 2, 3), colour, np.uint8)
    assert vision.hsv_mask(frame, (hue - 1, hue + 1)).all()
    assert not vision.hsv_mask(frame, (hue + 100, hue + 260)).any()


@FEW
@given(
    FRAMES, st.tuples(st.floats(0, 1), st.floats(0, 1)), st.tuples(st.floats(0, 1), st.floats(0, 1))
)
def test_saturation_and_value_are_the_usual_ones(frame, saturation, value):
    """Away from the borders of the range the mask agrees with the textbook formulas."""
    wide = frame.astype(float)
    high, low = wide.max(-1), wide.min(-1)
    s, v = np.where(high > 0, (high - low) / np.maximum(high, 1), 0), high / 255
    mask = vision.hsv_mask(frame, saturation=saturation, value=value)
    expected = (saturation[0] <= s) & (s <= saturation[1]) & (value[0] <= v) & (v <= value[1])
    clear = np.ones(mask.shape, bool)
    for measured, (low_end, high_end) in ((s, saturation), (v, value)):
        clear &= (np.abs(measured - low_end) > 0.01) & (np.abs(measured - high_end) > 0.01)
    assert (mask == expected)[clear].all()


def test_red_lies_across_zero():
    """A hue range whose low end is above its high end runs through red; greys count as hue 0."""
    frame = np.array([[(255, 0, 20), (255, 20, 0), (0, 255, 0), (90, 90, 90)]], np.uint8)
    assert vision.hsv_mask(frame, (330, 30)).tolist() == [[True, True, False, True]]
    assert vision.hsv_mask(frame, (330, 30), (0.5, 1)).tolist() == [[True, True, False, False]]
    assert vision.hsv_mask(frame, (100, 140)).tolist() == [[False, False, True, False]]
    assert vision.hsv_mask(frame).all()


@FEW
@given(FRAMES, FRAMES, st.sampled_from([0, 1, 60, 255]))
def test_difference_is_as_large_as_the_frame(frame, initial, tolerance):
    """Changed pixels are told one by one, and what lies outside the other image has changed."""
    expected = np.ones(frame.shape[:2], bool)
    h, w = min(frame.shape[0], initial.shape[0]), min(frame.shape[1], initial.shape[1])
    apart = np.abs(frame[:h, :w].astype(int) - initial[:h, :w])
    expected[:h, :w] = (apart > tolerance).any(-1)
    assert (vision.difference(frame, initial, tolerance) == expected).all()
    packed = vision.difference(vision.pack(frame), vision.pack(initial), tolerance)
    assert (packed == expected).all()
    assert not vision.difference(frame, frame, tolerance).any()


@FEW
@given(MASKS)
def test_box_and_centroid_are_those_of_the_true_pixels(mask):
    """The box is the tightest one; an empty mask has an empty box and no centroid."""
    top, left, bottom, right = vision.bounding_box(mask)
    row, column = vision.centroid(mask)
    assert mask[top:bottom, left:right].sum() == mask.sum()
    if mask.any():
        rows, columns = mask.nonzero()
        assert (top, bottom) == (rows.min(), rows.max() + 1)
        assert (left, right) == (columns.min(), columns.max() + 1)
        assert (row, column) == pytest.approx((rows.mean(), columns.mean()))
    else:
        assert (top, left, bottom, right) == (0, 0, 0, 0)
        assert math.isnan(row)
        assert math.isnan(column)


def flood(mask, start, diagonal):
    """The pixels reached from one, by hand."""
    steps = [(r, c) for r in (-1, 0, 1) for c in (-1, 0, 1) if diagonal or abs(r) + abs(c) == 1]
    seen, waiting = {start}, [start]
    while waiting:
        row, column = waiting.pop()
        for dr, dc in steps:
            at = (row + dr, column + dc)
            inside = 0 <= at[0] < mask.shape[0] and 0 <= at[1] < mask.shape[1]
            if inside and mask[at] and at not in seen:
                seen.add(at)
                waiting.append(at)
    return frozenset(seen)


@FEW
@given(MASKS, st.booleans(), st.integers(1, 4))
def test_blobs_are_the_connected_groups(mask, diagonal, min_area):
    """Blobs are what a flood fill finds, largest first, with their own area, box and mask."""
    groups = {flood(mask, (int(r), int(c)), diagonal) for r, c in np.argwhere(mask)}
    found = vision.blobs(mask, min_area, diagonal=diagonal)
    assert [b.area for b in found] == sorted((b.area for b in found), reverse=True)
    assert {frozenset(map(tuple, np.argwhere(b.mask).tolist())) for b in found} == {
        group for group in groups if len(group) >= min_area
    }
    for blob in found:
        assert blob.area == blob.mask.sum()
        assert blob.box == vision.bounding_box(blob.mask)
        assert blob.centroid == pytest.approx(vision.centroid(blob.mask))
        assert (blob.height, blob.width) == (
            blob.box[2] - blob.box[0],
            blob.box[3] - blob.box[1],
        )


def test_a_blob_cannot_be_changed():
    """Blobs are frozen, so what perceive returned stays what it was."""
    (blob,) = vision.blobs(np.ones((2, 3), bool))
    with pytest.raises(dataclasses.FrozenInstanceError):
        blob.area = 0


def test_overlap_is_the_share_of_the_first_region():
    """Masks, boxes and blobs may be mixed; the share is of the first one."""
    left, all_of_it = np.zeros((4, 4), bool), np.ones((4, 4), bool)
    left[:, :2] = True
    (blob,) = vision.blobs(left)
    for region in (left, blob, (0, 0, 4, 2)):
        assert vision.overlap(region, all_of_it) == 1.0
        assert vision.overlap(all_of_it, region) == 0.5
        assert vision.overlap(region, (0, 0, 4, 4)) == 1.0
        assert vision.overlap((0, 0, 4, 4), region) == 0.5
        assert vision.overlap(region, (0, 2, 4, 4)) == 0.0
    assert vision.overlap(np.zeros((4, 4), bool), all_of_it) == 0.0


def test_distance_is_between_centres():
    """Points, boxes, masks and blobs may be mixed; an empty one is infinitely far."""
    mask = np.zeros((9, 9), bool)
    mask[0:3, 0:3] = True
    (blob,) = vision.blobs(mask)
    for place in (mask, blob, (0, 0, 3, 3), (1, 1), (1.0, 1.0), np.array([1, 1])):
        assert vision.distance(place, (4, 5)) == 5.0
        assert vision.distance(place, np.zeros((9, 9), bool)) == math.inf
        assert vision.distance((0, 0, 0, 0), place) == math.inf


@FEW
@given(MASKS, st.integers(0, 14))
def test_growing_reaches_in_all_eight_directions(mask, pixels):
    """A pixel is in the grown mask iff a true one is within that many rows and columns."""
    expected = np.zeros_like(mask)
    for row, column in np.argwhere(mask):
        expected[
            max(row - pixels, 0) : row + pixels + 1, max(column - pixels, 0) : column + pixels + 1
        ] = True
    grown = vision.grow(mask, pixels)
    assert (grown == expected).all()
    assert not np.shares_memory(grown, mask)


@FEW
@given(
    SHAPES.flatmap(lambda s: st.tuples(arrays(np.bool_, s), arrays(np.bool_, s))), st.integers(0, 5)
)
def test_touching_is_growing_and_meeting(masks, gap):
    """Two masks touch iff a pixel of one is within the gap of a pixel of the other."""
    one, other = masks
    expected = bool((vision.grow(one, gap) & other).any())
    assert vision.touching(one, other, gap) == expected
    assert vision.touching(other, one, gap) == expected


def test_touching_holds_across_sizes():
    """Masks of different sizes are laid on each other at the top left."""
    small, large = np.zeros((3, 3), bool), np.zeros((9, 9), bool)
    small[2, 2] = large[3, 3] = True
    assert vision.touching(small, large)
    assert vision.touching(large, small)


def test_cropping_stays_within_the_image():
    """A box that sticks out is cut, and one outside gives an image without pixels."""
    frame = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)
    assert (vision.crop(frame, (-2, 1, 99, 3)) == frame[:, 1:3]).all()
    assert vision.crop(frame, (7, 7, 9, 9)).size == 0
    assert vision.crop(frame, (3, 3, 1, 1)).size == 0


def test_tiles_are_a_view_of_whole_tiles():
    """Row and column find the tile, without a copy, and left-over pixels are dropped."""
    frame = np.random.default_rng(1).integers(0, 256, (35, 50, 3), np.uint8)
    tiles = vision.tiles(frame, 16)
    assert tiles.shape == (2, 3, 16, 16, 3)
    assert (tiles[1, 2] == frame[16:32, 32:48]).all()
    assert np.shares_memory(tiles, frame)
    assert vision.tiles(vision.pack(frame), 8).shape == (4, 6, 8, 8)


@FEW
@given(MASKS, st.integers(1, 6))
def test_tile_counts_are_the_sums_of_the_tiles(mask, size):
    """Each count is the number of true pixels in its tile."""
    expected = vision.tiles(mask, size).sum((2, 3))
    assert (vision.tile_counts(mask, size) == expected).all()


def test_tiles_of_a_picture_too_small_for_one_keep_their_size():
    """No tile is there, and what is asked of each can be asked: `tiles[:, :, 8, 8]`."""
    assert vision.tiles(np.zeros((1, 1, 3), np.uint8), 16).shape == (0, 0, 16, 16, 3)
    assert vision.tiles(np.zeros((0, 7), np.uint32), 1000).shape == (0, 0, 1000, 1000)


def test_tile_counts_do_not_wrap():
    """A full tile of 300 pixels a side counts 90,000."""
    assert vision.tile_counts(np.ones((300, 600), bool), 300).tolist() == [[90_000, 90_000]]


@FEW
@given(FRAMES, st.integers(1, 4))
def test_tile_hashes_tell_pictures_apart(frame, size):
    """Two tiles have the same number iff they show the same picture."""
    tiles, hashes = vision.tiles(frame, size), vision.tile_hashes(frame, size)
    assert hashes.shape == tiles.shape[:2]
    flat = [tile.tobytes() for row in tiles for tile in row]
    for one, a in zip(flat, hashes.ravel().tolist(), strict=True):
        for other, b in zip(flat, hashes.ravel().tolist(), strict=True):
            assert (one == other) == (a == b)


def test_single_pixel_changes_never_share_a_hash():
    """Changing any one pixel in any one channel gives a new number each time."""
    base = np.zeros((8, 8, 3), np.uint8)
    seen = {int(vision.tile_hashes(base, 8)[0, 0])}
    for row in range(8):
        for column in range(8):
            for channel in range(3):
                for level in (1, 128, 255):
                    frame = base.copy()
                    frame[row, column, channel] = level
                    seen.add(int(vision.tile_hashes(frame, 8)[0, 0]))
    assert len(seen) == 1 + 8 * 8 * 3 * 3


def calls(frame, initial, mask, other, size):
    """Each primitive, called with these."""
    box = vision.bounding_box(mask)
    blobs = vision.blobs(mask)
    regions = [mask, other, box, (-5, 3, 2, 99), *blobs[:1]]
    yield lambda: vision.pack(frame)
    yield lambda: vision.where(frame, 0, 0xFFFFFF, tolerance=size)
    yield lambda: vision.colours(frame)
    yield lambda: vision.hsv_mask(frame, (10, 350), (0.1, 0.9), (0.1, 0.9))
    yield lambda: vision.difference(frame, initial, size)
    yield lambda: vision.grow(mask, size)
    yield lambda: vision.touching(mask, other, size)
    yield lambda: vision.centroid(mask)
    yield lambda: vision.crop(frame, (size, -size, size * 2, 50))
    yield lambda: (vision.tiles(frame, size), vision.tiles(mask, size))
    yield lambda: vision.tile_counts(mask, size)
    yield lambda: vision.tile_hashes(frame, size)
    for a in regions:
        for b in regions:
            yield lambda a=a, b=b: (vision.overlap(a, b), vision.distance(a, b))


@FEW
@given(FRAMES, FRAMES, MASKS, MASKS, st.integers(-1, 40))
def test_every_function_is_total_and_leaves_its_arguments_alone(frame, initial, mask, other, size):
    """No image of any size, and no pair of sizes, makes a primitive raise or write."""
    arguments = (frame, initial, mask, other)
    before = [argument.copy() for argument in arguments]
    for argument in arguments:
        argument.setflags(write=False)
    for call in calls(frame, initial, mask, other, size):
        call()
    for argument, copy in zip(arguments, before, strict=True):
        assert (argument == copy).all()


ODD = st.sampled_from(
    [0, -1, -5, 2.5, 10**6, 10**30, -(10**30), float("nan"), float("inf"), float("-inf")]
) | st.sampled_from([np.int64(-(2**63)), np.uint8(3), np.float32(1.5)])


@FEW
@given(FRAMES, ODD, ODD, st.tuples(ODD, ODD, ODD, ODD), st.tuples(ODD, ODD, ODD))
def test_odd_numbers_are_as_good_as_any(frame, one, other, box, colour):
    """NaN, infinity, fractions and numbers beyond any picture give a result."""
    codes = vision.pack(frame)
    mask = codes > 200
    for tiled in (vision.tiles(frame, one), vision.tile_counts(mask, one)):
        assert tiled.shape[0] <= frame.shape[0]
    assert vision.tile_hashes(frame, one).dtype == np.uint32
    assert vision.grow(mask, one).shape == mask.shape
    assert vision.crop(mask, box).size <= mask.size
    for asked in (colour, one):
        assert vision.where(codes, asked, other, tolerance=3).shape == mask.shape
    for region in (box, mask):
        assert vision.overlap(region, mask) >= 0
        assert vision.distance(region, mask) is not None
        assert vision.touching(region, mask, one) in {True, False}
        assert vision.touching(mask, region, other) in {True, False}
    assert all(blob.area for blob in vision.blobs(mask, one))
    assert vision.difference(frame, frame, 1).sum() == 0


@pytest.mark.parametrize("kind", [np.int16, np.int64, np.float32, np.float64])
def test_a_frame_of_other_numbers_is_the_same_picture(kind):
    """What arithmetic leaves is cut to bytes; a comparison of frames is a mask by channels."""
    frame = np.random.default_rng(3).integers(0, 255, (6, 5, 3), dtype=np.uint8)
    other = np.zeros((3, 3, 3), np.uint8)
    assert np.array_equal(vision.pack(frame.astype(kind)), vision.pack(frame))
    assert np.array_equal(
        vision.difference(frame.astype(kind), other), vision.difference(frame, other)
    )
    far = frame.astype(np.float64)
    far[0, 0] = (np.nan, np.inf, -np.inf)
    assert vision.pack(far)[0, 0] == 0x00FF00
    channels = frame > 200
    assert vision.touching(channels, channels) == bool(channels.any())
    assert vision.bounding_box(channels) == vision.bounding_box(channels.any(axis=2))


def test_arrays_without_pixels_are_fine():
    """What cropping outside an image gives can be handed on."""
    nothing = np.zeros((0, 4, 3), np.uint8)
    empty = np.zeros((0, 4), bool)
    for call in calls(nothing, np.zeros((3, 3, 3), np.uint8), empty, empty, 2):
        call()


def test_all_public_names_are_listed_and_documented():
    """`__all__` holds every public function, and each has the docstring the prompt prints."""
    defined = {
        name
        for name, value in vars(vision).items()
        if getattr(value, "__module__", None) == vision.__name__ and not name.startswith("_")
    }
    assert {name for name in defined if callable(getattr(vision, name))} == set(vision.__all__)
    for name in vision.__all__:
        assert getattr(vision, name).__doc__


def test_the_reference_is_what_the_prompt_prints():
    """docs/vision.md holds the library's own words, and its example passes the lint."""
    page = (Path(__file__).parents[1] / "docs" / "vision.md").read_text(encoding="utf-8")
    assert vision_library() in page
    assert lint(extract_code(page)) == []


def test_it_loads_from_its_path_alone():
    """The sandbox loads the file without the package, and without registering it first."""
    code = (
        "import importlib.util, sys;"
        "spec = importlib.util.spec_from_file_location('vision', sys.argv[1]);"
        "module = importlib.util.module_from_spec(spec);"
        "spec.loader.exec_module(module);"
        "assert not any(name.split('.')[0] == 'synth' for name in sys.modules)"
    )
    path = importlib.util.find_spec("synth.vision").origin
    subprocess.run([sys.executable, "-I", "-c", code, path], check=True, timeout=60)
