import numpy as np
from synth import vision

SIZE = 128
TABLE = (58, 58, 62)
FULL = {
    "red": (214, 38, 38),
    "green": (38, 165, 58),
    "blue": (48, 77, 224),
    "yellow": (233, 209, 48),
    "cyan": (77, 209, 219),
    "brown": (146, 92, 48),
}
# the seam at column 128: from above on the left, from the front on the right. What lies in row y
# from above has the middle of its upper side in row SLOPE * y + TOP - STEP * (level - 1) of the
# front view, in the same column; its sides are FACE rows below that
SLOPE = 0.643
TOP = 14.7
STEP = 7.8
FACE = 6.9
WHOLE_LOW = 92
WHOLE_HIGH = 128
NEAR = 18


def is_block(ys, xs):
    """A square has a larger fourth moment for its area than a disk, however it is turned."""
    dy, dx = ys - ys.mean(), xs - xs.mean()
    square = dy * dy + dx * dx
    return float((square * square).mean()) / (len(ys) * len(ys)) > 0.0355


def whole_block(ys, xs):
    return WHOLE_LOW <= len(ys) <= WHOLE_HIGH and is_block(ys, xs)


def whole_blocks(mask, top, left):
    """The middles of the blocks of the mask that are seen whole from above."""
    middles = []
    for blob in vision.blobs(mask, min_area=WHOLE_LOW):
        ys, xs = np.nonzero(blob.mask)
        parts = [(ys, xs)]
        if len(ys) > WHOLE_HIGH:
            # two things that touch: cut them apart across their long axis
            dy, dx = ys - ys.mean(), xs - xs.mean()
            angle = 0.5 * np.arctan2(2 * (dx * dy).mean(), (dx * dx).mean() - (dy * dy).mean())
            along = dx * np.cos(angle) + dy * np.sin(angle) >= 0
            parts = [(ys[along], xs[along]), (ys[~along], xs[~along])]
        for part_ys, part_xs in parts:
            if whole_block(part_ys, part_xs):
                middles.append((float(part_ys.mean()) + top, float(part_xs.mean()) + left))
    return middles


def perceive(frame):
    return frame


def perceive_initial(frame):
    """Size, and of each thing that is seen whole from above: colour, row, column."""
    height, width = frame.shape[0], frame.shape[1]
    if height != SIZE or width != 2 * SIZE:
        return height, width, ()
    view = frame[:, :SIZE]
    found = []
    for blob in vision.blobs(~vision.where(view, TABLE, tolerance=9), min_area=WHOLE_LOW):
        ys, xs = np.nonzero(blob.mask)
        row, col = float(ys.mean()), float(xs.mean())
        pixel = view[int(round(row)), int(round(col))].tolist()
        for colour in FULL:
            rgb = FULL[colour]
            if abs(pixel[0] - rgb[0]) < 15 and abs(pixel[1] - rgb[1]) < 15 and abs(pixel[2] - rgb[2]) < 15:
                if len(ys) <= WHOLE_HIGH + 12 and is_block(ys, xs):
                    found.append((colour, row, col))
    return height, width, tuple(found)


def wanted(mission):
    """The colours of the three blocks, from the top down; fewer if they are not named."""
    words = mission.lower().replace(",", " ").replace(".", " ").split()
    colours = []
    for i in range(len(words) - 1):
        if words[i] in FULL and words[i + 1] == "block":
            colours.append(words[i])
    return colours


def front(frame, row, col, rows, cols):
    """A cut around that place of the front view, never beyond the seam."""
    middle_row, middle_col = int(round(row)), int(round(col))
    return frame[
        max(0, middle_row - rows):max(0, middle_row + rows + 1),
        SIZE + max(0, middle_col - cols):SIZE + max(0, middle_col + cols + 1),
    ]


