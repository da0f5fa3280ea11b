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
Costs are for a 96x96 image, in microseconds; ``benchmarks/vision_primitives.py`` prints them.

Nothing here knows any task or guesses what a picture shows. The sandbox loads this one file
by path, so it imports numpy, scipy.ndimage and the standard library alone.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

__all__ = [
    "Blob", "any_colour", "blobs", "bounding_box", "centroid", "colours", "count_colour", "crop",
    "difference", "distance", "grow", "hsv_mask", "overlap", "pack", "tile_counts", "tile_hashes",
    "tiles", "touching", "where",
]  # fmt: skip

Image = NDArray[np.uint8] | NDArray[np.uint32]
Mask = NDArray[np.bool_]
Colour = int | tuple[int, int, int]
Box = tuple[int, int, int, int]
Range = tuple[float, float]

_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.bool_)
_SQUARE = np.ones((3, 3), np.bool_)
_BYTE = 255
_CIRCLE = 360
_EDGES = 4
_NOWHERE = (float("nan"), float("nan"))
_FAR = 1 << 24  # pixels; no picture has so many in a row
_LARGEST = 1024  # sides of a picture, where none says how large it may be


@dataclass(frozen=True, slots=True, eq=False)
class Blob:
    """A connected group of pixels: ``area``, ``box``, ``centroid`` (row, column), ``mask``.

    ``blob.height`` and ``blob.width`` are its box's; ``blob.mask`` is as large as the image.
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
        crop(whole, self.box)[...] = self._labels == self._label
        return whole


def pack(frame: Image) -> NDArray[np.uint32]:
    """Codes ``uint32[H, W]`` of a frame, ``0xRRGGBB`` per pixel. 7 us.

    Codes are returned as they are, so packing twice does no harm.
    """
    if frame.dtype != np.uint8:
        if frame.ndim < 3:  # noqa: PLR2004 - codes; otherwise numbers as arithmetic leaves them
            return np.asarray(frame, np.uint32)
        frame = np.clip(np.nan_to_num(frame), 0, 255).astype(np.uint8)
    size = frame.shape[0] * frame.shape[1]
    if not size:
        return np.zeros(frame.shape[:2], np.uint32)
    # Pixel i starts at byte 3i, so reading four big-endian bytes there gives 0xRRGGBBxx, where
    # xx belongs to its neighbour. The last pixel has none, and is packed by hand.
    codes = np.empty(size, np.uint32)
    flat = np.ascontiguousarray(frame, np.uint8)
    four: NDArray[np.uint32] = np.ndarray((size - 1,), ">u4", flat, strides=(3,))
    np.right_shift(four, 8, out=codes[:-1])
    red, green, blue = flat[-1, -1].tolist()
    codes[-1] = red << 16 | green << 8 | blue
    return codes.reshape(frame.shape[:2])


def where(image: Image, *colours: Colour, tolerance: int = 0) -> Mask:
    """Mask of the pixels that have one of the colours. 2 us per colour on codes.

    With a tolerance, each channel may differ by up to that much (12 us per colour).
    """
    codes = pack(image)
    mask: Mask | None = None
    for colour in colours:
        code = _code(colour)
        one = codes == code
        if tolerance > 0 and code >= 0:
            one = _near(codes, np.full(codes.shape, code, np.uint32), tolerance)
        mask = one if mask is None else mask | one
    return np.zeros(codes.shape, np.bool_) if mask is None else mask


def any_colour(image: Image, *colours: Colour, tolerance: int = 0) -> bool:
    """Whether any pixel has one of the colours. 3 us per colour on codes."""
    return bool(where(image, *colours, tolerance=tolerance).any())


def count_colour(image: Image, *colours: Colour, tolerance: int = 0) -> int:
    """How many pixels have one of the colours. 3 us per colour on codes."""
    return int(np.count_nonzero(where(image, *colours, tolerance=tolerance)))


def colours(image: Image) -> tuple[tuple[int, int], ...]:
    """The distinct colours as ``(0xRRGGBB, count)``, most common first. Dear: 55 us."""
    codes = pack(image).reshape(-1)
    # Pictures have runs of one colour, and far fewer runs than pixels to sort.
    starts = np.concatenate([[0], (codes[1:] != codes[:-1]).nonzero()[0] + 1])[: codes.size]
    values, which = np.unique(codes[starts], return_inverse=True)
    counts = np.bincount(which, np.diff(starts, append=codes.size)).astype(int)
    pairs = zip(values.tolist(), counts.tolist(), strict=True)
    return tuple(sorted(pairs, key=lambda pair: -pair[1]))


def hsv_mask(
    frame: Image, hue: Range = (0, 360), saturation: Range = (0, 1), value: Range = (0, 1)
) -> Mask:
    """Mask of the pixels whose hue, saturation and value lie within ``(low, high)``, inclusive.

    Hue is in degrees, red 0, green 120, blue 240; ``(330, 30)`` runs through red. Greys have
    hue 0. Saturation and value are 0 to 1. Dear: 90 us.
    """
    codes = pack(frame).reshape(-1)
    channels = [(codes >> shift & _BYTE).astype(np.int16) for shift in (16, 8, 0)]
    high = np.maximum(np.maximum(*channels[:2]), channels[2])
    chroma = high - np.minimum(np.minimum(*channels[:2]), channels[2])
    dark, bright = int(_BYTE + 1e-4 - value[0] * _BYTE), int(value[1] * _BYTE + 1e-4)
    mask = (high >= _BYTE - dark) & (high <= bright)
    if saturation[0] > 0:
        mask &= chroma >= high * np.float32(saturation[0]) - np.float32(1e-3)
    if saturation[1] < 1:
        mask &= chroma <= high * np.float32(saturation[1]) + np.float32(1e-3)
    if hue[1] - hue[0] < _CIRCLE:
        # Greys apart, so that the dear part sees coloured pixels only.
        at = (mask & (chroma > 0)).nonzero()[0]
        mask &= _between(np.zeros(1, np.float32), hue)
        mask[at] = _between(_hue(*(part[at] for part in (*channels, high, chroma))), hue)
    return mask.reshape(frame.shape[:2])


def difference(frame: Image, initial: Image, tolerance: int = 0) -> Mask:
    """Mask of the pixels that changed, as large as `frame`. 2 us on codes, 15 us on frames.

    With a tolerance, a channel must differ by more. Pixels outside `initial` count as changed.
    """
    now, then = pack(frame), pack(initial)
    if now.shape == then.shape:
        return ~_near(now, then, tolerance) if tolerance > 0 else now != then
    changed = np.ones(now.shape, np.bool_)
    inside = tuple(map(slice, map(min, now.shape, then.shape)))
    changed[inside] = difference(now[inside], then[inside], tolerance)
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
    """Mean row and column of the true pixels. 5 us for a small object, 20 us for a large one.

    ``(nan, nan)`` for an empty mask: every comparison with it is false.
    """
    mask = _mask(mask)
    at = mask.reshape(-1).nonzero()[0]
    rows, columns = np.divmod(at, max(mask.shape[1], 1))
    return (rows.sum() / at.size, columns.sum() / at.size) if at.size else _NOWHERE


def blobs(mask: Mask, min_area: int = 1, *, diagonal: bool = False) -> tuple[Blob, ...]:
    """The connected groups of true pixels as `Blob`, largest first. 40 us for a small object.

    Groups smaller than `min_area` are left out. With ``diagonal=True`` pixels that touch at a
    corner are connected too. 300 us where they are scattered widely.
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
    for label, (down, across) in enumerate(ndimage.find_objects(labels), start=1):
        area = int(areas[label])
        if area >= min_area:
            box = (top + down.start, left + across.start, top + down.stop, left + across.stop)
            centre = (top + float(row_sums[label]) / area, left + float(column_sums[label]) / area)
            found.append(Blob(area, box, centre, mask.shape, labels[down, across], label))
    return tuple(sorted(found, key=lambda blob: -blob.area))


