"""Reward programs as a capable model writes them; the lint must pass every one."""

from __future__ import annotations

HEAD = "import numpy as np\nfrom scipy import ndimage\n\nfrom synth import vision\n\n"

CLEAN: dict[str, str] = {}

CLEAN["grid_with_perceive"] = (
    '"""DoorKey: pick up the key, open the door, reach the green square."""\n'
    + HEAD
    + '''
TILE = 16
YELLOW = (255, 255, 0)
GREEN = (0, 255, 0)
RED = (255, 0, 0)
HALF = TILE // 2


def perceive(frame):
    """Everything the checkers need, found once."""
    codes = vision.pack(frame)
    yellow = vision.tile_counts(vision.where(codes, YELLOW), TILE)
    key = [(int(r), int(c)) for r, c in np.argwhere((yellow > 5) & (yellow < 80))]
    doors = [tuple(cell) for cell in np.argwhere(yellow >= 80).tolist()]
    agent = vision.blobs(vision.where(codes, RED), min_area=10)
    return {
        "key": key[0] if key else None,
        "door": doors[0] if doors else None,
        "agent": agent[0].centroid if agent else None,
        "goal": vision.where(codes, GREEN),
        "open": bool(yellow.max(initial=0) < 120),
    }


def pick_up_key(now, initial):
    return initial["key"] is not None and now["key"] is None


def pick_up_key_progress(now, initial):
    if now["key"] is None or now["agent"] is None:
        return 1.0 if pick_up_key(now, initial) else 0.0
    gap = vision.distance(now["agent"], now["key"])
    return float(np.clip(1.0 - gap / 100.0, 0.0, 1.0))


def open_door(now, initial):
    return initial["door"] is not None and now["open"]


def reach_goal(now, initial):
    return bool(initial["goal"].any()) and int(now["goal"].sum()) < int(initial["goal"].sum()) // 2


SUBTASKS = [pick_up_key, open_door, reach_goal]
'''
)

CLEAN["plain_numpy_without_perceive"] = """\
import numpy as np

YELLOW = np.array([255, 255, 0])


def _mask(frame: np.ndarray, colour, tol: int = 30) -> np.ndarray:
    diff = np.abs(frame.astype(np.int16) - np.asarray(colour, dtype=np.int16))
    return np.all(diff <= tol, axis=-1)


def _centre(mask):
    rows, cols = np.nonzero(mask)
    if len(rows) == 0:
        return None
    return float(rows.mean()), float(cols.mean())


def pick_up_key(frame, initial):
    now, before = _mask(frame, YELLOW).sum(), _mask(initial, YELLOW).sum()
    return bool(before > 0 and now < 0.5 * before)


def reach_goal(frame, initial):
    goal = _centre(_mask(initial, (0, 255, 0)))
    agent = _centre(_mask(frame, (255, 0, 0), tol=60))
    if goal is None or agent is None:
        return False
    (gr, gc), (ar, ac) = goal, agent
    return bool(np.hypot(gr - ar, gc - ac) < 8)


SUBTASKS = [pick_up_key, reach_goal]
"""

CLEAN["ndimage_labels"] = """\
import numpy as np
from scipy import ndimage

STRUCTURE = np.ones((3, 3), dtype=bool)
MIN_AREA = 12


def objects(mask):
    labels, count = ndimage.label(mask, structure=STRUCTURE)
    if count == 0:
        return []
    areas = ndimage.sum_labels(mask, labels, index=range(1, count + 1))
    centres = ndimage.center_of_mass(mask, labels, range(1, count + 1))
    found = []
    for index, (area, slices) in enumerate(zip(areas, ndimage.find_objects(labels))):
        if area < MIN_AREA:
            continue
        rows, cols = slices
        height, width = rows.stop - rows.start, cols.stop - cols.start
        found.append({"area": float(area), "centre": centres[index], "tall": height > width})
    found.sort(key=lambda item: item["area"], reverse=True)
    return found


def separate(frame, initial):
    red = (frame[..., 0] > 150) & (frame[..., 1] < 90) & (frame[..., 2] < 90)
    smooth = ndimage.binary_opening(red, iterations=1)
    grown = ndimage.binary_dilation(smooth, iterations=2)
    return len(objects(grown)) >= 2


def goal(frame, initial):
    blue = (frame[..., 2].astype(int) - frame[..., 0]) > 60
    items = objects(blue)
    return any(item["tall"] for item in items) and all(item["area"] > 20 for item in items)


SUBTASKS = [separate, goal]
"""

