import numpy as np
from synth import vision

COLOURS = {
    "red": (214, 38, 38),
    "green": (38, 165, 58),
    "blue": (48, 77, 224),
    "yellow": (233, 209, 48),
    "cyan": (77, 209, 219),
    "brown": (146, 92, 48),
}
TOLERANCE = 14
MARGIN = 14


def perceive(frame):
    return frame


def exact_box(frame, coarse, colour):
    """The bounding box of a colour, and how many pixels have it. The coarse picture, every fourth
    pixel of every fourth row, tells where to look: a disk, a ring or a square does not reach five
    pixels beyond what is seen of it there."""
    rgb = COLOURS[colour]
    top, left, bottom, right = vision.bounding_box(vision.where(coarse, rgb, tolerance=TOLERANCE))
    if bottom == 0:
        return (0, 0, 0, 0), 0
    top, left = max(0, 4 * top - 5), max(0, 4 * left - 5)
    mask = vision.where(frame[top:4 * bottom + 2, left:4 * right + 2], rgb, tolerance=TOLERANCE)
    box = vision.bounding_box(mask)
    return (box[0] + top, box[1] + left, box[2] + top, box[3] + left), int(np.count_nonzero(mask))


def perceive_initial(frame):
    """Size, the squares (colour, box) and the disks (colour, diameter), the largest first."""
    height, width = frame.shape[0], frame.shape[1]
    coarse = np.ascontiguousarray(frame[::4, ::4])
    squares = []
    disks = []
    for colour in COLOURS:
        (top, left, bottom, right), count = exact_box(frame, coarse, colour)
        high, wide = bottom - top, right - left
        if abs(high - wide) > 3 or count < 60:
            continue
        if 32 <= wide <= 38:
            squares.append((colour, top, left, bottom, right))
        elif 10 <= wide <= 30:
            disks.append((max(high, wide), colour))
    disks = sorted(disks, reverse=True)
    return height, width, tuple(squares), tuple([(colour, size) for size, colour in disks])


def target(now, initial, mission):
    """The box of the square that the mission names; nothing where it or the disks are unknown."""
    if now.shape[0] != initial[0] or now.shape[1] != initial[1] or len(initial[3]) != 3:
        return ()
    words = mission.lower()
    for colour, top, left, bottom, right in initial[2]:
        if colour + " square" in words:
            return top, left, bottom, right
    return ()


def look(now, box, disk):
    """What is seen of a disk on the square and around it: how much of it (a share of the whole),
    and its box in the whole image."""
    top, left = max(0, box[0] - MARGIN), max(0, box[1] - MARGIN)
    part = now[top:box[2] + MARGIN, left:box[3] + MARGIN]
    mask = vision.where(part, COLOURS[disk[0]], tolerance=TOLERANCE)
    first_row, first_col, end_row, end_col = vision.bounding_box(mask)
    share = int(np.count_nonzero(mask)) / (0.785 * disk[1] * disk[1])
    return share, (first_row + top, first_col + left, end_row + top, end_col + left)


def within(inner, outer):
    return inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def stands_on(upper, lower, diameter):
    """Whether the middle of the upper disk lies over the lower one."""
    return vision.distance(upper, lower) < diameter / 2


def crosses(now, box, colour):
    """Whether the colour is seen in the middle row of the square, which the largest disk, lying
    within the square, cannot but cross."""
    red, green, blue = COLOURS[colour]
    for pixel in now[(box[0] + box[2]) // 2, box[1]:box[3]].tolist():
        if abs(pixel[0] - red) <= TOLERANCE and abs(pixel[1] - green) <= TOLERANCE and abs(pixel[2] - blue) <= TOLERANCE:
            return True
    return False


def base_seen(now, initial, box):
    """What is seen of the largest disk, if it lies within the square; else nothing of it."""
    disk = initial[3][0]
    if crosses(now, box, disk[0]):
        share, place = look(now, box, disk)
        if share > 0.15 and within(place, box):
            return share, place
    return 0.0, box


def middle_seen(now, initial, box):
    """What is seen of the middle disk, if it stands on the largest within the square; and the
    place of the largest."""
    base_share, base_place = base_seen(now, initial, box)
    if 0 < base_share < 0.86:
        share, place = look(now, box, initial[3][1])
        if share > 0.4 and stands_on(place, base_place, initial[3][0][1]):
            return share, place, base_place
    return 0.0, box, base_place


def largest_on_square(now, initial, mission):
    box = target(now, initial, mission)
    return len(box) > 0 and base_seen(now, initial, box)[0] > 0


def middle_on_largest(now, initial, mission):
    box = target(now, initial, mission)
    return len(box) > 0 and middle_seen(now, initial, box)[0] > 0


def lies_within(upper, lower, upper_size, lower_size):
    """Whether the upper disk lies on the lower one without reaching beyond its edge."""
    return vision.distance(upper, lower) < (lower_size - upper_size) / 2 + 0.7


def tower_on_square(now, initial, mission):
    """All three disks on the square, each wholly within the edge of the one below it: a disk that
    only has its middle over the other and hangs over its edge does not make the tower."""
    box = target(now, initial, mission)
    if len(box) == 0:
        return False
    middle_share, middle_place, base_place = middle_seen(now, initial, box)
    if middle_share == 0 or middle_share > 0.86:
        return False
    base_size, middle_size, top_size = initial[3][0][1], initial[3][1][1], initial[3][2][1]
    if not lies_within(middle_place, base_place, middle_size, base_size):
        return False
    share, place = look(now, box, initial[3][2])
    return share > 0.8 and lies_within(place, middle_place, top_size, middle_size)


SUBTASKS = [largest_on_square, middle_on_largest, tower_on_square]