def top_seen(frame, colour, row, col, level):
    """Whether a block seen from above at that place has its upper side on that level."""
    part = front(frame, SLOPE * row + TOP - STEP * (level - 1), col, 2, 6)
    return vision.count_colour(part, FULL[colour], tolerance=14) >= 28


def sides_seen(frame, colour, row, col, level):
    """How many pixels of sides of that colour are seen on that level of a tower at that place."""
    part = front(frame, SLOPE * row + TOP - STEP * (level - 1) + FACE, col, 3, 5)
    red, green, blue = FULL[colour]
    low = (0.5 * red - 6, 0.5 * green - 6, 0.5 * blue - 6)
    high = (0.74 * red + 6, 0.74 * green + 6, 0.74 * blue + 6)
    return int(((part >= low) & (part <= high)).all(axis=2).sum())


def near_box(place):
    return (
        max(0, int(place[0]) - NEAR),
        max(0, int(place[1]) - NEAR),
        min(SIZE, int(place[0]) + NEAR + 1),
        min(SIZE, int(place[1]) + NEAR + 1),
    )


def blocks_in(frame, colour, box):
    mask = vision.where(vision.crop(frame, box), FULL[colour], tolerance=14)
    if int(mask.sum()) < WHOLE_LOW:
        return []
    return whole_blocks(mask, box[0], box[1])


def uncovered(frame, colour, place):
    """Whether the block is still seen at its first place, from above."""
    row, col = int(round(place[0])), int(round(place[1]))
    patch = frame[max(0, row - 2):row + 3, max(0, col - 2):min(col + 3, SIZE)]
    return vision.count_colour(patch, FULL[colour], tolerance=14) >= 20


def regions(frame, third, places):
    """Where to look from above for a tower on the third block: at its first place, or anywhere
    if it is not there any more; nowhere if it lies there with nothing on it."""
    boxes = []
    for place in places:
        if uncovered(frame, third, place):
            return []
        if sides_seen(frame, third, place[0], place[1], 1) >= 15:
            boxes.append(near_box(place))
    if len(boxes) == 0:
        return [(0, 0, SIZE, SIZE)]
    return boxes


def first_places(initial, colour):
    return [(thing[1], thing[2]) for thing in initial[2] if thing[0] == colour]


def is_tower(frame, first, second, third, row, col):
    return (
        top_seen(frame, first, row, col, 3)
        and sides_seen(frame, second, row, col, 2) >= 28
        and sides_seen(frame, third, row, col, 1) >= 28
    )


def ready(now, initial, mission):
    """The three colours, or none where there is nothing to look for."""
    if now.shape[0] != initial[0] or now.shape[1] != initial[1]:
        return []
    colours = wanted(mission)
    if len(colours) != 3 or len(first_places(initial, colours[2])) == 0:
        return []
    return colours


def second_on_third(now, initial, mission):
    colours = ready(now, initial, mission)
    if len(colours) == 0:
        return False
    first, second, third = colours
    places = first_places(initial, third)
    for box in regions(now, third, places):
        for row, col in blocks_in(now, second, box):
            if top_seen(now, second, row, col, 2) and sides_seen(now, third, row, col, 1) >= 28:
                return True
        for row, col in blocks_in(now, first, box):
            if is_tower(now, first, second, third, row, col):
                return True
    # another thing stands on the second block: then that one is nowhere seen whole
    for row, col in places:
        if (
            not uncovered(now, third, (row, col))
            and sides_seen(now, third, row, col, 1) >= 28
            and sides_seen(now, second, row, col, 2) >= 28
        ):
            return len(blocks_in(now, second, (0, 0, SIZE, SIZE))) == 0
    return False


def tower_of_three(now, initial, mission):
    colours = ready(now, initial, mission)
    if len(colours) == 0:
        return False
    first, second, third = colours
    for box in regions(now, third, first_places(initial, third)):
        for row, col in blocks_in(now, first, box):
            if is_tower(now, first, second, third, row, col):
                return True
    return False


SUBTASKS = [second_on_third, tower_of_three]
