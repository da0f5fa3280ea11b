"""Takes the key, opens the door, reaches the green square.

Things are told by differences within their own tile, so that light and size do not matter.
"""
import numpy as np

ROWS = 6
COLUMNS = 6
STEP = 40  # what differs by less may be noise
TINT = 90
NOTHING = {"size": (0, 0), "keys": (), "doors": (), "open": (), "goals": (), "agents": ()}


def apart(one, other):
    return np.abs(one - other).max(axis=-1)


def cells(mask):
    return tuple([(row, column) for row, column in np.argwhere(mask).tolist()])


def yellow(pixels):
    return np.minimum(pixels[..., 0], pixels[..., 1]) - pixels[..., 2] > TINT


def green(pixels):
    return pixels[..., 1] - np.maximum(pixels[..., 0], pixels[..., 2]) > TINT


def red(pixels):
    return pixels[..., 0] - np.maximum(pixels[..., 1], pixels[..., 2]) > TINT


def perceive(frame):
    height, width = frame.shape[:2]
    t = height // ROWS
    if t < 8 or (height, width) != (ROWS * t, COLUMNS * t):
        return NOTHING
    image = frame.astype(np.int32)
    corner = image[t - 1::t, t - 1::t]
    left = image[t - 1::t, ::t]
    centre = image[t // 2::t, t * 7 // 16::t]
    stem = image[t * 9 // 16::t, t * 9 // 16::t]
    beside = image[t * 9 // 16::t, t * 5 // 16::t]

    # A door's frame, or its bar once open, reaches the corner of its tile.
    doors = yellow(corner)
    keys = (apart(stem, beside) > STEP) & (2 * apart(centre, corner) < apart(stem, beside))
    return {
        "size": (height, width),
        "keys": cells(keys & ~doors),
        "doors": cells(doors),
        "open": cells(doors & ~yellow(left)),
        "goals": cells(green(corner)),
        "agents": cells(red(centre)),
    }


def key_picked_up(now, initial):
    seen = now["size"] == initial["size"] and len(now["doors"]) == 1
    return seen and len(initial["keys"]) == 1 and len(now["keys"]) == 0


def door_open(now, initial):
    seen = now["size"] == initial["size"] and len(initial["doors"]) == 1
    return seen and len(initial["open"]) == 0 and now["open"] == initial["doors"]


def agent_on_goal(now, initial):
    if now["size"] != initial["size"] or len(initial["goals"]) != 1:
        return False
    goal = initial["goals"][0]
    return goal in now["goals"] and goal in now["agents"] and goal not in initial["agents"]


SUBTASKS = [key_picked_up, door_open, agent_on_goal]
