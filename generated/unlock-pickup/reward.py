import numpy as np
from synth import vision

# points (row, column) within a tile of 16 pixels
KEY_FULL = ((2, 8), (2, 7), (2, 9), (2, 10), (4, 6), (4, 7), (4, 10), (4, 11), (8, 8), (8, 9),
            (11, 8), (11, 9), (12, 8), (13, 6), (13, 7), (13, 8), (13, 9))
KEY_BLACK = ((4, 8), (4, 9), (1, 2), (8, 3), (8, 4), (8, 12), (11, 7), (11, 12), (14, 8), (15, 15))
BOX_FULL = ((2, 8), (2, 2), (2, 13), (5, 2), (5, 13), (8, 2), (8, 13), (11, 2), (11, 13),
            (13, 2), (13, 8), (13, 13))
BOX_BLACK = ((4, 8), (4, 4), (5, 11), (11, 4), (11, 9), (1, 1), (1, 8), (14, 14), (8, 1), (8, 14))
DOOR_FULL = ((0, 0), (0, 8), (0, 15), (8, 0), (8, 15), (15, 0), (15, 8), (15, 15), (8, 9), (8, 10))
DOOR_FILL = ((1, 1), (1, 8), (1, 14), (4, 4), (4, 8), (7, 10), (11, 11), (14, 1), (14, 8), (14, 14))
RED = (255, 0, 0)
# the tile beside the box (rows, columns away) and points of the agent that points at the box from there
FACING = (
    (0, -1, ((4, 2), (11, 2), (7, 11))),
    (0, 1, ((4, 13), (11, 13), (7, 4))),
    (1, 0, ((13, 4), (13, 11), (4, 7))),
    (-1, 0, ((2, 4), (2, 11), (11, 7))),
)
BLACK = [0, 0, 0]


def same(v, points, value):
    for r, c in points:
        if v[r][c] != value:
            return False
    return True


def perceive(frame):
    return frame


def sample(frame, r, c):
    """The tile picture of a thing, with the strongest channel of its pixel (7, 7)."""
    tile = frame[16 * r:16 * r + 16, 16 * c:16 * c + 16]
    mark = tile[7, 7].tolist()
    return mark.index(max(mark)), max(mark), tile


def perceive_initial(frame):
    t = vision.tiles(vision.pack(frame), 16)
    key = None
    box = None
    door = None
    for r in range(t.shape[0]):
        for c in range(t.shape[1]):
            v = t[r, c].tolist()
            full = v[2][8]
            if full != 0 and v[4][8] == 0:
                if key is None and same(v, KEY_FULL, full) and same(v, KEY_BLACK, 0):
                    key = sample(frame, r, c)
                elif box is None and same(v, BOX_FULL, full) and same(v, BOX_BLACK, 0):
                    band = v[7][8]
                    if band != 0 and band != full and v[7][4] == band and v[8][11] == band:
                        box = (sample(frame, r, c), 16 * r, 16 * c)
            edge = v[0][0]
            fill = v[1][1]
            if door is None and fill != 0 and edge != 0 and fill != edge:
                if same(v, DOOR_FULL, edge) and same(v, DOOR_FILL, fill):
                    door = (16 * r, 16 * c, tuple(frame[16 * r, 16 * c].tolist()))
    return (key, box, door)


def lies(frame, thing):
    """Whether the tile picture of the thing is on any tile."""
    channel, shade, tile = thing
    height = frame.shape[0] - frame.shape[0] % 16
    width = frame.shape[1] - frame.shape[1] % 16
    for r, row in enumerate(frame[7:height:16, 7:width:16, channel].tolist()):
        if shade in row:
            for c, value in enumerate(row):
                if value == shade:
                    here = frame[16 * r:16 * r + 16, 16 * c:16 * c + 16]
                    if bool((here == tile).all()):
                        return True
    return False


def key_taken(now, initial):
    key = initial[0]
    if key is None:
        return False
    return not lies(now, key)


def door_open(now, initial):
    door = initial[2]
    if door is None:
        return False
    y, x, edge = door
    if y + 16 > now.shape[0] or x + 16 > now.shape[1]:
        return False
    if now[y + 1, x + 1].tolist() != BLACK:
        return False
    top, bottom = now[y + 1:y + 15:13, x:x + 16].tolist()
    bar = top[15]
    return (bottom[1] == BLACK and top[12] == BLACK and bottom[12] == BLACK
            and bar != BLACK and tuple(bar) != edge
            and top[14] == bar and bottom[14] == bar and bottom[15] == bar)


def agent_points_at(frame, y, x):
    """Whether the agent stands beside the tile at (y, x) and points at it."""
    for dr, dc, points in FACING:
        top = y + 16 * dr
        left = x + 16 * dc
        if 0 <= top <= frame.shape[0] - 16 and 0 <= left <= frame.shape[1] - 16:
            found = True
            for i, j in points:
                if tuple(frame[top + i, left + j].tolist()) != RED:
                    found = False
                    break
            if found:
                return True
    return False


def box_picked_up(now, initial):
    key = initial[0]
    if key is None or initial[1] is None:
        return False
    box, y, x = initial[1]
    if y + 16 > now.shape[0] or x + 16 > now.shape[1]:
        return False
    if now[y + 7, x + 7].tolist() != BLACK or bool(now[y + 1:y + 16, x + 1:x + 16].any()):
        return False
    if not agent_points_at(now, y, x):
        return False
    # hands hold one thing: with the box in them the key lies somewhere in the picture
    return lies(now, key) and not lies(now, box)


SUBTASKS = [key_taken, door_open, box_picked_up]
