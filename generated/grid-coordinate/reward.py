import numpy as np

# The arrow, its tip at the upper left: 1 black, 2 white, 0 whatever lies below.
ARROW = np.array([
    [1, 0, 0, 0, 0, 0, 0, 0],
    [1, 1, 0, 0, 0, 0, 0, 0],
    [1, 2, 1, 0, 0, 0, 0, 0],
    [1, 2, 2, 1, 0, 0, 0, 0],
    [1, 2, 2, 2, 1, 0, 0, 0],
    [1, 2, 2, 2, 2, 1, 0, 0],
    [1, 2, 2, 2, 2, 2, 1, 0],
    [1, 2, 2, 2, 2, 1, 1, 1],
    [1, 2, 1, 2, 2, 1, 0, 0],
    [1, 1, 0, 1, 2, 2, 1, 0],
    [1, 0, 0, 1, 2, 2, 1, 0],
    [0, 0, 0, 0, 1, 1, 0, 0],
])
NEAR = 32  # how far black and white may be off
STEP = 5  # the places that can be clicked are 5 pixels apart
FIRST = 2
REACH = 1.5  # from the edge of the blue inside to the outer edge of the outline
DIGIT = 100  # the digits of a label are darker than this, the axes are not
LABEL_TOP = 3  # so far above its digits, which begin under the disc, a label's rectangle reaches
LABEL_DEEP = 8  # so far below the disc its digits are looked for


def runs(line):
    # where the true stretches of a line of pixels begin and end
    edges = np.flatnonzero(np.diff(np.concatenate(([0], line.astype(np.int8), [0])))).tolist()
    return tuple(zip(edges[::2], edges[1::2]))


def perceive(frame):
    return frame[:]


def perceive_initial(frame):
    # the raster of discs, by their blue insides
    blue = (frame[:, :, 2] > 200) & (frame[:, :, 0] < 60) & (frame[:, :, 1] < 60)
    return frame[:], runs(blue.any(axis=1)), runs(blue.any(axis=0))


def coordinate(mission):
    # the words between the brackets, parted by the comma
    opening = mission.find("(")
    closing = mission.find(")")
    if opening < 0 or closing < opening:
        return []
    return [part.strip() for part in mission[opening + 1:closing].split(",")]


def index_of(word, count):
    # which of `count` places along an axis the number names, 0 in the middle
    half = count // 2
    for value in range(-half, half + 1):
        if word == str(value):
            return value + half
    return -1


def clickable(run):
    # the places within a disc, its outline of one pixel included
    return [p for p in range(run[0] - 1, run[1] + 1) if p % STEP == FIRST]


def arrow_at(frame, row, column):
    part = frame[row:row + ARROW.shape[0], column:column + ARROW.shape[1]]
    if part.shape[:2] != ARROW.shape:
        return False
    return bool((part[ARROW == 1] <= NEAR).all() and (part[ARROW == 2] >= 255 - NEAR).all())


def on_disc(row, column, rows, columns):
    # A click is a point: the upper left corner of the tip's pixel. It is on the disc if it is no farther
    # from its middle than the outer edge of the outline, even where that corner belongs to a pixel whose
    # own middle lies outside, and which therefore is white.
    radius = (rows[1] - rows[0] + columns[1] - columns[0]) / 4 + REACH
    down = row - (rows[0] + rows[1]) / 2
    right = column - (columns[0] + columns[1]) / 2
    return down * down + right * right <= radius * radius


def under_label(before, row, column, rows, columns):
    # A number of an axis, right below the disc, lies over it with its whole rectangle, which is higher
    # than its digits and about a pixel wider on either side.
    if row < rows[1] + 1 - LABEL_TOP:
        return False
    below = before[rows[1] + 2:rows[1] + 2 + LABEL_DEEP, max(columns[0] - 1, 0):columns[1] + 1, 0]
    digits = np.flatnonzero((below < DIGIT).any(axis=0)).tolist()
    if not digits:
        return False
    left = max(columns[0] - 1, 0)
    return left + digits[0] - 1 <= column <= left + digits[-1] + 1


def named_coordinate_clicked(now, initial, mission):
    before, rows, columns = initial
    words = coordinate(mission)
    if len(words) != 2 or len(rows) % 2 == 0 or len(columns) % 2 == 0:
        return False
    across = index_of(words[0], len(columns))
    up = index_of(words[1], len(rows))
    if across < 0 or up < 0:
        return False
    high = rows[len(rows) - 1 - up]
    wide = columns[across]
    for row in clickable(high):
        for column in clickable(wide):
            if on_disc(row, column, high, wide) and arrow_at(now, row, column):
                return not under_label(before, row, column, high, wide)
    return False


SUBTASKS = [named_coordinate_clicked]
