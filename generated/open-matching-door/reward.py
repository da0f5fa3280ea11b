import numpy as np
from synth import vision

TILE = 10

COLOURS = {
    0xFF0000: (255, 0, 0),
    0x00FF00: (0, 255, 0),
    0x0000FF: (0, 0, 255),
    0x7027C3: (112, 39, 195),
    0xFFFF00: (255, 255, 0),
    0x646464: (100, 100, 100),
}

# How much of its full colour, in ninths, each pixel of a key has; the tile
# without its first row and column, which are lines of the grid.
KEY = np.array([
    [0, 0, 0, 6, 9, 8, 1, 0, 0],
    [0, 0, 3, 9, 3, 8, 3, 0, 0],
    [0, 0, 1, 9, 6, 9, 3, 0, 0],
    [0, 0, 0, 3, 9, 5, 0, 0, 0],
    [0, 0, 0, 0, 9, 3, 0, 0, 0],
    [0, 0, 2, 6, 9, 3, 0, 0, 0],
    [0, 0, 0, 0, 9, 3, 0, 0, 0],
    [0, 0, 2, 6, 6, 2, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0, 0],
])
# The brightness of a door's outermost pixels, of 255: locked, and otherwise.
LOCKED = 208
UNLOCKED = 170
LINE = 33


def shows_key(frame, row, column, look):
    top = row * TILE
    left = column * TILE
    tile = frame[top + 1:top + TILE, left + 1:left + TILE]
    return tile.shape == look.shape and bool((tile == look).all())


def middles(frame):
    # the codes of the pixels in the middles of the tiles; a key has its full colour there
    rows = frame.shape[0] // TILE
    columns = frame.shape[1] // TILE
    return vision.pack(frame[5:rows * TILE:TILE, 5:columns * TILE:TILE])


def perceive(frame):
    # the checkers look at the few tiles that matter
    return frame[:]


def perceive_initial(frame):
    # where the key lies, its look, its code, and the tiles of the doors of its colour
    for row, line in enumerate(middles(frame).tolist()):
        for column, code in enumerate(line):
            if code not in COLOURS:
                continue
            colour = np.array(COLOURS[code])
            look = (KEY[:, :, None] * colour // 9).astype(np.uint8)
            if not shows_key(frame, row, column, look):
                continue
            rows = frame.shape[0] // TILE
            columns = frame.shape[1] // TILE
            whole = frame[:rows * TILE, :columns * TILE]
            left = whole[5::TILE, 0::TILE].astype(np.int64)
            right = whole[5::TILE, TILE - 1::TILE].astype(np.int64)
            doors = []
            for bright in (LOCKED, UNLOCKED):
                edge = colour * bright // 255
                off = np.maximum(np.abs(left - edge), np.abs(right - edge)).max(axis=2)
                doors.extend(np.argwhere(off <= 3).tolist())
            spots = [(spot[0], spot[1]) for spot in doors]
            return row, column, look, code, COLOURS[code], spots, frame.shape
    return ()


def key_picked_up(now, initial):
    if len(initial) == 0 or now.shape != initial[6]:
        return False
    row, column, look, code = initial[:4]
    if shows_key(now, row, column, look):
        return False
    # it must not lie elsewhere either
    for r, c in np.argwhere(middles(now) == code).tolist():
        if shows_key(now, r, c, look):
            return False
    return True


def is_near(pixel, colour, bright):
    return all(abs(pixel[i] - colour[i] * bright // 255) <= 3 for i in range(3))


def matching_door_open(now, initial):
    if len(initial) == 0 or now.shape != initial[6]:
        return False
    for row, column in initial[5]:
        top = row * TILE
        left = column * TILE
        # a strip in the door's colour on the right, lines of the grid on the left and above
        if not is_near(now[top + 5, left + TILE - 1].tolist(), initial[4], UNLOCKED):
            continue
        if now[top + 5, left].tolist() == [LINE, LINE, LINE]:
            if now[top, left + 4].tolist() == [LINE, LINE, LINE]:
                return True
    return False


SUBTASKS = [key_picked_up, matching_door_open]
