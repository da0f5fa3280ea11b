"""Image primitives for reward programs: ``from synth import vision``.

Three kinds of array travel between them:

- a *frame*, ``uint8[H, W, 3]``, red, green, blue;
- *codes*, ``uint32[H, W]``, one ``0xRRGGBB`` number per pixel, made by `pack`. Whatever takes
  an *image* takes a frame or its codes. Codes are about eight times as quick: pack once, in
  ``perceive``, and work on the codes;
- a *mask*, ``bool[H, W]``, combined with ``&``, ``|``, ``~`` and counted by ``mask.sum()``.

A *colour* is ``(red, green, blue)`` or ``0xRRGGBB``. A *box* is ``(top, left, bottom, right)``
in pixels, bottom and right exclusive, so that ``mask[top:bottom, left:right]`` is its inside.
A *region* is a mask, a box, or a `Blob` (its box counts).

Every function is total: images of any size, empty masks, and two images of different sizes
give a result, never an exception. No function changes its arguments or remembers anything.
Costs are microseconds for a 96x96 image on one slow core.

Nothing here knows any task, reads files, or guesses what a picture shows. The sandbox loads
this one file by path, so it imports numpy, scipy.ndimage and the standard library alone.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

__all__ = [
    "Blob",
    "any_colour",
    "blobs",
    "bounding_box",
    "centroid",
    "colours",
    "count_colour",
    "crop",
    "difference",
    "distance",
    "grow",
    "hsv_mask",
    "overlap",
    "pack",
    "tile_counts",
    "tile_hashes",
    "tiles",
    "touching",
    "where",
]

Image = NDArray[np.uint8] | NDArray[np.uint32]
Mask = NDArray[np.bool_]
Colour = int | tuple[int, int, int]
Box = tuple[int, int, int, int]

_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.bool_)
_SQUARE = np.ones((3, 3), np.bool_)
_BYTE = 255
_CIRCLE = 360
_EDGES = 4
_FRAME_AXES = 3
_NOWHERE = (float("nan"), float("nan"))


@dataclass(frozen=True, slots=True, eq=False)
class Blob:
    """A connected group of pixels: ``area``, ``box``, ``centroid`` (row, column), ``mask``.

    ``blob.height`` and ``blob.width`` are those of its box; ``blob.mask`` is ``bool[H, W]``,
    as large as the mask it was found in, and made anew each time it is asked for.
    """

    area: int
    box: Box
    centroid: tuple[float, float]
    _shape: tuple[int, int] = field(repr=False)
    _labels: NDArray[np.int32] = field(repr=False)
    _label: int = field(repr=False)

    @property
    def height(self) -> int:
        """Rows of the box."""
        return self.box[2] - self.box[0]

    @property
    def width(self) -> int:
        """Columns of the box."""
        return self.box[3] - self.box[1]

    @property
    def mask(self) -> Mask:
        """``bool[H, W]``, true on this blob's pixels."""
        whole = np.zeros(self._shape, np.bool_)
        whole[_inside(self.box)] = self._labels == self._label
        return whole


def pack(frame: Image) -> NDArray[np.uint32]:
    """Codes ``uint32[H, W]`` of a frame, ``0xRRGGBB`` per pixel. 7 us.

    Codes are returned as they are, so packing twice does no harm.
    """
    if frame.ndim < _FRAME_AXES:
        return np.asarray(frame, np.uint32)
    height, width = frame.shape[:2]
    size = height * width
    if not size:
        return np.zeros((height, width), np.uint32)
    # Pixel i starts at byte 3i, so reading four big-endian bytes there gives 0xRRGGBBxx, where
    # xx belongs to its neighbour. The last pixel has none, and is packed by hand.
    codes = np.empty(size, np.uint32)
    flat = np.ascontiguousarray(frame, np.uint8)
    if size > 1:
        four: NDArray[np.uint32] = np.ndarray((size - 1,), ">u4", flat, strides=(3,))
        np.right_shift(four, 8, out=codes[:-1])
    red, green, blue = flat[-1, -1].tolist()
    codes[-1] = red << 16 | green << 8 | blue
    return codes.reshape(height, width)


def where(image: Image, *colours: Colour, tolerance: int = 0) -> Mask:
    """Mask of the pixels that have one of the colours. 2 us per colour on codes.

    With a tolerance, each channel may differ by up to that much (10 us per colour).
    """
    codes = pack(image)
    mask: Mask | None = None
    for colour in colours:
        code = _code(colour)
        if tolerance > 0:
            one = _near(codes, np.full(codes.shape, max(code, 0), np.uint32), tolerance)
        else:
            one = codes == code
        mask = one if mask is None else mask | one
    return np.zeros(codes.shape, np.bool_) if mask is None else mask


