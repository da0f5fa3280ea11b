"""RIGHT: makes a map of letters of each picture first (k key, b box, d shut door, l locked, o open, a agent), and asks the map only; honest progress.

Class: different decomposition: a symbolic map, honest progress

Proven: wrong in 0.0% of 320 episodes (early 0.0%, mid 0.0%, late 0.0%, putter 0.0%); key_taken 0.0%; door_opened 0.0%; box_picked_up 0.0%; frames 0.00%.
"""
import numpy as np
from synth import vision

BROAD_ROWS = (4, 11, 3, 3, 4, 11, 12, 12)
BROAD_COLUMNS = (3, 3, 4, 11, 12, 12, 4, 11)


def is_agent(light):
    broad = light[BROAD_ROWS, BROAD_COLUMNS]
    pairs = [bool(broad[2 * n] and broad[2 * n + 1]) for n in range(4)]
    return pairs.count(True) == 1 and bool(light[7, 7] and light[8, 8]) and not bool(light[2, 2])


def letter(tile):
    light = tile.any(axis=-1)
    corner = tile[0, 0].tolist()
    middle = tile[8, 8].tolist()
    if light.all():
        if (tile == tile[0, 0]).all():
            return "w"
        ring = tile[15, 15].tolist() == corner and tile[0, 15].tolist() == corner
        keyhole = tile[8, 10].tolist() == corner
        return "l" if ring and keyhole and tile[4, 4].tolist() != corner else "?"
    if light[1:, 14:].all() and not light[(1, 14, 15), 12].any() and not light[1:, 1].any():
        return "o"
    if light[0].all() and light[:, 0].all() and light[15].all() and light[:, 15].all():
        return "d"
    ground = not light[1:, 1].any() and not light[1:, 15].any()
    if not ground:
        return "?"
    if not light[2:, 2:].any():
        return "."
    if light[2:14, 2].all() and light[2:14, 13].all() and light[2, 2:14].all() and light[13, 2:14].all():
        return "b" if not light[5, 5] and not light[11, 6] and any(middle) else "?"
    if is_agent(light) and (tile[7, 7] == (255, 0, 0)).all():
        return "a"
    if light[2, 8] and light[4, 7] and light[8, 8] and light[12, 9] and light[13, 6]:
        return "k" if not (light[4, 8] or light[11, 6] or light[12, 11]) else "?"
    return "?"


def perceive(frame):
    t = vision.tiles(frame, 16)
    found = {"k": [], "b": [], "l": [], "o": [], "d": [], "a": [], ".": [], "w": [], "?": []}
    standing = []
    for r in range(t.shape[0]):
        for c in range(t.shape[1]):
            tile = t[r, c]
            what = letter(tile)
            found[what] = found[what] + [(r, c)]
            if what == "a" or what == "o" and is_agent(tile.any(axis=-1) & (np.arange(16) < 14)):
                standing.append((r, c))
    return found, standing, t


def the_key(initial):
    # the key of the lock's colour
    colours = [initial[2][r, c, 0, 0].tolist() for r, c in initial[0]["l"]]
    mine = [k for k in initial[0]["k"] if initial[2][k[0], k[1], 8, 8].tolist() in colours]
    return mine if len(mine) > 0 else initial[0]["k"]


def key_taken(now, initial):
    keys = the_key(initial)
    return len(keys) > 0 and keys[0] not in now[0]["k"] and keys[0] in now[0]["."] + now[0]["a"] + now[0]["b"]


def door_opened(now, initial):
    return any([cell in now[0]["o"] for cell in initial[0]["l"]])


def box_picked_up(now, initial):
    boxes = initial[0]["b"]
    return len(boxes) > 0 and len(now[0]["b"]) == 0 and boxes[0] in now[0]["."] and len(now[0]["k"]) >= len(initial[0]["k"])


def closeness(now, cells):
    if len(cells) == 0 or len(now[1]) == 0:
        return 0.0
    d = min([abs(r - a) + abs(c - b) for r, c in cells for a, b in now[1]])
    return 0.9 / (1.0 + d)


def key_taken_progress(now, initial):
    return 1.0 if key_taken(now, initial) else closeness(now, the_key(initial)[:1])


def door_opened_progress(now, initial):
    return 1.0 if door_opened(now, initial) else closeness(now, initial[0]["l"])


SUBTASKS = [key_taken, door_opened, box_picked_up]
