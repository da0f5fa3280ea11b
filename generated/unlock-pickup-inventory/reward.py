import numpy as np
from synth import vision

# points (row, column) within a tile of 12 pixels
KEY_FULL = ((2, 5), (1, 6), (3, 5), (3, 8), (4, 5), (4, 6), (4, 7), (5, 6), (6, 6), (7, 5), (7, 6),
            (8, 6), (9, 6))
KEY_BLACK = ((3, 6), (3, 2), (6, 4), (6, 9), (8, 4), (8, 9), (1, 2), (11, 6), (10, 10))
BOX_FULL = ((2, 1), (4, 1), (8, 1), (2, 10), (4, 10), (8, 10), (1, 3), (1, 5), (1, 8),
            (10, 3), (10, 5), (10, 8))
BOX_BLACK = ((3, 3), (3, 6), (3, 9), (8, 3), (8, 6), (8, 9), (4, 11), (11, 4), (11, 11))
BOX_BAND = ((5, 3), (5, 6), (5, 8), (6, 3), (6, 6), (6, 8))
DOOR_EDGE = ((0, 5), (0, 2), (0, 9), (5, 0), (5, 11), (9, 0), (9, 11), (11, 2), (11, 5), (11, 9),
             (6, 7), (6, 8))
DOOR_FILL = ((1, 1), (1, 5), (1, 10), (4, 4), (4, 8), (5, 7), (9, 9), (9, 3), (10, 1), (10, 10))


def same(v, points, value):
    for r, c in points:
        if v[r][c] != value:
            return False
    return True


def perceive(frame):
    # the carried thing, and the whole picture for the door
    return frame[-12:, :12], frame


def perceive_initial(frame):
    t = vision.tiles(vision.pack(frame[:-12]), 12)
    key = None
    box = None
    door = None
    for r in range(t.shape[0]):
        for c in range(t.shape[1]):
            tile = frame[12 * r:12 * r + 12, 12 * c:12 * c + 12]
            v = t[r, c].tolist()
            full = v[2][5]
            if key is None and full != 0 and same(v, KEY_FULL, full) and same(v, KEY_BLACK, 0):
                key = tile
            full = v[2][1]
            band = v[5][3]
            if box is None and full != 0 and band != 0 and band != full:
                if same(v, BOX_FULL, full) and same(v, BOX_BAND, band) and same(v, BOX_BLACK, 0):
                    box = tile
            edge = v[0][5]
            fill = v[1][1]
            if door is None and edge != 0 and fill != 0 and edge != fill:
                if same(v, DOOR_EDGE, edge) and same(v, DOOR_FILL, fill):
                    door = (12 * r, 12 * c)
    return (key, box, door)


def carried(now, thing):
    strip = now[0]
    if thing is None or strip.shape != thing.shape:
        return False
    return bool((strip == thing).all())


def key_taken(now, initial):
    return carried(now, initial[0])


def door_open(now, initial):
    door = initial[2]
    if door is None:
        return False
    frame = now[1]
    y, x = door
    # the strip is no part of the grid
    if y + 12 > frame.shape[0] - 12 or x + 12 > frame.shape[1]:
        return False
    top, bottom = frame[y + 1:y + 11:9, x + 1:x + 11:9].tolist()
    bar = top[1]
    if max(bar) == 0 or bar != bottom[1]:
        return False
    if max(top[0]) > 0 or max(bottom[0]) > 0:
        return False
    if max(frame[y + 11, x + 5].tolist()) > 0:
        return False
    return frame[y + 5, x + 11].tolist() == bar


def box_picked_up(now, initial):
    return carried(now, initial[1])


SUBTASKS = [key_taken, door_open, box_picked_up]
