"""Pictures on sheets."""

from __future__ import annotations

import base64
import io

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from synth.page.album import LONGEST, Album, AlbumSheet

SIZES = st.tuples(st.integers(1, 9), st.integers(1, 9))


def _pixels(sheet: AlbumSheet) -> np.ndarray:
    _, _, content = sheet.uri.partition(";base64,")
    with Image.open(io.BytesIO(base64.b64decode(content))) as image:
        return np.asarray(image.convert("RGB"))


@settings(max_examples=25)
@given(st.lists(st.tuples(SIZES, st.integers(0, 5)), min_size=1, max_size=60))
def test_every_picture_is_where_it_is_said_to_be(wanted: list[tuple[tuple[int, int], int]]) -> None:
    """Pixel for pixel, whatever sizes come in whatever order; equal ones lie there once."""
    album = Album()
    frames = [
        np.random.default_rng(seed).integers(0, 256, (*size, 3), np.uint8) for size, seed in wanted
    ]
    pictures = album.all(frames)
    sheets = {sheet.number: (sheet, _pixels(sheet)) for sheet in album.sheets()}
    assert len(album) == len({(f.shape, f.tobytes()) for f in frames})
    for frame, picture in zip(frames, pictures, strict=True):
        sheet, pixels = sheets[picture.sheet]
        top, left = picture.row * sheet.height, picture.column * sheet.width
        cell = pixels[top : top + sheet.height, left : left + sheet.width]
        assert np.array_equal(cell, frame)
        assert picture.column < sheet.columns
        assert picture.row < sheet.rows


def test_sheets_stay_small_enough_for_a_phone() -> None:
    """Many pictures fill several sheets, none longer than a phone can draw."""
    album = Album()
    for n in range(18):
        frame = np.zeros((400, 900, 3), np.uint8)
        frame[0, 0] = n
        album.add(frame)
    sheets = album.sheets()
    assert len(sheets) > 1
    for sheet in sheets:
        assert sheet.columns * sheet.width <= LONGEST
        assert sheet.rows * sheet.height <= LONGEST
