import numpy as np
from synth import vision

TILE = 6
GREEN = 0x00FF00


def perceive(frame):
    return frame[:]


def perceive_initial(frame):
    # the tiles that are wholly green, by their row and column of tiles
    codes = vision.pack(frame)
    if codes.shape[0] < TILE or codes.shape[1] < TILE:
        return ()
    counts = vision.tile_counts(vision.where(codes, GREEN), TILE)
    return tuple([(int(r), int(c)) for r, c in np.argwhere(counts == TILE * TILE).tolist()])


def is_green(pixel):
    return pixel[0] < 30 and pixel[1] > 225 and pixel[2] < 30


def is_red(pixel):
    return pixel[0] > 150 and pixel[1] < 100 and pixel[2] < 50


def agent_on_goal(now, initial):
    # The triangle covers the middle of its tile whichever way it looks, and never the corners, where the
    # green square shows.
    last = TILE - 1
    left = TILE // 2 - 1
    for r, c in initial:
        tile = now[r * TILE:(r + 1) * TILE, c * TILE:(c + 1) * TILE].tolist()
        if len(tile) < TILE or len(tile[0]) < TILE:
            continue
        corners = (tile[0][0], tile[0][last], tile[last][0], tile[last][last])
        middle = tile[left][left:left + 2] + tile[left + 1][left:left + 2]
        if all([is_red(p) for p in middle]) and all([is_green(p) for p in corners]):
            return True
    return False


SUBTASKS = [agent_on_goal]
