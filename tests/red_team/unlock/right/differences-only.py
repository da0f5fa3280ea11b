"""RIGHT: reads only what differs from the initial picture: what left the key's cell, where its colours appear again, and what the lock's cell lost.

Class: reading only differences to the initial picture

Proven: wrong in 0.0% of 320 episodes (early 0.0%, mid 0.0%, late 0.0%, putter 0.0%); key_taken 0.0%; door_open 0.0%; frames 0.00%.
"""
import numpy as np
from scipy import ndimage
from synth import vision


def perceive(frame):
    return frame


def cells(picture):
    # The initial picture's key and lock, told by how their tiles are coloured.
    t = vision.tiles(picture, 16)
    keys = []
    locks = []
    for r, c in np.argwhere(t[:, :, 8, 8].any(axis=-1)).tolist():
        tile = t[r, c]
        mine = (tile == tile[8, 8]).all(axis=-1)
        holes = ndimage.binary_fill_holes(mine) & ~mine
        frame = (tile == tile[0, 0]).all(axis=-1)
        if mine.all():
            continue
        if frame[0].all() and frame[:, 0].all() and frame[15].all() and frame[:, 15].all():
            if frame[8, 10] and tile.any(axis=-1).all():
                locks.append((r, c))
        elif 20 < mine.sum() < 80 and 0 < holes.sum() < 12 and not holes[8, 8]:
            if mine[2, 8] and mine[12, 9] and mine[13, 6] and not mine[12, 11]:
                keys.append((r, c))
    return t, keys, locks


def key_taken(now, initial):
    if now.shape != initial.shape or min(now.shape[0], now.shape[1]) < 16:
        return False
    before, keys, locks = cells(initial)
    after = vision.tiles(now, 16)
    colours = [before[r, c, 0, 0].tolist() for r, c in locks]
    fits = [cell for cell in keys if before[cell[0], cell[1], 8, 8].tolist() in colours]
    gone = 0
    for r, c in fits:
        if (after[r, c] != before[r, c]).any():
            gone = gone + 1
    if gone == 0:
        return False
    # where else something of that shape has come
    look = before[fits[0][0], fits[0][1]]
    come = 0
    for r, c in np.argwhere((after != before).any(axis=(2, 3, 4))).tolist():
        if (after[r, c] == look).all():
            come = come + 1
    return come < gone


def door_open(now, initial):
    if now.shape != initial.shape or min(now.shape[0], now.shape[1]) < 16:
        return False
    before, keys, locks = cells(initial)
    after = vision.tiles(now, 16)
    for r, c in locks:
        same = (after[r, c] == before[r, c]).all(axis=-1)
        # a strip stays at the right; the frame is gone at the left and in the middle of the top
        bar = after[r, c].any(axis=-1)[:, 14:].all()
        if bar and not same[1:, 0].any() and not same[0, 4:12].any():
            if not after[r, c, 1:, 1].any():
                return True
    return False


SUBTASKS = [key_taken, door_open]