def any_colour(image: Image, *colours: Colour, tolerance: int = 0) -> bool:
    """Whether any pixel has one of the colours. As cheap as `where`."""
    return bool(where(image, *colours, tolerance=tolerance).any())


def count_colour(image: Image, *colours: Colour, tolerance: int = 0) -> int:
    """How many pixels have one of the colours. As cheap as `where`."""
    return int(np.count_nonzero(where(image, *colours, tolerance=tolerance)))


def colours(image: Image) -> tuple[tuple[int, int], ...]:
    """The distinct colours as ``(0xRRGGBB, count)``, most common first. Dear: 50 to 150 us."""
    values, counts = np.unique(pack(image), return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return tuple(zip(values[order].tolist(), counts[order].tolist(), strict=True))


def hsv_mask(
    frame: Image,
    hue: tuple[float, float] = (0.0, 360.0),
    saturation: tuple[float, float] = (0.0, 1.0),
    value: tuple[float, float] = (0.0, 1.0),
) -> Mask:
    """Mask of the pixels whose hue, saturation and value lie within ``(low, high)``, inclusive.

    Hue is in degrees, red 0, green 120, blue 240; ``(330, 30)`` runs through red. Greys have
    hue 0. Saturation and value are 0 to 1. 60 us, and more the more pixels pass the last two.
    """
    codes = pack(frame)
    red, green, blue = (((codes >> shift) & 255).astype(np.int16) for shift in (16, 8, 0))
    high = np.maximum(np.maximum(red, green), blue)
    low = np.minimum(np.minimum(red, green), blue)
    chroma = high - low
    mask: Mask = (high >= value[0] * 255 - 1e-4) & (high <= value[1] * 255 + 1e-4)
    if saturation[0] > 0:
        mask &= chroma >= high * np.float32(saturation[0]) - np.float32(1e-3)
    if saturation[1] < 1:
        mask &= chroma <= high * np.float32(saturation[1]) + np.float32(1e-3)
    if hue[1] - hue[0] >= _CIRCLE:
        return mask
    at = mask.nonzero()
    mask[at] = _hue_within(red[at], green[at], blue[at], chroma[at], hue)
    return mask


def difference(frame: Image, initial: Image, tolerance: int = 0) -> Mask:
    """Mask of the pixels that changed, as large as `frame`. 3 us on codes, 16 us on frames.

    With a tolerance, a channel must differ by more than that. Pixels outside `initial`, where
    the sizes differ, count as changed.
    """
    now, then = pack(frame), pack(initial)
    if now.shape == then.shape:
        return ~_near(now, then, tolerance) if tolerance > 0 else now != then
    changed = np.ones(now.shape, np.bool_)
    common = (slice(min(now.shape[0], then.shape[0])), slice(min(now.shape[1], then.shape[1])))
    if now[common].size:
        changed[common] = difference(now[common].copy(), then[common].copy(), tolerance)
    return changed


def bounding_box(mask: Mask) -> Box:
    """The smallest box that holds all true pixels; ``(0, 0, 0, 0)`` for an empty mask. 3 us."""
    mask = _mask(mask)
    # Searching bytes is several times as quick as mask.any(axis).
    found = mask.tobytes()
    first = found.find(1)
    if first < 0:
        return (0, 0, 0, 0)
    width = mask.shape[1]
    top, bottom = first // width, found.rfind(1) // width + 1
    columns = mask[top:bottom].any(axis=0).tobytes()
    return (top, columns.find(1), bottom, columns.rfind(1) + 1)


def centroid(mask: Mask) -> tuple[float, float]:
    """Mean row and column of the true pixels. 8 us for a small object.

    ``(nan, nan)`` for an empty mask: every comparison with it is false.
    """
    mask = _mask(mask)
    at = mask.reshape(-1).nonzero()[0]
    if not at.size:
        return _NOWHERE
    rows, columns = np.divmod(at, mask.shape[1])
    return (float(rows.sum()) / at.size, float(columns.sum()) / at.size)


def blobs(mask: Mask, min_area: int = 1, *, diagonal: bool = False) -> tuple[Blob, ...]:
    """The connected groups of true pixels as `Blob`, largest first. 35 us for small objects.

    Groups smaller than `min_area` are left out. With ``diagonal=True`` pixels that touch at a
    corner are connected too. Dearer the larger the box around all true pixels is.
    """
    mask = _mask(mask)
    top, left, bottom, right = bounding_box(mask)
    inside = mask[top:bottom, left:right]
    if not inside.size:
        return ()
    labels: NDArray[np.int32] = np.empty(inside.shape, np.int32)
    ndimage.label(inside, _SQUARE if diagonal else _CROSS, output=labels)
    rows, columns = inside.nonzero()
    label_of = labels[rows, columns]
    areas = np.bincount(label_of)
    row_sums = np.bincount(label_of, rows)
    column_sums = np.bincount(label_of, columns)
    found = []
    for label, place in enumerate(ndimage.find_objects(labels), start=1):
        area = int(areas[label])
        if area < min_area:
            continue
        down, across = place
        box = (top + down.start, left + across.start, top + down.stop, left + across.stop)
        centre = (top + float(row_sums[label]) / area, left + float(column_sums[label]) / area)
        found.append(Blob(area, box, centre, mask.shape, labels[place], label))
    found.sort(key=lambda blob: -blob.area)
    return tuple(found)


def overlap(a: Any, b: Any) -> float:
    """The share of region `a` that lies within region `b`, 0 to 1; 0 where `a` is empty. 3 us.

    Two colours never share a pixel: for "the block is in the bowl" compare boxes.
    """
    a, b = _region(a), _region(b)
    if isinstance(a, tuple) and isinstance(b, tuple):
        shared = _area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))
    elif isinstance(a, tuple):
        shared = int(np.count_nonzero(crop(b, a)))
    elif isinstance(b, tuple):
        shared = int(np.count_nonzero(crop(a, b)))
    else:
        height, width = min(a.shape[0], b.shape[0]), min(a.shape[1], b.shape[1])
        shared = int(np.count_nonzero(a[:height, :width] & b[:height, :width]))
    whole = _area(a) if isinstance(a, tuple) else int(np.count_nonzero(a))
    return shared / whole if whole else 0.0


