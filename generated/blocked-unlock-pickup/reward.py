import numpy as np
from synth import vision

SIZE = 12

# Which pixels of a tile (without its grid lines in the first row and column) a thing fills.
BALL = (
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0),
    (0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0),
    (0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0),
    (0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0),
    (0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0),
    (0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0),
    (0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0),
    (0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0),
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
)
KEY = (
    (0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0),
    (0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0),
    (0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 0),
    (0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0),
    (0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0),
    (0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0),
    (0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0),
    (0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0),
    (0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0),
    (0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0),
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
)
BOX = (
    (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0),
    (1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0),
    (1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0),
    (1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0),
    (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0),
    (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0),
    (1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0),
    (1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0),
    (1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0),
    (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0),
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
)


def first_tile(matches):
    """(row, column) of the top left pixel of the first tile that matches, or None."""
    found = np.argwhere(matches)
    if not len(found):
        return None
    row, column = found[0].tolist()
    return row * SIZE, column * SIZE


def of_shape(filled, shape):
    return first_tile((filled == np.array(shape, dtype=bool)).all(axis=(2, 3)))


def tile_at(frame, place):
    return frame[place[0]:place[0] + SIZE, place[1]:place[1] + SIZE]


def perceive(frame):
    return frame


def perceive_initial(frame):
    if frame.ndim != 3 or frame.shape[0] < 2 * SIZE or frame.shape[1] < SIZE:
        return None
    grid = vision.tiles(vision.pack(frame)[:-SIZE], SIZE)
    filled = grid[:, :, 1:, 1:] != 0
    ball = of_shape(filled, BALL)
    key = of_shape(filled, KEY)
    box = of_shape(filled, BOX)
    # A locked door: a bright frame, a dark filling, and a handle as bright as the frame.
    edge = grid[:, :, 0, 5]
    fill = grid[:, :, 1, 1]
    door = first_tile(
        (edge != 0) & (fill != 0) & (fill != edge)
        & (grid[:, :, 11, 5] == edge) & (grid[:, :, 5, 0] == edge) & (grid[:, :, 5, 11] == edge)
        & (grid[:, :, 6, 7] == edge) & (grid[:, :, 6, 8] == edge)
        & (grid[:, :, 4, 4] == fill) & (grid[:, :, 10, 10] == fill))
    ball_tile = None if ball is None else tile_at(frame, ball)
    key_tile = None if key is None else tile_at(frame, key)
    box_tile = None if box is None else tile_at(frame, box)
    return frame.shape, ball, ball_tile, key, key_tile, door, box_tile


def usable(now, initial):
    return initial is not None and now.shape == tuple(initial[0])


def ball_moved_away(now, initial):
    if not usable(now, initial) or initial[1] is None:
        return False
    return bool((tile_at(now, initial[1]) != initial[2]).any())


def key_taken(now, initial):
    if not usable(now, initial) or initial[3] is None:
        return False
    return bool((tile_at(now, initial[3]) != initial[4]).any())


def door_open(now, initial):
    if not usable(now, initial) or initial[5] is None:
        return False
    row, column = initial[5]
    # The corner inside the grid lines, which the agent's triangle reaches in none of its four
    # directions: black where the door is open, filled or framed where it is shut. The last
    # pixel of that row belongs to the edge of the open door, which the agent never covers.
    if sum(now[row + 1, column + 1].tolist()):
        return False
    return bool(sum(now[row + 1, column + SIZE - 1].tolist()))


def box_picked_up(now, initial):
    if not usable(now, initial) or initial[6] is None:
        return False
    return bool((now[-SIZE:, :SIZE] == initial[6]).all())


SUBTASKS = [(ball_moved_away, key_taken), door_open, box_picked_up]
