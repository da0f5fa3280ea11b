"""RIGHT: matches the key's own tile of the initial picture, and compares the door's cell with what a door leaves open.

Class: template matching against the initial picture

Proven: wrong in 0.0% of 320 episodes (early 0.0%, mid 0.0%, late 0.0%, putter 0.0%); key_taken 0.0%; door_open 0.0%; frames 0.00%.
"""
import numpy as np
from synth import vision

RING = ((4, 7), (4, 10), (8, 8), (12, 9), (13, 6))
HOLLOW = ((4, 8), (11, 6), (12, 11), (8, 5), (2, 2), (13, 13))


def looks_like_key(tile):
    colour = tile[8, 8].tolist()
    if not any(colour):
        return False
    full = all([tile[r, c].tolist() == colour for r, c in RING])
    return full and not any([tile[r, c].any() for r, c in HOLLOW])


def looks_like_lock(tile):
    # few colours and no black: a frame, its filling, and the keyhole in the frame's colour
    seen = vision.colours(tile)
    frame = tile[0, 0].tolist()
    inside = tile[4, 4].tolist()
    return (
        len(seen) <= 3
        and any(inside)
        and frame != inside
        and tile[15, 15].tolist() == frame
        and tile[8, 10].tolist() == frame
        and tile[0, 15].tolist() == frame
        and tile[15, 0].tolist() == frame
        and tile[11, 4].tolist() == inside
    )


def perceive(frame):
    t = vision.tiles(frame, 16)
    keys = []
    locks = []
    for r, c in np.argwhere((t != t[:, :, :1, :1]).any(axis=(2, 3, 4))).tolist():
        if looks_like_key(t[r, c]):
            keys.append((r, c))
        elif looks_like_lock(t[r, c]):
            locks.append((r, c))
    return t, keys, locks


def fitting(initial):
    # the key that has the colour of a lock
    cells = []
    for r, c in initial[1]:
        colour = initial[0][r, c, 8, 8].tolist()
        if any([initial[0][y, x, 0, 0].tolist() == colour for y, x in initial[2]]):
            cells.append((r, c))
    return cells


def key_taken(now, initial):
    cells = fitting(initial)
    if len(cells) == 0 or now[0].shape != initial[0].shape:
        return False
    template = initial[0][cells[0][0], cells[0][1]]
    same = (now[0] == template).all(axis=(2, 3, 4))
    return int(same.sum()) < len(cells)


def door_open(now, initial):
    if len(initial[2]) == 0 or now[0].shape != initial[0].shape:
        return False
    for r, c in initial[2]:
        tile = now[0][r, c]
        bar = tile[3, 14].any() and tile[3, 14].tolist() == tile[12, 15].tolist()
        if bar and not tile[1:, 1].any() and not tile[1, 1:13].any():
            return True
    return False


SUBTASKS = [key_taken, door_open]