def distance(a: Any, b: Any) -> float:
    """Pixels between the centres of two regions or points ``(row, column)``. 2 us, masks 10 us.

    ``inf`` where a region is empty.
    """
    (row_a, column_a), (row_b, column_b) = _centre(a), _centre(b)
    apart = float(np.hypot(row_a - row_b, column_a - column_b))
    return apart if apart == apart else float("inf")  # noqa: PLR0124 - nan is what differs from itself


def grow(mask: Mask, pixels: int = 1) -> Mask:
    """The mask widened by that many pixels in all eight directions. 10 us."""
    grown = _mask(mask)
    for axis in (0, 1):
        done, size = 0, grown.shape[axis]
        while done < min(pixels, size):
            # Doubling: what has grown by n can grow by 2n + 1 at once.
            step = min(done + done + 1, min(pixels, size) - done, max(size - 1, 0))
            if not step:
                break
            wider = grown.copy()
            head, tail = [slice(None)] * 2, [slice(None)] * 2
            head[axis], tail[axis] = slice(None, -step), slice(step, None)
            wider[tuple(tail)] |= grown[tuple(head)]
            wider[tuple(head)] |= grown[tuple(tail)]
            grown, done = wider, done + step
    return grown.copy() if grown is mask else grown


def touching(a: Mask, b: Mask, gap: int = 1) -> bool:
    """Whether a true pixel of `a` is within `gap` pixels of one of `b`, diagonals too. 25 us."""
    a, b = _mask(a), _mask(b)
    top, left, bottom, right = bounding_box(a)
    if not bottom:
        return False
    gap = max(int(gap), 0)
    near = (max(top - gap, 0), max(left - gap, 0), bottom + gap, right + gap)
    one, other = grow(crop(a, near), gap), crop(b, near)
    height, width = min(one.shape[0], other.shape[0]), min(one.shape[1], other.shape[1])
    return bool((one[:height, :width] & other[:height, :width]).any())


def crop(image: NDArray[Any], box: Box) -> NDArray[Any]:
    """The inside of a box, cut to the image, as a view: a frame, codes or a mask. 1 us.

    An array without pixels where the box lies outside.
    """
    top, left, bottom, right = (max(int(edge), 0) for edge in box)
    return image[top:bottom, left:right]


def tiles(image: NDArray[Any], size: int) -> NDArray[Any]:
    """A tile world as a view ``[rows, columns, size, size]``, for a frame ``[..., 3]`` more. 2 us.

    ``tiles(frame, 16)[2, 5]`` is the tile in row 2, column 5. What is left over at the bottom
    and at the right is dropped.
    """
    size = max(int(size), 1)
    rows, columns = image.shape[0] // size, image.shape[1] // size
    whole = image[: rows * size, : columns * size]
    return whole.reshape(rows, size, columns, size, *image.shape[2:]).swapaxes(1, 2)


