"""Takes the key, opens the door and takes the box, whatever their colours.

A tile in which anything is drawn is busy. The key is told by its shape; what else is busy is the
agent, the box and what never moves, so once there is one less of them the box is gone. Who holds
it has no hand for the key, which must lie about: a box that is opened vanishes, too.
"""
import numpy as np

ROWS = 6
COLUMNS = 11
WALL = 5  # the column of tiles between the rooms
STEP = 40  # what differs by less may be noise
NOTHING = {"size": (0, 0), "keys": (), "open": (), "others": ()}


def apart(one, other):
    return np.abs(one - other).max(axis=-1)


def cells(mask):
    return tuple([(row, column) for row, column in np.argwhere(mask).tolist()])


def perceive(frame):
    height, width = frame.shape[:2]
    t = height // ROWS
    if t < 8 or (height, width) != (ROWS * t, COLUMNS * t):
        return NOTHING
    image = frame.astype(np.int32)
    corner = image[t - 1::t, t - 1::t]
    bottom = image[t - 1::t, t // 2::t]
    edge = image[t // 2::t, t - 1::t]
    centre = image[t // 2::t, t * 7 // 16::t]
    stem = image[t * 9 // 16::t, t * 9 // 16::t]
    beside = image[t * 9 // 16::t, t * 5 // 16::t]
    keys = (apart(stem, beside) > STEP) & (2 * apart(centre, corner) < apart(stem, beside))
    opened = apart(edge, bottom) > 30  # a shut door is the same on all sides

    # Lines of the grid run along the top and the left of a tile: they are left out.
    tiles = frame.reshape(ROWS, t, COLUMNS, t, 3)[:, t // 8:, :, t // 8:]
    busy = (tiles.max(axis=(1, 3)) - tiles.min(axis=(1, 3))).max(axis=-1) > 24
    busy[:, WALL] = opened[:, WALL] & (apart(centre, bottom)[:, WALL] > STEP)
    return {
        "size": (height, width),
        "keys": tuple([cell for cell in cells(keys) if cell[1] != WALL]),
        "open": tuple([cell for cell in cells(opened) if cell[1] == WALL]),
        "others": cells(busy & ~keys),
    }


def key_picked_up(now, initial):
    seen = now["size"] == initial["size"]
    return seen and len(initial["keys"]) == 1 and len(now["keys"]) == 0


def door_open(now, initial):
    seen = now["size"] == initial["size"]
    return seen and len(initial["open"]) == 0 and len(now["open"]) == 1


def box_picked_up(now, initial):
    seen = now["size"] == initial["size"] and len(initial["others"]) >= 2
    gone = seen and len(now["others"]) == len(initial["others"]) - 1
    return gone and len(now["keys"]) == len(initial["keys"])


SUBTASKS = [key_picked_up, door_open, box_picked_up]
