import numpy as np
from synth import vision

SIZE = 16


def is_key(p):
    # Shaft, lower tooth and ring in one colour; round about, and in the ring's hole, the floor.
    c = p[12 * 48 + 8 * 3:12 * 48 + 9 * 3]
    g = p[12 * 48 + 6 * 3:12 * 48 + 7 * 3]
    return (
        c != g
        and p[12 * 48 + 5 * 3:12 * 48 + 10 * 3] == g * 3 + c * 2
        and p[11 * 48 + 6 * 3:11 * 48 + 10 * 3] == g * 2 + c * 2
        and p[13 * 48 + 6 * 3:13 * 48 + 9 * 3] == c * 3
        and p[8 * 48 + 8 * 3:8 * 48 + 10 * 3] == c * 2
        and p[4 * 48 + 8 * 3:4 * 48 + 10 * 3] == g * 2
        and p[4 * 48 + 6 * 3:4 * 48 + 7 * 3] == c
        and p[4 * 48 + 11 * 3:4 * 48 + 12 * 3] == c
        and p[8 * 48 + 6 * 3:8 * 48 + 7 * 3] == g
        and p[12 * 48 + 11 * 3:12 * 48 + 12 * 3] == g
        and p[13 * 48 + 12 * 3:13 * 48 + 13 * 3] == g
        and p[14 * 48 + 6 * 3:14 * 48 + 7 * 3] == g
        and p[14 * 48 + 8 * 3:14 * 48 + 9 * 3] == g
    )


def is_locked(p):
    # A full frame in one colour, another colour inside, and the keyhole in the frame's colour.
    c = p[0:3]
    d = p[3 * 48 + 3 * 3:3 * 48 + 4 * 3]
    return (
        c != d
        and p[0 * 48 + 5 * 3:0 * 48 + 6 * 3] == c
        and p[0 * 48 + 8 * 3:0 * 48 + 9 * 3] == c
        and p[0 * 48 + 15 * 3:0 * 48 + 16 * 3] == c
        and p[5 * 48 + 0 * 3:5 * 48 + 1 * 3] == c
        and p[5 * 48 + 15 * 3:5 * 48 + 16 * 3] == c
        and p[8 * 48 + 0 * 3:8 * 48 + 1 * 3] == c
        and p[8 * 48 + 9 * 3:8 * 48 + 11 * 3] == c * 2
        and p[8 * 48 + 15 * 3:8 * 48 + 16 * 3] == c
        and p[15 * 48 + 0 * 3:15 * 48 + 1 * 3] == c
        and p[15 * 48 + 8 * 3:15 * 48 + 9 * 3] == c
        and p[15 * 48 + 15 * 3:15 * 48 + 16 * 3] == c
        and p[2 * 48 + 8 * 3:2 * 48 + 9 * 3] == d
        and p[3 * 48 + 12 * 3:3 * 48 + 13 * 3] == d
        and p[7 * 48 + 9 * 3:7 * 48 + 10 * 3] == d
        and p[8 * 48 + 4 * 3:8 * 48 + 5 * 3] == d
        and p[9 * 48 + 9 * 3:9 * 48 + 10 * 3] == d
        and p[12 * 48 + 3 * 3:12 * 48 + 4 * 3] == d
        and p[12 * 48 + 12 * 3:12 * 48 + 13 * 3] == d
        and p[13 * 48 + 8 * 3:13 * 48 + 9 * 3] == d
    )


def is_open(p):
    # A bar at the right edge; the other edges are floor. The middle may hold the agent.
    b = p[8 * 48 + 14 * 3:8 * 48 + 15 * 3]
    g = p[8 * 48 + 1 * 3:8 * 48 + 2 * 3]
    return (
        b != g
        and p[8 * 48 + 15 * 3:8 * 48 + 16 * 3] == b
        and p[3 * 48 + 14 * 3:3 * 48 + 16 * 3] == b * 2
        and p[12 * 48 + 14 * 3:12 * 48 + 16 * 3] == b * 2
        and p[1 * 48 + 1 * 3:1 * 48 + 2 * 3] == g
        and p[1 * 48 + 8 * 3:1 * 48 + 9 * 3] == g
        and p[3 * 48 + 1 * 3:3 * 48 + 2 * 3] == g
        and p[12 * 48 + 1 * 3:12 * 48 + 2 * 3] == g
        and p[14 * 48 + 1 * 3:14 * 48 + 2 * 3] == g
        and p[14 * 48 + 8 * 3:14 * 48 + 9 * 3] == g
    )


def perceive(frame):
    t = vision.tiles(frame, SIZE)
    keys = []
    locked = []
    opened = []
    # In row 8 of a key or a door, not all pixels right of the grid line have one colour.
    row = t[:, :, 8]
    for r, c in np.argwhere((row[:, :, 2:] != row[:, :, 1:-1]).any(axis=(2, 3))).tolist():
        p = t[r, c].tobytes()
        if is_key(p):
            keys.append(tuple(p[12 * 48 + 8 * 3:12 * 48 + 9 * 3]))
        if is_locked(p):
            locked.append((r, c, tuple(p[0:3])))
        if is_open(p):
            opened.append((r, c))
    return keys, locked, opened


def key_taken(now, initial):
    colours = [door[2] for door in initial[1]]
    before = len([k for k in initial[0] if k in colours])
    left = len([k for k in now[0] if k in colours])
    return left < before


def door_open(now, initial):
    return any([(door[0], door[1]) in now[2] for door in initial[1]])


SUBTASKS = [key_taken, door_open]
