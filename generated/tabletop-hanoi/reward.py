import numpy as np
from synth import vision

TABLE = (58, 58, 62)
BITS = 0xC0C0C0
LARGEST = 0xC00000
MIDDLE = 0x008000
SMALLEST = 0x0040C0
R_LARGEST = 13.35
R_MIDDLE = 9.85
R_SMALLEST = 6.4
# Parts of a disk that lies beneath another one are too small to be one that lies on top.
LEAST_MIDDLE = 155
LEAST_SMALLEST = 70
SLACK = 0.6
NAMES = {
    "brown": (146, 92, 48), "cyan": (77, 209, 219), "yellow": (233, 209, 48),
    "red": (214, 38, 38), "green": (38, 165, 58), "blue": (48, 77, 224),
    "orange": (240, 135, 40), "purple": (130, 60, 180), "magenta": (215, 50, 200),
    "pink": (245, 150, 185), "white": (240, 240, 240), "grey": (145, 145, 145),
    "black": (15, 15, 15),
}


def axis(low, high, radius, cover):
    """The middle between two sides, or from one side where a cover hides the other."""
    middle = 0.5 * (low + high)
    if cover is None or high - low > 2.0 * radius - 1.6:
        return middle
    return low + radius if cover > middle else high - radius


def near(p, q, reach):
    return (p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2 < reach * reach


def centre(seen, width, radius, covers):
    """The middle (row, column) of a disk, or None where the pixels of its shade are no disk.

    The pixels are given in order, by their indices in the flattened picture of that width.
    """
    if not seen.size:
        return None
    columns = seen % width
    top = int(seen[0]) // width
    bottom = int(seen[-1]) // width + 1
    left = int(columns.min())
    right = int(columns.max()) + 1
    widest = 2.0 * radius + 2.5
    if bottom - top > widest or right - left > widest:
        return None
    middle = (0.5 * (top + bottom), 0.5 * (left + right))
    for cover in covers:
        if cover is not None and near(middle, cover, 2.0 * radius):
            return (axis(top, bottom, radius, cover[0]), axis(left, right, radius, cover[1]))
    return middle


def perceive(frame):
    """The middles of the largest, middle and smallest disk, and whether the last two are on top."""
    width = frame.shape[1]
    bits = (vision.pack(frame) & BITS).ravel()
    seen_middle = (bits == MIDDLE).nonzero()[0]
    seen_smallest = (bits == SMALLEST).nonzero()[0]
    smallest = centre(seen_smallest, width, R_SMALLEST, ())
    middle = centre(seen_middle, width, R_MIDDLE, (smallest,))
    largest = centre((bits == LARGEST).nonzero()[0], width, R_LARGEST, (middle, smallest))
    return (largest, middle, smallest,
            seen_middle.size >= LEAST_MIDDLE, seen_smallest.size >= LEAST_SMALLEST)


def colour_name(pixel):
    best = ""
    least = 200000
    for name in NAMES:
        rgb = NAMES[name]
        apart = sum([(int(pixel[k]) - rgb[k]) ** 2 for k in (0, 1, 2)])
        if apart < least:
            best = name
            least = apart
    return best


def perceive_initial(frame):
    """The squares, by the names of their colours."""
    squares = {}
    for blob in vision.blobs(~vision.where(frame, TABLE, tolerance=12), 600):
        top, left, bottom, right = blob.box
        if 31 <= bottom - top <= 39 and 31 <= right - left <= 39:
            squares[colour_name(frame[top + 2, left + 2].tolist())] = (top, left, bottom, right)
    return squares


def wanted(squares, mission):
    """The square that the mission names, or None."""
    for word in mission.lower().replace("gray", "grey").replace(",", " ").replace(".", " ").split():
        if word in squares:
            return squares[word]
    return None


def within(place, radius, square):
    """Whether no part of a disk reaches beyond the edge of a square."""
    reach = radius - SLACK
    return (place[0] - reach >= square[0] and place[1] - reach >= square[1]
            and place[0] + reach <= square[2] and place[1] + reach <= square[3])


def smallest_disk_off_largest(now, initial, mission):
    largest, middle, smallest = now[:3]
    if largest is None or smallest is None:
        return False
    return not near(smallest, largest, R_LARGEST)


def largest_disk_bare(now, initial, mission):
    largest, middle, smallest = now[:3]
    if largest is None or middle is None or smallest is None:
        return False
    return not near(middle, largest, R_LARGEST) and not near(smallest, largest, R_LARGEST)


def largest_disk_on_named_square(now, initial, mission):
    square = wanted(initial, mission)
    if square is None or now[0] is None:
        return False
    return within(now[0], R_LARGEST, square)


def middle_disk_on_largest_there(now, initial, mission):
    if now[1] is None or not now[3]:
        return False
    return largest_disk_on_named_square(now, initial, mission) and near(now[1], now[0], R_LARGEST)


def inside(upper, upper_radius, lower, lower_radius):
    """Whether no part of a disk reaches beyond the edge of the disk below it."""
    return near(upper, lower, lower_radius - upper_radius + SLACK)


def tower_on_named_square(now, initial, mission):
    if now[2] is None or not now[4]:
        return False
    if not middle_disk_on_largest_there(now, initial, mission):
        return False
    square = wanted(initial, mission)
    return (inside(now[2], R_SMALLEST, now[1], R_MIDDLE)
            and inside(now[1], R_MIDDLE, now[0], R_LARGEST)
            and within(now[1], R_MIDDLE, square)
            and within(now[2], R_SMALLEST, square))


def tower_on_named_square_progress(now, initial, mission):
    """By the moves that are still needed, a disk at a time, from the largest down."""
    if tower_on_named_square(now, initial, mission):
        return 1.0
    goal = wanted(initial, mission)
    if goal is None:
        return 0.0
    moves = 0
    for place, count in ((now[0], 4), (now[1], 2), (now[2], 1)):
        here = None
        if place is not None:
            for square in initial.values():
                if (square[0] <= place[0] <= square[2]) and (square[1] <= place[1] <= square[3]):
                    here = square
        if here != goal:
            moves += count
            aside = goal
            for square in initial.values():
                if square != here and square != goal:
                    aside = square
            goal = aside
    return max(0.0, min(0.97, 1.0 - moves / 7.0))


SUBTASKS = [smallest_disk_off_largest, largest_disk_bare, largest_disk_on_named_square,
            middle_disk_on_largest_there, tower_on_named_square]
