import numpy as np
from scipy import ndimage
from synth import vision

T = 12
WALL = 0x646464
LINE = 0x212121
AGENT = 0xFF0000
LINE_RGB = [33, 33, 33]
BLACK = [0, 0, 0]


def ball_mask(t):
    """Which tiles show a filled disc."""
    c = t[:, :, 5, 5]
    return (
        (c != 0)
        & (c == t[:, :, 5, 3])
        & (c == t[:, :, 5, 8])
        & (c == t[:, :, 3, 5])
        & (c == t[:, :, 8, 5])
        & (t[:, :, 2, 2] == 0)
        & (t[:, :, 9, 9] == 0)
    )


def cut(codes):
    rows, cols = codes.shape[0] // T, codes.shape[1] // T
    return vision.tiles(codes[:rows * T, :cols * T], T)


def shows_box(now, r, c):
    """Whether the tile shows a box: a square outline, rows 1 to 10 and columns 1 to 10 of it."""
    colour = now[r + 1, c + 5].tolist()
    return (
        colour != BLACK
        and now[r + 3, c + 1].tolist() == colour
        and now[r + 10, c + 5].tolist() == colour
        and now[r + 3, c + 10].tolist() == colour
        and now[r + 3, c + 5].tolist() == BLACK
        and now[r + 11, c + 5].tolist() == BLACK
        and now[r + 3, c + 11].tolist() == BLACK
    )


def box_tiles(now):
    """Row and column of the tiles that show a box; few have something above and nothing below it."""
    whole = now[:now.shape[0] // T * T, :now.shape[1] // T * T]
    maybe = whole[1::T, 5::T].any(axis=2) & ~whole[3::T, 5::T].any(axis=2)
    return [[row, col] for row, col in np.argwhere(maybe).tolist() if shows_box(now, row * T, col * T)]


def box_gone(now, r, c):
    """Whether there is no box, neither on its first tile nor on any other."""
    return not shows_box(now, r, c) and len(box_tiles(now)) == 0


def perceive(frame):
    return frame


def perceive_initial(frame):
    """Size, box (row, column), blocking ball, target ball (with its colour), door."""
    height, width = frame.shape[0], frame.shape[1]
    rows, cols = height // T, width // T
    if rows < 3 or cols < 3:
        return (height, width, (), (), (), ())
    codes = vision.pack(frame)
    t = cut(codes)
    side = t[:, :, 0, 5]
    fill = t[:, :, 3, 3]
    locked = (
        (side != 0)
        & (side == t[:, :, 5, 0])
        & (side == t[:, :, 11, 5])
        & (side == t[:, :, 5, 11])
        & (fill != 0)
        & (fill != side)
        & (fill == t[:, :, 1, 1])
        & (fill == t[:, :, 8, 8])
        & (fill == t[:, :, 10, 10])
    )
    wall = (t[:, :, 0, 0] == WALL) & (t[:, :, 6, 6] == WALL) & (t[:, :, 11, 11] == WALL)
    ball = ball_mask(t)
    agent = (t[:, :, 5, 5] == AGENT) & (t[:, :, 6, 5] == AGENT) & (t[:, :, 0, 11] == LINE) & ~ball
    boxes = box_tiles(frame)
    locks = np.argwhere(locked).tolist()
    agents = np.argwhere(agent).tolist()
    rooms = ndimage.label(~wall & ~locked)[0]
    box_thing = ()
    block_thing = ()
    target_thing = ()
    door_thing = ()
    if len(boxes) > 0:
        box_thing = (boxes[0][0] * T, boxes[0][1] * T)
    if len(locks) > 0:
        door_thing = (locks[0][0] * T, locks[0][1] * T)
    if len(locks) > 0 and len(agents) > 0:
        door_row, door_col = locks[0]
        home = int(rooms[agents[0][0], agents[0][1]])
        for r, c in np.argwhere(ball).tolist():
            thing = (r * T, c * T, int(t[r, c, 5, 5]))
            if int(rooms[r, c]) != home:
                target_thing = thing
            elif abs(r - door_row) + abs(c - door_col) == 1:
                block_thing = thing
    return (height, width, box_thing, block_thing, target_thing, door_thing)


def same_size(now, initial):
    return now.shape[0] == initial[0] and now.shape[1] == initial[1]


def is_floor(now, r, c):
    """Whether the edges of a tile are those of a floor tile, whatever stands on it."""
    low = now[r + 11, c:c + T].tolist()
    return (
        low[0] == LINE_RGB
        and low[5] == BLACK
        and low[11] == BLACK
        and now[r, c + 11].tolist() == LINE_RGB
        and now[r + 1, c + 11].tolist() == BLACK
    )


def is_ball(now, r, c):
    across = now[r + 5, c:c + T].tolist()
    return (
        across[3] != BLACK
        and across[8] == across[3]
        and now[r + 3, c + 5].tolist() == across[3]
        and now[r + 8, c + 5].tolist() == across[3]
    )


def is_key(now, r, c):
    stem = now[r:r + T, c + 6].tolist()
    return (
        stem[4] != BLACK
        and stem[1] == stem[4]
        and stem[6] == stem[4]
        and stem[9] == stem[4]
        and stem[3] == BLACK
    )


def blocking_ball_moved(now, initial):
    if not same_size(now, initial) or len(initial[3]) == 0:
        return False
    r, c = initial[3][0], initial[3][1]
    return not is_ball(now, r, c) and is_floor(now, r, c)


def box_opened(now, initial):
    if not same_size(now, initial) or len(initial[2]) == 0:
        return False
    r, c = initial[2]
    return box_gone(now, r, c) and is_floor(now, r, c)


def key_taken(now, initial):
    if not same_size(now, initial) or len(initial[2]) == 0:
        return False
    r, c = initial[2]
    return not is_key(now, r, c) and box_gone(now, r, c) and is_floor(now, r, c)


def door_open(now, initial):
    if not same_size(now, initial) or len(initial[5]) == 0:
        return False
    r, c = initial[5]
    # the lowest row of the tile, which nobody who stands in it covers: floor, then a strip
    low = now[r + 11, c:c + T].tolist()
    return (
        low[0] == LINE_RGB
        and low[1] == BLACK
        and low[5] == BLACK
        and low[10] != BLACK
        and low[11] != BLACK
    )


def target_ball_picked_up(now, initial):
    if not same_size(now, initial) or len(initial[4]) == 0:
        return False
    r, c, colour = initial[4]
    if is_ball(now, r, c) or not is_floor(now, r, c):
        return False
    if len(initial[3]) > 0 and initial[3][2] == colour:
        return True
    t = cut(vision.pack(now))
    return not bool((ball_mask(t) & (t[:, :, 5, 5] == colour)).any())


SUBTASKS = [(blocking_ball_moved, box_opened, key_taken), door_open, target_ball_picked_up]