CLEAN["robot_table_hsv"] = (
    HEAD
    + """
def perceive(frame: np.ndarray) -> dict:
    block = vision.hsv_mask(frame, (350, 15), (0.4, 1.0), (0.2, 1.0))
    target = vision.hsv_mask(frame, (90, 150), saturation=(0.3, 1.0))
    found = vision.blobs(block, 8)
    return dict(
        block=found[0] if found else None,
        target=vision.bounding_box(target),
        has_target=bool(target.any()),
        size=frame.shape[0],
    )


def touch_block(now: dict, initial: dict) -> bool:
    if now["block"] is None or initial["block"] is None:
        return False
    return vision.distance(now["block"], initial["block"]) > 0.01 * now["size"]


def touch_block_progress(now, initial) -> float:
    return 1.0 if touch_block(now, initial) else 0.0


def on_target(now: dict, initial: dict) -> bool:
    block = now["block"]
    if block is None:
        return False
    top, left, bottom, right = initial["target"]
    row, col = block.centroid
    inside = top <= row < bottom and left <= col < right
    return initial["has_target"] and inside and vision.overlap(block, initial["target"]) > 0.5


SUBTASKS = [touch_block, on_target]
"""
)

CLEAN["stages_in_any_order"] = (
    HEAD
    + """
PALETTE = {"red": 0xFF0000, "blue": 0x0000FF, "green": 0x00FF00}
GREYS = {0x646464, 0x929292}


def perceive(frame):
    codes = vision.pack(frame)
    counts = {name: vision.count_colour(codes, code) for name, code in PALETTE.items()}
    common = [code for code, n in vision.colours(codes) if code not in GREYS and n > 3]
    return {"counts": counts, "first": common[0] if common else -1, "shape": codes.shape}


def gone(now, initial, name, share=0.5):
    before = initial["counts"].get(name, 0)
    return before > 0 and now["counts"].get(name, 0) < share * before


def take_red(now, initial):
    return gone(now, initial, "red")


def take_blue(now, initial):
    return gone(now, initial, "blue", share=0.25)


def finish(now, initial):
    return take_red(now, initial) and take_blue(now, initial) and now["first"] != initial["first"]


SUBTASKS = [(take_red, take_blue), finish]
"""
)

CLEAN["locals_may_be_changed"] = """\
import numpy as np


def perceive(frame):
    work = frame.astype(np.int32)
    work -= 128
    work[work < 0] = 0
    bright = work.sum(axis=2) > 100
    bright[:2, :] = False
    bright[:, -1] |= bright[:, 0]
    np.logical_not(bright, out=bright)
    rows = []
    for r in range(bright.shape[0]):
        row = bright[r]
        if not row.any():
            continue
        rows.append(int(row.argmax()))
        if len(rows) > 50:
            break
    else:
        rows.append(-1)
    rows.sort()
    seen = set()
    seen.update(rows)
    table = {}
    for value in rows:
        table[value] = table.get(value, 0) + 1
    total = 0
    total += len(seen)
    return {"rows": rows, "table": table, "total": total}


def goal(now, initial):
    copy = list(now["rows"])
    copy.append(3)
    copy.reverse()
    extra = dict(now["table"])
    extra.update({1: 2})
    return bool(copy != initial["rows"] and extra.get(1) == 2)


SUBTASKS = [goal]
"""

CLEAN["walrus_lambda_nested"] = (
    HEAD
    + """
def perceive(frame):
    codes = vision.pack(frame)

    def count(code):
        return int((codes == code).sum())

    best = max((0xFF0000, 0x00FF00), key=count)
    pairs = sorted(((c, count(c)) for c in (1, 2, 3)), key=lambda pair: (-pair[1], pair[0]))
    if (n := count(best)) > 3 and any((last := p)[1] > n for p in pairs):
        best = last[0]
    return best, n, pairs


def step(now, initial):
    best, n, *rest = now
    first, *_ = initial
    flat = [x for pair in rest[0] for x in pair if x]
    squares = {i: v**2 for i, v in enumerate(flat)}
    unique = {v % 7 for v in squares.values()}
    return best == first and n > 0 and (len(unique) if unique else 0) >= 0


def goal(now, initial):
    return not step(now, initial) if now[1] else False


SUBTASKS = [step, goal]
"""
)