def overlap(a: Any, b: Any) -> float:
    """The share of region `a` that lies within region `b`, 0 to 1; 0 where `a` is empty. 5 us.

    Two colours never share a pixel: for "the block is in the bowl" compare boxes.
    """
    a, b = _region(a), _region(b)
    whole = _area(a) if isinstance(a, tuple) else int(np.count_nonzero(a))
    if isinstance(a, tuple):
        a, b = b, a
    if isinstance(a, tuple):
        shared = _area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))
    elif isinstance(b, tuple):
        shared = int(np.count_nonzero(crop(a, b)))
    else:
        both = crop(a, (0, 0, *b.shape)) & crop(b, (0, 0, *a.shape))
        shared = int(np.count_nonzero(both))
    return shared / whole if whole else 0.0


def distance(a: Any, b: Any) -> float:
    """Pixels between the centres of two regions or points ``(row, column)``. 1 us, masks 6 us.

    ``inf`` where a region is empty.
    """
    (row_a, column_a), (row_b, column_b) = _centre(a), _centre(b)
    apart = float(np.hypot(row_a - row_b, column_a - column_b))
    return apart if apart == apart else float("inf")  # noqa: PLR0124 - nan is what differs from itself


def grow(mask: Mask, pixels: int = 1) -> Mask:
    """The mask widened by that many pixels in all eight directions. 12 us."""
    grown, pixels = _mask(mask).copy(), _pixels(pixels)
    for axis, length in enumerate(grown.shape):
        done, wanted = 0, min(pixels, length - 1)
        while done < wanted:
            # Doubling: what has grown by n pixels can grow by n + 1 more at once.
            step = min(done + 1, wanted - done)
            before = grown.copy()
            wide, narrow = (grown, before) if axis else (grown.T, before.T)
            wide[:, step:] |= narrow[:, :-step]
            wide[:, :-step] |= narrow[:, step:]
            done += step
    return grown


