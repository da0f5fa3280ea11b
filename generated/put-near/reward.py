import numpy as np
from synth import vision

TILE = 12

COLOURS = {
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "purple": (112, 39, 195),
    "yellow": (255, 255, 0),
    "grey": (100, 100, 100),
}

# How much of its full colour, in ninths, each pixel of a thing has; the tile
# without its first row and column, which are lines of the grid.
BALL = np.array([
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 4, 6, 6, 4, 0, 0, 0, 0],
    [0, 0, 6, 9, 9, 9, 9, 6, 0, 0, 0],
    [0, 4, 9, 9, 9, 9, 9, 9, 4, 0, 0],
    [0, 6, 9, 9, 9, 9, 9, 9, 6, 0, 0],
    [0, 6, 9, 9, 9, 9, 9, 9, 6, 0, 0],
    [0, 4, 9, 9, 9, 9, 9, 9, 4, 0, 0],
    [0, 0, 6, 9, 9, 9, 9, 6, 0, 0, 0],
    [0, 0, 0, 4, 6, 6, 4, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
])
BOX = np.array([
    [4, 6, 6, 6, 6, 6, 6, 6, 6, 4, 0],
    [6, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0],
    [6, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0],
    [6, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0],
    [6, 3, 3, 3, 3, 3, 3, 3, 3, 6, 0],
    [6, 3, 3, 3, 3, 3, 3, 3, 3, 6, 0],
    [6, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0],
    [6, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0],
    [6, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0],
    [4, 6, 6, 6, 6, 6, 6, 6, 6, 4, 0],
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
])
KEY = np.array([
    [0, 0, 0, 0, 5, 9, 7, 1, 0, 0, 0],
    [0, 0, 0, 3, 9, 6, 8, 7, 0, 0, 0],
    [0, 0, 0, 6, 9, 0, 6, 9, 0, 0, 0],
    [0, 0, 0, 2, 9, 9, 9, 6, 0, 0, 0],
    [0, 0, 0, 0, 2, 9, 7, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 9, 6, 0, 0, 0, 0],
    [0, 0, 0, 3, 9, 9, 6, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 9, 6, 0, 0, 0, 0],
    [0, 0, 0, 1, 3, 9, 6, 0, 0, 0, 0],
    [0, 0, 0, 2, 6, 6, 4, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
])
KINDS = {"ball": BALL, "box": BOX, "key": KEY}
# Where a tile's first look goes: the pixel in its middle, and one at its side.
MARK_ROW = 5
MARK_COLUMN = 6
SIDE_COLUMN = 2
# What things show there, (side, middle), is different for each of them.
SIGNS = {
    (0xAA0000, 0xFF0000): ("red", "ball"),
    (0x00AA00, 0x00FF00): ("green", "ball"),
    (0x0000AA, 0x0000FF): ("blue", "ball"),
    (0x4A1A82, 0x7027C3): ("purple", "ball"),
    (0xAAAA00, 0xFFFF00): ("yellow", "ball"),
    (0x424242, 0x646464): ("grey", "ball"),
    (0x550000, 0x550000): ("red", "box"),
    (0x005500, 0x005500): ("green", "box"),
    (0x000055, 0x000055): ("blue", "box"),
    (0x250D41, 0x250D41): ("purple", "box"),
    (0x555500, 0x555500): ("yellow", "box"),
    (0x212121, 0x212121): ("grey", "box"),
    (0x000000, 0xFF0000): ("red", "key"),
    (0x000000, 0x00FF00): ("green", "key"),
    (0x000000, 0x0000FF): ("blue", "key"),
    (0x000000, 0x7027C3): ("purple", "key"),
    (0x000000, 0xFFFF00): ("yellow", "key"),
    (0x000000, 0x646464): ("grey", "key"),
}


def perceive(frame):
    # the checkers look at the few tiles that matter
    return frame[:]


def tile_at(frame, row, column):
    return frame[row * TILE:(row + 1) * TILE, column * TILE:(column + 1) * TILE]


def perceive_initial(frame):
    # (colour, kind) -> the picture of its tile, and the tiles it lies on
    rows = frame.shape[0] // TILE
    columns = frame.shape[1] // TILE
    codes = vision.pack(frame[MARK_ROW:rows * TILE:TILE, :columns * TILE])
    sides = codes[:, SIDE_COLUMN::TILE].tolist()
    middles = codes[:, MARK_COLUMN::TILE].tolist()
    spots = {}
    for row in range(rows):
        for column, sign in enumerate(zip(sides[row], middles[row])):
            if sign not in SIGNS:
                continue
            # the sign only proposes: the tile must show the thing in every pixel
            colour, kind = SIGNS[sign]
            look = KINDS[kind][:, :, None] * COLOURS[colour] // 9
            if (tile_at(frame, row, column)[1:, 1:] == look).all():
                spots.setdefault((colour, kind), []).append((row, column))
    return {
        name: (tile_at(frame, places[0][0], places[0][1]), tuple(places))
        for name, places in spots.items()
    }


def named(mission):
    # the things that the words name, in their order, as (colour, kind)
    words = mission.split()
    return [(a, b) for a, b in zip(words, words[1:]) if b in KINDS and a in COLOURS]


def shows(now, row, column, look):
    # a tile that the image cuts off has another shape
    tile = tile_at(now, row, column)
    return tile.shape == look.shape and bool((tile == look).all())


def is_taken(now, thing):
    look, spots = thing
    mark = look[MARK_ROW, MARK_COLUMN].tolist()
    rows = now.shape[0] // TILE
    columns = now.shape[1] // TILE
    for row, column in spots:
        if row < rows and column < columns:
            middle = now[row * TILE + MARK_ROW, column * TILE + MARK_COLUMN].tolist()
            if middle != mark or not shows(now, row, column, look):
                return True
    return False


def first_object_taken(now, initial, mission):
    names = named(mission)
    if len(names) != 2 or names[0] not in initial:
        return False
    return is_taken(now, initial[names[0]])


def first_object_near_second(now, initial, mission):
    names = named(mission)
    if len(names) != 2 or names[0] == names[1]:
        return False
    if names[0] not in initial or names[1] not in initial:
        return False
    first = initial[names[0]]
    look, spots = first
    mark = look[MARK_ROW, MARK_COLUMN].tolist()
    # near is measured from the tile where the second object lay at the
    # beginning, which counts even where that object is gone since (a box that
    # was opened vanishes)
    for r, c in initial[names[1]][1]:
        top = max(r - 1, 0)
        left = max(c - 1, 0)
        middles = now[
            top * TILE + MARK_ROW:(r + 2) * TILE:TILE,
            left * TILE + MARK_COLUMN:(c + 2) * TILE:TILE,
        ].tolist()
        for row, line in enumerate(middles, top):
            if mark not in line:
                continue
            for column, middle in enumerate(line, left):
                if middle == mark and (row, column) not in spots and shows(now, row, column, look):
                    return is_taken(now, first)
    return False


SUBTASKS = [first_object_taken, first_object_near_second]