CLEAN["tile_world_hashes"] = (
    HEAD
    + """
SIZE = 8


def perceive(frame):
    if min(frame.shape[:2]) < SIZE:
        return None
    hashes = vision.tile_hashes(frame, SIZE)
    values, first, counts = np.unique(hashes, return_index=True, return_counts=True)
    rare = values[counts == 1]
    where = {int(v): np.unravel_index(int(i), hashes.shape) for v, i in zip(values, first)}
    return {"hashes": hashes, "rare": np.isin(hashes, rare), "where": where}


def moved(now, initial):
    if now is None or initial is None or now["hashes"].shape != initial["hashes"].shape:
        return False
    changed = now["hashes"] != initial["hashes"]
    return bool(np.count_nonzero(changed) >= 2 and (changed & now["rare"]).any())


def gone(now, initial):
    if now is None or initial is None:
        return False
    return bool(len(set(initial["where"]) - set(now["where"])) > 0)


SUBTASKS = [moved, gone]
"""
)

CLEAN["screen_of_an_application"] = '''\
"""A settings screen: the switch is on, then the page is closed."""
import numpy as np
from scipy import ndimage
from synth import vision

ACCENT = (26, 115, 232)
WHITE = 0xFFFFFF
BANNER: tuple[int, int, int, int] = (0, 0, 24, 160)


def switch_on(frame, initial):
    area = vision.crop(frame, (40, 100, 80, 160))
    old = vision.crop(initial, (40, 100, 80, 160))
    n, m = (vision.count_colour(a, ACCENT, tolerance=24) for a in (area, old))
    return n > m + 20


def closed(frame, initial):
    banner = vision.pack(vision.crop(frame, BANNER))
    share = np.mean(banner == WHITE) if banner.size else 0.0
    edges = ndimage.sobel(frame.mean(axis=2), axis=0)
    busy = float(np.abs(edges).mean()) > 3.5
    text = "open" if busy else "blank"
    return bool(share > 0.95) and text.startswith("bl") and not np.isnan(share)


SUBTASKS = [switch_on, closed]
'''

CLEAN["three_d_room"] = (
    HEAD
    + """
def _ratio(frame, low, high):
    r, g, b = (frame[..., i].astype(np.float32) for i in range(3))
    total = r + g + b + 1e-6
    share = r / total
    return ((share > low) & (share < high) & (total > 90)).mean()


def see_box(frame, initial):
    return bool(_ratio(frame, 0.6, 1.0) > 0.002)


def see_box_progress(frame, initial):
    return min(1.0, float(_ratio(frame, 0.6, 1.0)) * 10)


def at_box(frame, initial):
    h, w = frame.shape[:2]
    lower = frame[h // 2 :, w // 4 : -(w // 4) or None]
    if lower.size == 0:
        return False
    columns = (lower[..., 0] > 120).mean(axis=0)
    runs = np.diff(np.flatnonzero(np.diff(np.concatenate(([0], columns > 0.5, [0])))))
    return bool(runs.size and runs[::2].max() > 0.4 * w)


SUBTASKS = [see_box, at_box]
"""
)

