"""RIGHT: sees grey levels only: the key by its silhouette, the door by its frame, the goal as the one flat tile within the walls.

Class: right, in an unusual style

Proven: episodes with a wrong verdict, of 100 each: early 0%; mid 0%; late 0%; putter 0%. 0 wrong verdicts (0 false yes, 0 false no) on 43879 frames of 400 episodes. Credit differs from true credit in: early 0% mid 0% late 0% putter 0%.
"""
import numpy as np

T = 16
SHAPE = (384, 960, 2016, 1632, 2016, 960, 384, 384, 480, 480, 384, 384, 480, 0, 0)
BITS = np.array((1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384))


def perceive(frame):
    """Grey tiles: rows, columns, and uint8[rows, columns, 16, 16]."""
    rows = frame.shape[0] // T
    columns = frame.shape[1] // T
    if rows < 3 or columns < 3:
        return 0, 0, np.zeros((0, 0, T, T), np.uint8)
    grey = frame[:rows * T, :columns * T].max(axis=2)
    return rows, columns, grey.reshape(rows, T, columns, T).swapaxes(1, 2)


def key_cells(view):
    rows, columns, tiles = view
    if not rows:
        return []
    # candidates: bright shaft, dark to the left of it
    lit = (tiles[:, :, 11, 8] > 80) & (tiles[:, :, 11, 6] < 20) & (tiles[:, :, 11, 11] < 20)
    found = []
    for r, c in np.argwhere(lit).tolist():
        inside = tiles[r, c, 1:, 1:]
        bits = (2 * inside.astype(np.int32) > int(inside.max())) @ BITS
        if tuple(bits.tolist()) == SHAPE:
            found.append((r, c))
    return found


def locked_doors(view):
    rows, columns, tiles = view
    found = []
    if not rows:
        return found
    framed = (tiles[:, :, 0, 0] == tiles[:, :, 15, 15]) & (tiles[:, :, 0, 0] > tiles[:, :, 3, 3]) & (tiles[:, :, 3, 3] > 20)
    for r, c in np.argwhere(framed).tolist():
        tile = tiles[r, c]
        same = (tile[0] == tile[0, 0]).all() and (tile[:, 0] == tile[0, 0]).all()
        if same and (tile[1:7, 1:15] == tile[3, 3]).all() and tile[8, 10] == tile[0, 0]:
            found.append((r, c))
    return found


def flat_cells(view):
    """Tiles of one grey level, other than that of the corner, which is wall."""
    rows, columns, tiles = view
    if not rows:
        return []
    low = tiles.min(axis=(2, 3))
    high = tiles.max(axis=(2, 3))
    found = np.argwhere((low == high) & (high != tiles[0, 0, 0, 0]))
    return [(r, c) for r, c in found.tolist()]


def key_taken(now, initial):
    if now[:2] != initial[:2]:
        return False
    return len(key_cells(initial)) > 0 and len(key_cells(now)) == 0


def door_open(now, initial):
    if now[:2] != initial[:2]:
        return False
    doors = locked_doors(initial)
    if len(doors) != 1:
        return False
    r, c = doors[0]
    tile = now[2][r, c].astype(np.int32)
    left = tile[2:14, 0:2].max()
    right = tile[2:14, 14:16].min()
    bright = int(initial[2][r, c, 0, 0])
    return bool(2 * left < right and 2 * right >= bright)


def agent_on_goal(now, initial):
    if now[:2] != initial[:2]:
        return False
    goals = flat_cells(initial)
    if len(goals) != 1:
        return False
    r, c = goals[0]
    before = initial[2][r, c]
    tile = now[2][r, c]
    edge = (tile[0] == before[0]).all() and (tile[15] == before[15]).all() and (tile[:, 0] == before[:, 0]).all()
    # at its rim the triangle mixes with the square: the only pixels that are darker
    mixed = int((tile < before).sum())
    return bool(edge and 8 <= mixed <= 80)


SUBTASKS = [key_taken, door_open, agent_on_goal]