def touching(a: Mask, b: Mask, gap: int = 1) -> bool:
    """Whether a true pixel of `a` is within `gap` pixels of one of `b`, diagonals too. 20 us."""
    a, b = _drawn(a, b), _drawn(b, a)
    gap = min(max(_pixels(gap), 0), max(a.shape + b.shape))
    top, left, bottom, right = bounding_box(a)
    above, before = max(top - gap, 0), max(left - gap, 0)
    other = crop(b, (above, before, bottom + gap if bottom else 0, right + gap))
    canvas = np.zeros((bottom + gap - above, right + gap - before), np.bool_)
    canvas[top - above : bottom - above, left - before : right - before] = a[top:bottom, left:right]
    return bool((grow(canvas, gap)[: other.shape[0], : other.shape[1]] & other).any())


def crop(image: NDArray[Any], box: Box) -> NDArray[Any]:
    """The inside of a box, cut to the image, as a view of a frame, codes or a mask. 1 us."""
    top, left, bottom, right = (max(_pixels(edge), 0) for edge in box)
    return image[top:bottom, left:right]


def tiles(image: NDArray[Any], size: int) -> NDArray[Any]:
    """A tile world as a view ``[rows, columns, size, size]``, for a frame ``[..., 3]`` more. 1 us.

    ``tiles(frame, 16)[2, 5]`` is the tile in row 2, column 5. What is left over at the bottom
    and at the right is dropped.
    """
    whole, rows, columns, size = _whole_tiles(image, size)
    return whole.reshape(rows, size, columns, size, *image.shape[2:]).swapaxes(1, 2)


def tile_counts(mask: Mask, size: int) -> NDArray[np.int64]:
    """How many true pixels each tile holds, ``int64[rows, columns]``. 6 us.

    ``np.argwhere(vision.tile_counts(vision.where(codes, GOAL), 16) > 100)`` finds goal tiles.
    """
    whole, rows, columns, size = _whole_tiles(_mask(mask), size)
    strips = np.ascontiguousarray(whole).view(np.uint8).reshape(rows, size, columns * size)
    per_column = strips.sum(axis=1, dtype=np.uint8 if size <= _BYTE else np.int64)
    counts: NDArray[np.int64] = per_column.reshape(rows, columns, size).sum(axis=2, dtype=np.int64)
    return counts


def tile_hashes(image: Image, size: int) -> NDArray[np.uint32]:
    """A number for the picture in each tile, ``uint32[rows, columns]``. 20 us.

    Equal pictures have equal numbers, different ones (but for one chance in 2**32) different
    ones: ``hashes == hashes[2, 5]`` finds the tiles that look like the one in row 2, column 5.
    """
    codes, rows, columns, size = _whole_tiles(pack(image), size)
    mixed = codes * np.uint32(0x9E3779B1)
    mixed ^= mixed >> np.uint32(15)
    # Weights by place within the tile: odd, so that no difference is multiplied away.
    place = np.arange(size * size, dtype=np.uint32).reshape(size, 1, size)
    weight = (place * np.uint32(0x85EBCA6B) ^ place * np.uint32(0xC2B2AE35) >> np.uint32(13)) | 1
    strips = mixed.reshape(rows, size, columns * size)
    strips *= np.tile(weight, (1, columns, 1)).reshape(size, columns * size)
    per_column = strips.sum(axis=1, dtype=np.uint32).reshape(rows, columns, size)
    hashes: NDArray[np.uint32] = per_column.sum(axis=2, dtype=np.uint32)
    return hashes


