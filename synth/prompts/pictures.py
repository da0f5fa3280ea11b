"""Frames as a model gets to see them: enlarged, and in numbers.

A 96-pixel frame sent as it is loses its details in a model's own scaling, and colours read
off a picture are guesses. So pictures go up enlarged by a whole factor with hard edges, and
exact colours and changed places go beside them as text. What a picture shows is for the
model to see, a tile grid included.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from synth.errors import UsageError
from synth.prompts.colours import colour_name
from synth.vision import pack

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "ColourChange",
    "ColourCount",
    "ColourTable",
    "FrameDifference",
    "Scale",
    "colour_table",
    "difference",
    "encode_png",
    "scale_of",
]

LEGIBLE = 480
"""Longer side in pixels that enlarging aims at."""

LARGEST = 1024
"""Longer side in pixels beyond which a picture is reduced."""

MANY = 256
"""Distinct colours beyond which exact ones say little, and similar ones are counted together."""

LINE = 4
"""Pixels in a straight line that make a colour one of a thing, rather than a blend at an edge."""

STEP = 32
"""Width of a group of similar colours, in each channel."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How a frame is shown.

    Attributes:
        true: Width and height of the frame in pixels.
        shown: Width and height of the picture in pixels.
    """

    true: tuple[int, int]
    shown: tuple[int, int]

    @property
    def words(self) -> str:
        """``true size 96 x 96 pixels (width x height), shown enlarged 5 times``."""
        width, height = self.true
        size = f"true size {width} x {height} pixels (width x height)"
        if self.shown == self.true:
            return f"{size}, shown as it is"
        if self.shown[0] > width:
            return f"{size}, shown enlarged {self.shown[0] // width} times"
        return f"{size}, shown reduced to {self.shown[0]} x {self.shown[1]}"


@dataclass(frozen=True, slots=True)
class ColourCount:
    """One colour of a frame.

    Attributes:
        rgb: Red, green, blue, 0 to 255; of a group of similar colours its mean.
        name: In words.
        count: Pixels.
    """

    rgb: tuple[int, int, int]
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class ColourTable:
    """The colours of a frame: those of its things first, most frequent first.

    Attributes:
        rows: Those of its things, and of the blends at their edges as many as there is room for.
        distinct: How many exact colours the frame has.
        more: Colours, or groups, left out.
        more_pixels: Pixels of those left out.
        blends: Whether none of those left out covers 2 x 2 pixels or a straight line anywhere.
        grouped: Whether similar colours were counted together.
    """

    rows: tuple[ColourCount, ...]
    distinct: int
    more: int
    more_pixels: int
    grouped: bool
    blends: bool = False


@dataclass(frozen=True, slots=True)
class ColourChange:
    """A colour that has more or fewer pixels than before.

    Attributes:
        rgb: Red, green, blue; of a group of similar colours its mean.
        name: In words.
        before: Pixels in the initial frame.
        after: Pixels in the frame.
    """

    rgb: tuple[int, int, int]
    name: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class FrameDifference:
    """What differs between a frame and the initial one.

    Attributes:
        same_size: Whether they can be compared pixel by pixel.
        changed: Pixels that differ; 0 where sizes differ.
        box: ``(top, left, bottom, right)`` around them, bottom and right exclusive.
        colours: Colours by how much their count changed, most first, those of things before
            the blends at their edges.
        more: Changed colours left out.
        blends: As for `ColourTable`.
    """

    same_size: bool
    changed: int
    box: tuple[int, int, int, int]
    colours: tuple[ColourChange, ...]
    more: int
    blends: bool = False


def scale_of(frame: NDArray[np.uint8]) -> Scale:
    """How `frame` is shown: enlarged by a whole factor, or as it is, or reduced if huge.

    Raises:
        UsageError: It is not an image with at least one pixel.
    """
    if frame.ndim != 3 or frame.shape[2] != 3 or not frame.size or frame.dtype != np.uint8:  # noqa: PLR2004  axes and channels
        raise UsageError(
            f"a picture must be uint8[H, W, 3] with at least one pixel, not {frame.dtype}"
            f"{list(frame.shape)}."
        )
    height, width = frame.shape[:2]
    longer = max(height, width)
    if longer <= LARGEST:
        factor = min(max(round(LEGIBLE / longer), 1), LARGEST // longer)
        return Scale((width, height), (width * factor, height * factor))
    shown = (max(width * LARGEST // longer, 1), max(height * LARGEST // longer, 1))
    return Scale((width, height), shown)


def encode_png(frame: NDArray[np.uint8]) -> bytes:
    """PNG of a frame as a model sees it; equal frames give equal bytes.

    Args:
        frame: ``uint8[H, W, 3]``.

    Raises:
        UsageError: It is not an image with at least one pixel.
    """
    scale = scale_of(frame)
    picture = Image.fromarray(np.ascontiguousarray(frame))
    if scale.shown != scale.true:
        enlarged = scale.shown[0] >= scale.true[0]
        how = Image.Resampling.NEAREST if enlarged else Image.Resampling.BOX
        picture = picture.resize(scale.shown, how)
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", compress_level=6)
    return buffer.getvalue()


def colour_table(frame: NDArray[np.uint8], limit: int = 20) -> ColourTable:
    """The exact colours of a frame with their pixel counts.

    Where there are more than `MANY`, as in a shaded or photographic picture, similar colours
    are counted together. A drawn picture has dozens of colours of which most are blends: shades
    between two colours, where an edge was smoothed. They come last, however many pixels they have.

    Args:
        frame: ``uint8[H, W, 3]``.
        limit: Rows at most; up to twice as many where that many colours are no blends.
    """
    codes = pack(frame)
    distinct = len(np.unique(codes))
    grouped = distinct > MANY
    told = _grouped(codes) if grouped else codes
    counts, solid = _counts(told), _solid(told)
    means = _means(codes) if grouped else {}
    order = sorted(counts, key=lambda code: (code not in solid, -counts[code], code))
    room = _room(order, solid, limit)
    rows = tuple(_row(means.get(code, _rgb(code)), counts[code]) for code in order[:room])
    rest = order[room:]
    more = sum(counts[code] for code in rest)
    return ColourTable(rows, distinct, len(rest), more, grouped, not solid.intersection(rest))


def difference(
    frame: NDArray[np.uint8], initial: NDArray[np.uint8], limit: int = 12
) -> FrameDifference:
    """What differs between a frame and the initial frame.

    Args:
        frame: ``uint8[H, W, 3]``.
        initial: ``uint8[H, W, 3]``.
        limit: Colours at most; as for `colour_table`.
    """
    now, then = pack(frame), pack(initial)
    both = np.concatenate([now.ravel(), then.ravel()])
    means: dict[int, tuple[int, int, int]] = {}
    if len(np.unique(both)) > MANY:
        means = _means(both)
        told, told_then = _grouped(now), _grouped(then)
    else:
        told, told_then = now, then
    after, before = _counts(told), _counts(told_then)
    solid = _solid(told) | _solid(told_then)
    change = {
        code: after.get(code, 0) - before.get(code, 0)
        for code in sorted(before.keys() | after.keys())
    }
    order = sorted(
        (code for code in change if change[code]),
        key=lambda code: (code not in solid, -abs(change[code]), code),
    )
    room = _room(order, solid, limit)
    colours = []
    for code in order[:room]:
        rgb = means.get(code, _rgb(code))
        colours.append(ColourChange(rgb, colour_name(rgb), before.get(code, 0), after.get(code, 0)))
    same_size = now.shape == then.shape
    changed = now != then if same_size else np.zeros((0, 0), dtype=np.bool_)
    return FrameDifference(
        same_size,
        int(changed.sum()),
        _box(changed),
        tuple(colours),
        max(len(order) - room, 0),
        not solid.intersection(order[room:]),
    )


def _solid(codes: NDArray[np.uint32]) -> set[int]:
    """Colours that somewhere cover 2 x 2 pixels, or `LINE` in a row or a column."""
    found: set[int] = set()
    down, right = codes[1:] == codes[:-1], codes[:, 1:] == codes[:, :-1]
    if down.size and right.size:
        square = down[:, 1:] & down[:, :-1] & right[:-1]
        found.update(np.unique(codes[:-1, :-1][square]).tolist())
    for same, lines in ((right, codes), (down.T, codes.T)):
        steps = LINE - 1
        if same.shape[1] >= steps:
            runs = np.lib.stride_tricks.sliding_window_view(same, steps, axis=1).all(axis=-1)
            found.update(np.unique(lines[:, : runs.shape[1]][runs]).tolist())
    return found


def _room(order: list[int], solid: set[int], limit: int) -> int:
    """How many of the colours are told: all that are no blends, as far as twice the limit."""
    return max(limit, min(sum(code in solid for code in order), 2 * limit))


def _rgb(code: int) -> tuple[int, int, int]:
    return code >> 16, code >> 8 & 255, code & 255


def _grouped(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    keep = 256 - STEP
    return codes & np.uint32(keep << 16 | keep << 8 | keep)


def _means(codes: NDArray[np.uint32]) -> dict[int, tuple[int, int, int]]:
    """The mean colour of each group."""
    flat = codes.ravel()
    groups, index, counts = np.unique(_grouped(flat), return_inverse=True, return_counts=True)
    channels = [
        np.bincount(index, weights=(flat >> shift & 255).astype(np.float64)) / counts
        for shift in (16, 8, 0)
    ]
    return {
        int(group): (round(float(r)), round(float(g)), round(float(b)))
        for group, r, g, b in zip(groups, *channels, strict=True)
    }


def _counts(codes: NDArray[np.uint32]) -> dict[int, int]:
    values, counts = np.unique(codes, return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))


def _row(rgb: tuple[int, int, int], count: int) -> ColourCount:
    return ColourCount(rgb, colour_name(rgb), count)


def _box(mask: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return (0, 0, 0, 0)
    return (int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)
