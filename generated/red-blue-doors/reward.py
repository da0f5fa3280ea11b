import numpy as np
from synth import vision

TILE = 12
LAST = 11
RED = (85, 0, 0)
BLUE = (0, 0, 85)
# Where two grid lines of the floor cross: the upper left corner of every floor tile.
CROSSING = [55, 55, 55]


def perceive(frame):
    return frame[:]


def shut_doors(codes, colour):
    # A shut door has 72 pixels of its frame's colour on its tile, a box 16.
    counts = vision.tile_counts(vision.where(codes, colour), TILE)
    return [(row * TILE, column * TILE) for row, column in np.argwhere(counts >= 60).tolist()]


def perceive_initial(frame):
    codes = vision.pack(frame)
    return frame.shape, shut_doors(codes, RED), shut_doors(codes, BLUE)


def is_open(now, shape, doors, colour):
    # In an open door the floor is seen, with the crossing of its grid lines in the upper
    # left corner, and the door's strip in the last column. The agent covers neither.
    if len(doors) == 0 or now.shape != shape:
        return False
    for top, left in doors:
        if now[top, left].tolist() != CROSSING:
            return False
        if now[top + 5, left + LAST].tolist() != list(colour):
            return False
    return True


def red_door_open(now, initial):
    return is_open(now, initial[0], initial[1], RED)


def blue_door_open_after_red(now, initial):
    return is_open(now, initial[0], initial[2], BLUE) and red_door_open(now, initial)


SUBTASKS = [red_door_open, blue_door_open_after_red]