def _whole_tiles(image: NDArray[Any], size: int) -> tuple[NDArray[Any], int, int, int]:
    size = min(max(_pixels(size), 1), max(*image.shape[:2], _LARGEST))
    rows, columns = image.shape[0] // size, image.shape[1] // size
    return image[: rows * size, : columns * size], rows, columns, size


def _code(colour: Any) -> int:
    """The colour as one number; -1, which no pixel has, where a channel is out of range."""
    if not isinstance(colour, tuple | list | np.ndarray):
        code = _pixels(colour)
        return code if code == colour and 0 <= code < _FAR else -1
    red, green, blue = (_pixels(channel) for channel in colour)
    return red << 16 | green << 8 | blue if 0 <= min(colour) <= max(colour) <= _BYTE else -1


def _pixels(number: Any) -> int:
    """A whole number of pixels: of nan none, of inf more than a picture has."""
    return int(min(max(number, -_FAR), _FAR)) if number == number else 0  # noqa: PLR0124 - nan is what differs from itself


def _near(a: NDArray[np.uint32], b: NDArray[np.uint32], tolerance: int) -> Mask:
    # Byte by byte, and the four bytes of a pixel back together as one number.
    one = np.ascontiguousarray(a).view(np.uint8)
    other = np.ascontiguousarray(b).view(np.uint8)
    apart = np.maximum(one, other)
    apart -= np.minimum(one, other)
    near: Mask = (apart > min(int(tolerance), _BYTE)).view(np.uint32) == 0
    return near


def _hue(red: Any, green: Any, blue: Any, high: Any, chroma: Any) -> NDArray[np.float32]:
    slope = np.where(high == red, green - blue, np.where(high == green, blue - red, red - green))
    sextant = np.where(high == red, 0, np.where(high == green, 120, 240))
    degrees: NDArray[np.float32] = slope * np.float32(60) / chroma + np.float32(sextant)
    degrees[degrees < 0] += _CIRCLE
    return degrees


def _between(degrees: NDArray[np.float32], hue: Range) -> Mask:
    low, high = hue[0] % _CIRCLE - 1e-3, hue[1] % _CIRCLE + 1e-3
    within: Mask = (degrees >= low) & (degrees <= high)
    return within if low <= high else (degrees >= low) | (degrees <= high)


def _mask(mask: NDArray[Any]) -> Mask:
    mask = mask if mask.dtype == np.bool_ else mask != 0
    return np.logical_or.reduce(mask, axis=2) if mask.ndim == 3 else mask  # noqa: PLR2004


def _region(region: Any) -> Any:
    if isinstance(region, np.ndarray) and region.ndim > 1:
        return _mask(region)
    edges = region.box if isinstance(region, Blob) else region
    return tuple(float(e) if -_FAR < e < _FAR else _pixels(e) for e in edges)


def _drawn(region: Any, other: Any) -> Mask:
    """A region as a mask, a box as large as the other region where that is one."""
    region = region.mask if isinstance(region, Blob) else region
    if not isinstance(region, np.ndarray):
        mask = np.zeros(getattr(other, "shape", (_LARGEST, _LARGEST)), np.bool_)
        crop(mask, region)[...] = True
        return mask
    return _mask(region)


def _area(box: Box) -> int:
    return max(box[2] - box[0], 0) * max(box[3] - box[1], 0)


def _centre(place: Any) -> tuple[float, float]:
    if isinstance(place, Blob):
        return place.centroid
    if isinstance(place, np.ndarray) and place.ndim > 1:
        return centroid(place)
    place = _region(place)
    if len(place) == _EDGES:
        middle = (place[0] + place[2] - 1) / 2, (place[1] + place[3] - 1) / 2
        return middle if _area(place) else _NOWHERE
    return float(place[0]), float(place[1])
