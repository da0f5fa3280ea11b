"""Opens the red door in the left wall of the room, then the blue one in the right wall."""
import numpy as np

ROWS = 6
COLUMNS = 12
LEFT_WALL = 3
RIGHT_WALL = 8
STEP = 60  # what differs by less may be noise
NOTHING = {"size": (0, 0), "open": ()}


def apart(one, other):
    return np.abs(one - other).max(axis=-1)


def perceive(frame):
    height, width = frame.shape[:2]
    t = height // ROWS
    if t < 8 or (height, width) != (ROWS * t, COLUMNS * t):
        return NOTHING
    image = frame.astype(np.int32)

    # Of an open door a bar is left, along the right of its tile.
    opened = apart(image[t // 2::t, t - 1::t], image[t - 1::t, t // 2::t]) > STEP
    return {"size": (height, width), "open": tuple(np.count_nonzero(opened, axis=0).tolist())}


def opens(now, initial, column):
    if now["size"] != initial["size"] or now["size"] == (0, 0):
        return False
    return initial["open"][column] == 0 and now["open"][column] == 1


def red_door_open(now, initial):
    return opens(now, initial, LEFT_WALL)


def both_doors_open(now, initial):
    return opens(now, initial, LEFT_WALL) and opens(now, initial, RIGHT_WALL)


SUBTASKS = [red_door_open, both_doors_open]