CLEAN["comparison_by_grid_search"] = (
    HEAD
    + """
KEY = np.array(
    [
        [0, 1, 1, 0],
        [0, 1, 1, 0],
        [0, 1, 0, 0],
        [0, 1, 1, 0],
    ],
    dtype=np.uint8,
)
DIRECTIONS = ((-1, 0), (1, 0), (0, -1), (0, 1))


def matches(mask, pattern=None, threshold=0.9):
    pattern = KEY if pattern is None else pattern
    h, w = pattern.shape
    best = (-1.0, None)
    for r in range(0, mask.shape[0] - h + 1, 2):
        for c in range(0, mask.shape[1] - w + 1, 2):
            score = float((mask[r : r + h, c : c + w] == pattern).mean())
            if score > best[0]:
                best = (score, (r, c))
    score, place = best
    return place if score >= threshold else None


def neighbours(cell, shape):
    r, c = cell
    around = [(r + dr, c + dc) for dr, dc in DIRECTIONS]
    return [(r, c) for r, c in around if 0 <= r < shape[0] and 0 <= c < shape[1]]


def perceive(frame):
    mask = (frame[::4, ::4].max(axis=2) > 99).astype(np.uint8)
    place = matches(mask)
    near = neighbours(place, mask.shape) if place is not None else []
    return {"place": place, "free": sum(1 for cell in near if not mask[cell]), "sum": mask.sum()}


def found(now, initial):
    return now["place"] is not None


def goal(now, initial):
    return found(now, initial) and now["place"] != initial["place"] and now["free"] >= 1


SUBTASKS = [found, goal]
"""
)

CLEAN["reductions_and_numpy_corners"] = (
    HEAD
    + """
EPS = 1e-6
ORIGIN = (-1, -1)
LIMITS = {"low": (0, 10), "high": (-5.5, +7)}


def perceive(frame):
    bits = [frame[..., k] > 100 for k in range(3)]
    either = np.logical_or.reduce(bits)
    both = np.bitwise_and.reduce(np.stack(bits), axis=0)
    ys, xs = np.mgrid[: frame.shape[0], : frame.shape[1]]
    centre = np.full(2, np.nan)
    if either.any():
        centre = np.array([ys[either].mean(), xs[either].mean()])
    far = np.linalg.norm(centre - np.array(ORIGIN)) if np.isfinite(centre).all() else np.inf
    hist, _ = np.histogram(frame, bins=8, range=(0, 256))
    thin = either[:, :, np.newaxis] & both[..., None]
    table = np.zeros((4, 4), np.int64)
    table[1:3, ::2] += 1
    np.fill_diagonal(table, 7)
    coords = np.stack(np.where(both), axis=-1) if both.any() else np.zeros((0, 2), int)
    return {
        "far": float(far),
        "peak": int(np.argmax(hist)),
        "table": table,
        "thin": int(thin.sum()),
        "spread": coords.std(axis=0).max() if len(coords) else 0.0,
        **{name: low for name, (low, high) in LIMITS.items()},
    }


def goal(now, initial):
    table = now["table"].copy()
    table[0, 0] = 5
    peak = now["peak"]
    peak = peak + 1
    return bool(now["far"] < initial["far"] - EPS or (peak > 3 and table.any()))


SUBTASKS = [goal]
"""
)

CLEAN["helpers_that_write_their_own"] = (
    HEAD
    + """
def blank_border(mask, width):
    mask[:width] = False
    mask[-width:] = False
    return mask


def dark(frame):
    return frame.max(axis=2) < 40


def goal(frame, initial):
    mask = blank_border(dark(frame), 2)
    old = dark(initial)
    old = blank_border(old, 2)
    mask &= ~old
    return bool(mask.any())


SUBTASKS = [goal]
"""
)

CLEAN["tuples_slices_types"] = (
    HEAD
    + """
Cell = tuple[int, int]


def cells(mask: np.ndarray, size: int = 16) -> "list[Cell]":
    grid = vision.tiles(mask, size)
    out: list[tuple[int, int]] = []
    for r, row in enumerate(grid):
        for c, tile in enumerate(row):
            inner: np.ndarray = tile[2:-2, 2:-2]
            if inner.size and inner.mean() > 0.3:
                out.append((r, c))
    return out


def nearest(points: list, to: tuple[float, float] | None) -> float:
    if to is None or not points:
        return float("inf")
    return min(abs(r - to[0]) + abs(c - to[1]) for r, c in points)


def goal(frame: np.ndarray, initial: np.ndarray) -> bool:
    purple = vision.where(frame, (112, 39, 195), tolerance=8)
    places = cells(purple)
    start = cells(vision.where(initial, (112, 39, 195), tolerance=8))
    middle = places[len(places) // 2] if places else None
    index = slice(0, 2)
    return nearest(start[index], middle) > 1 and isinstance(places, list)


SUBTASKS = [goal]
"""
)
