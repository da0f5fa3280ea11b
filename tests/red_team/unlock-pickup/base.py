import numpy as np
from synth import vision

TILE = 16
BLACK = (0, 0, 0)
RED = (255, 0, 0)
LINE = (33, 33, 33)        # the grid line along the top and left edge of a floor tile
CORNER = (55, 55, 55)      # where the two lines of a floor tile meet
CORNER_CODE = 0x373737

# The agent beside a cell and facing it: where its tile is, seen from the cell, and two pixels
# of that tile which only a triangle pointing to the cell fills at its broad side.
FACING = (
    (0, -16, 4, 3, 11, 3),     # on the left, pointing right
    (0, 16, 4, 12, 11, 12),    # on the right, pointing left
    (-16, 0, 3, 4, 3, 11),     # above, pointing down
    (16, 0, 12, 4, 12, 11),    # below, pointing up
)


def pixel(frame, row, column):
    return tuple(frame[row, column].tolist())


# The three below look at the bytes of a tile of 16 x 16 pixels: the pixel in row r and column c
# is tile[n:n + 3] with n = 3 * (16 * r + c). is_key and is_box are asked only about tiles whose
# centre, (8, 8), is not black.
def is_key(tile):
    colour = tile[408:411]                  # (8, 8), on the shaft
    return (
        tile[603:606] == colour             # (12, 9), on the shaft
        and tile[642:645] == colour         # (13, 6), the lower tooth
        and tile[120:123] == colour         # (2, 8), (4, 7), (4, 10): the ring
        and tile[213:216] == colour
        and tile[222:225] == colour
        and not any(tile[216:219])          # (4, 8), the hole of the ring
        and not any(tile[546:549])          # (11, 6), between the teeth
        and not any(tile[609:612])          # (12, 11), beside the shaft
    )


def is_box(tile):
    colour = tile[102:105]                  # (2, 2), a corner
    return (
        tile[663:666] == colour             # (13, 13), (2, 13), (13, 2): the other corners
        and tile[135:138] == colour
        and tile[630:633] == colour
        and tile[120:123] == colour         # (2, 8), (8, 2): the sides
        and tile[390:393] == colour
        and tile[408] == colour[0] // 3     # (8, 8), the bar
        and tile[409] == colour[1] // 3
        and tile[410] == colour[2] // 3
        and not any(tile[255:258])          # (5, 5), (11, 6): the inside
        and not any(tile[546:549])
    )


def is_locked_door(tile):
    colour = tile[0:3]                      # (0, 0), a corner of the frame
    inside = tile[243:246]                  # (5, 1), the filling
    return (
        inside != colour
        and any(inside)
        and tile[414:417] == colour         # (8, 10), the keyhole
        and tile[45:48] == colour           # (0, 15), (15, 0), (15, 15): the other corners
        and tile[720:723] == colour
        and tile[765:768] == colour
        and tile[282:285] == inside         # (5, 14), (10, 5): the filling
        and tile[495:498] == inside
    )


def perceive(frame):
    keys = []
    boxes = []
    doors = []
    height = frame.shape[0] // TILE * TILE
    width = frame.shape[1] // TILE * TILE
    if height > 0 and width > 0:
        codes = vision.pack(frame[:height:8, :width:8])
        corner = codes[::2, ::2]
        centre = codes[1::2, 1::2]
        # neither a wall (all one colour) nor bare floor (black within its grid lines)
        something = (corner != centre) & (corner + centre != CORNER_CODE)
        rows, columns = np.nonzero(something)
        for row, column in zip(rows.tolist(), columns.tolist()):
            y = row * TILE
            x = column * TILE
            tile = frame[y:y + TILE, x:x + TILE].tobytes()
            if corner.item(row, column) == CORNER_CODE:
                if is_key(tile):
                    keys.append((y, x))
                elif is_box(tile):
                    boxes.append((y, x))
            elif is_locked_door(tile):
                doors.append((y, x))
    return frame, keys, boxes, doors


def holds_tile(frame, y, x):
    return y >= 0 and x >= 0 and y + TILE <= frame.shape[0] and x + TILE <= frame.shape[1]


def key_taken(now, initial):
    if len(initial[1]) == 0:
        return False
    cell = initial[1][0]
    if cell in now[1]:
        return False
    frame = now[0]
    y, x = cell
    return bool(holds_tile(frame, y, x) and pixel(frame, y, x) == CORNER)


def door_opened(now, initial):
    if len(initial[3]) == 0:
        return False
    y, x = initial[3][0]
    frame = now[0]
    if not holds_tile(frame, y, x):
        return False
    line = frame[y + 5, x:x + TILE].tobytes()
    strip = line[42:45]
    return (
        tuple(line[3:6]) == BLACK
        and tuple(line[0:3]) == LINE
        and any(strip)
        and line[45:48] == strip
    )


def box_picked_up(now, initial):
    # A carried thing is not drawn, and one thing at most is carried: with the box in hand
    # no box is to be seen, and the key lies somewhere.
    if len(initial[2]) == 0 or len(now[2]) > 0 or len(now[1]) == 0:
        return False
    y, x = initial[2][0]
    frame = now[0]
    if not holds_tile(frame, y, x):
        return False
    bare = (
        pixel(frame, y, x) == CORNER
        and pixel(frame, y + 8, x + 8) == BLACK
        and pixel(frame, y + 2, x + 2) == BLACK
        and pixel(frame, y + 13, x + 13) == BLACK
    )
    if not bare:
        return False
    for down, right, r1, c1, r2, c2 in FACING:
        top = y + down
        left = x + right
        if (
            holds_tile(frame, top, left)
            and pixel(frame, top + r1, left + c1) == RED
            and pixel(frame, top + r2, left + c2) == RED
        ):
            return True
    return False


SUBTASKS = [key_taken, door_opened, box_picked_up]
