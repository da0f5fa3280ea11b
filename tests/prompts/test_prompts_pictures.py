"""Pictures are enlarged without loss."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from synth.errors import UsageError
from synth.prompts.pictures import encode_png, scale_of

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
