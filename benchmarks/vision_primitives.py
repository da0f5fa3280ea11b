"""What the primitives of `synth.vision` cost, and the variants of `pack` side by side.

    python benchmarks/vision_primitives.py [--sides 64 96 224]
    python benchmarks/vision_primitives.py --sides 16 96 --step 4

Prints microseconds per call, the best of several repeats, on a synthetic tile world. The
figures in the docstrings of `synth.vision` are the column for 96, rounded. Nothing is asserted
about time; the variants of `pack` are asserted to agree. With ``--step`` frames are views that
take every so many pixels of a larger world, so that neighbours lie apart in memory.
"""

from __future__ import annotations

import argparse
import timeit
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from synth import vision

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Frame = NDArray[np.uint8]
Codes = NDArray[np.unsignedinteger] | NDArray[np.signedinteger]
YELLOW = (255, 255, 0)
WALL = (100, 100, 100)


def world(side: int) -> Frame:
    """A tile world of 6x6 tiles: walls around, a key, a door and a goal."""
    tile = max(side // 6, 1)
    frame = np.zeros((side, side, 3), np.uint8)
    frame[::tile] = frame[:, ::tile] = WALL
    frame[:tile] = frame[:, :tile] = frame[-tile:] = frame[:, -tile:] = WALL
    frame[2 * tile + tile // 4 : 3 * tile - tile // 4, 2 * tile + tile // 3 : 3 * tile - 3] = YELLOW
    frame[3 * tile : 4 * tile, 4 * tile : 5 * tile] = (0, 255, 0)
    return frame


def shifts(frame: Frame) -> Codes:
    """Shift and or, as one would write it."""
    wide = frame.astype(np.uint32)
    return wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2]


def in_place(frame: Frame) -> Codes:
    """Shift and or into one array."""
    codes = frame[..., 0].astype(np.uint32)
    for channel in (1, 2):
        codes <<= 8
        codes |= frame[..., channel]
    return codes


def four_bytes(frame: Frame) -> Codes:
    """Copy the channels into four bytes, and look at them as one number."""
    padded = np.zeros((*frame.shape[:2], 4), np.uint8)
    for channel in range(3):
        padded[..., 2 - channel] = frame[..., channel]
    codes: Codes = padded.view("<u4")[..., 0]
    return codes


def matrix_product(frame: Frame) -> Codes:
    """Multiply by (65536, 256, 1) in integers."""
    return frame @ np.array([65536, 256, 1], np.uint32)


def float_product(frame: Frame) -> Codes:
    """The same in float32, which holds 24 bits exactly, so that BLAS does it."""
    weights = np.array([65536, 256, 1], np.float32)
    return (
        (frame.reshape(-1, 3).astype(np.float32) @ weights)
        .astype(np.uint32)
        .reshape(frame.shape[:2])
    )


def overlapping_reads(frame: Frame) -> Codes:
    """Read four bytes at every third byte of a copy that is one byte longer."""
    longer = np.empty(frame.size + 1, np.uint8)
    longer[1:] = frame.reshape(-1)
    four: Codes = np.ndarray((frame.size // 3,), ">u4", longer, strides=(3,))
    return (four & 0xFFFFFF).reshape(frame.shape[:2])


PACKS = (
    shifts,
    in_place,
    four_bytes,
    matrix_product,
    float_product,
    overlapping_reads,
    vision.pack,
)


def primitives(frame: Frame) -> dict[str, Callable[[], object]]:
    """Each primitive as one would call it."""
    changed = frame.copy()
    changed[frame.shape[0] // 3 :: 7] = 9
    codes, later = vision.pack(frame), vision.pack(changed)
    key, wall = vision.where(codes, YELLOW), vision.where(codes, WALL)
    tile = max(frame.shape[0] // 6, 1)
    return {
        "pack(frame)": lambda: vision.pack(frame),
        "where(codes)": lambda: vision.where(codes, YELLOW),
        "where(frame)": lambda: vision.where(frame, YELLOW),
        "where(codes, tolerance)": lambda: vision.where(codes, YELLOW, tolerance=9),
        "any_colour(codes)": lambda: vision.any_colour(codes, YELLOW),
        "count_colour(codes)": lambda: vision.count_colour(codes, YELLOW),
        "colours(codes)": lambda: vision.colours(codes),
        "hsv_mask(codes)": lambda: vision.hsv_mask(codes, (50, 70), (0.5, 1), (0.5, 1)),
        "difference(codes)": lambda: vision.difference(codes, later),
        "difference(frames)": lambda: vision.difference(frame, changed),
        "difference(codes, tolerance)": lambda: vision.difference(codes, later, 9),
        "bounding_box(small)": lambda: vision.bounding_box(key),
        "centroid(small)": lambda: vision.centroid(key),
        "centroid(large)": lambda: vision.centroid(wall),
        "blobs(small)": lambda: vision.blobs(key),
        "blobs(large)": lambda: vision.blobs(wall),
        "overlap(masks)": lambda: vision.overlap(key, wall),
        "overlap(boxes)": lambda: vision.overlap((1, 2, 9, 9), (2, 3, 7, 7)),
        "distance(points)": lambda: vision.distance((1, 2), (4, 6)),
        "distance(masks)": lambda: vision.distance(key, (4, 6)),
        "grow": lambda: vision.grow(key),
        "touching": lambda: vision.touching(key, wall),
        "crop": lambda: vision.crop(frame, (1, 2, 30, 40)),
        "tiles": lambda: vision.tiles(frame, tile),
        "tile_counts": lambda: vision.tile_counts(wall, tile),
        "tile_hashes(codes)": lambda: vision.tile_hashes(codes, tile),
    }


def microseconds(call: Callable[[], object], number: int = 200, repeat: int = 7) -> float:
    """The best of several repeats."""
    return min(timeit.repeat(call, number=number, repeat=repeat)) / number * 1e6


def table(rows: Sequence[tuple[str, Sequence[float]]], sides: Sequence[int]) -> None:
    """Print one line per row, one column per side."""
    print(f"{'microseconds per call':32}" + "".join(f"{side:>10}" for side in sides))
    for name, costs in rows:
        print(f"{name:32}" + "".join(f"{cost:10.1f}" for cost in costs))
    print()


def main() -> None:
    """Measure and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sides", type=int, nargs="+", default=[64, 96, 224])
    parser.add_argument("--step", type=int, default=1)
    options = parser.parse_args()
    sides, step = options.sides, options.step
    frames = [world(side * step)[::step, ::step] for side in sides]
    rows = []
    for pack in PACKS:
        for frame in frames:
            np.testing.assert_array_equal(pack(frame), shifts(frame))
        name = "vision.pack" if pack is vision.pack else pack.__name__
        rows.append((name, [microseconds(partial(pack, frame)) for frame in frames]))
    table(rows, sides)
    calls = [primitives(frame) for frame in frames]
    table([(name, [microseconds(each[name]) for each in calls]) for name in calls[0]], sides)


if __name__ == "__main__":
    main()