def tile_counts(mask: Mask, size: int) -> NDArray[np.int64]:
    """How many true pixels each tile holds, ``int64[rows, columns]``. 8 us.

    ``np.argwhere(vision.tile_counts(vision.where(codes, GOAL), 16) > 100)`` finds goal tiles.
    """
    size = max(int(size), 1)
    rows, columns = mask.shape[0] // size, mask.shape[1] // size
    bits = np.ascontiguousarray(_mask(mask)[: rows * size, : columns * size]).view(np.uint8)
    strips = bits.reshape(rows, size, columns * size)
    per_column = strips.sum(axis=1, dtype=np.uint8 if size <= _BYTE else np.int64)
    counts: NDArray[np.int64] = per_column.reshape(rows, columns, size).sum(axis=2, dtype=np.int64)
    return counts


def tile_hashes(image: Image, size: int) -> NDArray[np.uint32]:
    """A number for the picture in each tile, ``uint32[rows, columns]``. 20 us.

    Equal pictures have equal numbers, different ones (but for one chance in 2**32) different
    ones: ``hashes == hashes[2, 5]`` finds the tiles that look like the one in row 2, column 5.
    """
    size = max(int(size), 1)
    rows, columns = image.shape[0] // size, image.shape[1] // size
    mixed = pack(image)[: rows * size, : columns * size] * np.uint32(0x9E3779B1)
    mixed ^= mixed >> np.uint32(15)
    # Weights by place within the tile: odd, so that no difference is multiplied away.
    place = np.arange(size * size, dtype=np.uint32).reshape(size, size)
    weight = (place * np.uint32(0x85EBCA6B) ^ place * np.uint32(0xC2B2AE35) >> np.uint32(13)) | 1
    mixed *= np.tile(weight, (rows, columns))
    strips = mixed.reshape(rows, size, columns * size).sum(axis=1, dtype=np.uint32)
    hashes: NDArray[np.uint32] = strips.reshape(rows, columns, size).sum(axis=2, dtype=np.uint32)
    return hashes


def _code(colour: Any) -> int:
    if isinstance(colour, int | np.integer):
        return int(colour)
    red, green, blue = (int(channel) for channel in colour)
    # A channel out of range must match nothing, rather than spill into its neighbour.
    fits = min(red, green, blue) >= 0 and max(red, green, blue) <= _BYTE
    return red << 16 | green << 8 | blue if fits else -1


def _near(a: NDArray[np.uint32], b: NDArray[np.uint32], tolerance: int) -> Mask:
    # Byte by byte, and the four bytes of a pixel back together as one number.
    one = np.ascontiguousarray(a).view(np.uint8)
    other = np.ascontiguousarray(b).view(np.uint8)
    apart = np.maximum(one, other)
    apart -= np.minimum(one, other)
    near: Mask = (apart > min(int(tolerance), _BYTE)).view(np.uint32) == 0
    return near


def _hue_within(
    red: NDArray[np.int16],
    green: NDArray[np.int16],
    blue: NDArray[np.int16],
    chroma: NDArray[np.int16],
    hue: tuple[float, float],
) -> Mask:
    span = np.maximum(chroma, 1).astype(np.float32)
    top = np.maximum(np.maximum(red, green), blue)
    degrees = 60 * np.select(
        [chroma == 0, top == red, top == green],
        [np.float32(0), (green - blue) / span, (blue - red) / span + 2],
        (red - green) / span + 4,
    )
    degrees %= 360
    low, high = hue[0] % 360, hue[1] % 360
    if low <= high:
        return (degrees >= low - 1e-3) & (degrees <= high + 1e-3)
    return (degrees >= low - 1e-3) | (degrees <= high + 1e-3)


def _mask(mask: NDArray[Any]) -> Mask:
    return mask if mask.dtype == np.bool_ else mask != 0


def _inside(box: Box) -> tuple[slice, slice]:
    return slice(box[0], box[2]), slice(box[1], box[3])


def _region(region: Any) -> Any:
    if isinstance(region, Blob):
        return region.box
    return _mask(region) if isinstance(region, np.ndarray) else tuple(region)


def _area(box: Box) -> int:
    return max(box[2] - box[0], 0) * max(box[3] - box[1], 0)


def _centre(place: Any) -> tuple[float, float]:
    if isinstance(place, Blob):
        return place.centroid
    if isinstance(place, np.ndarray) and place.ndim > 1:
        return centroid(place)
    if len(place) == _EDGES:
        if not _area(place):
            return _NOWHERE
        return (place[0] + place[2] - 1) / 2, (place[1] + place[3] - 1) / 2
    return float(place[0]), float(place[1])
