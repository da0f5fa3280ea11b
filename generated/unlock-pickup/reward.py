import numpy as np
from synth import vision

BLACK = [0, 0, 0]


def perceive(frame):
    return vision.tiles(frame, 16)


def first(mask):
    spots = np.argwhere(mask).tolist()
    if spots:
        return int(spots[0][0]), int(spots[0][1])
    return -1, -1


def perceive_initial(frame):
    height = frame.shape[0] // 16 * 16
    width = frame.shape[1] // 16 * 16
    codes = vision.pack(frame[:height, :width])

    # The key: a ring with a hole, a shaft, and a foot to the left.
    ink = codes[4::16, 6::16]
    key = (
        (ink != 0)
        & (codes[4::16, 7::16] == ink)
        & (codes[4::16, 8::16] == 0)
        & (codes[4::16, 9::16] == 0)
        & (codes[4::16, 10::16] == ink)
        & (codes[4::16, 11::16] == ink)
        & (codes[12::16, 8::16] == ink)
        & (codes[12::16, 6::16] == 0)
        & (codes[13::16, 6::16] == ink)
        & (codes[13::16, 9::16] == ink)
        & (codes[13::16, 11::16] == 0)
    )
    key_row, key_column = first(key)
    key_colour = 0
    key_edge = 0
    if key_row >= 0:
        key_colour = int(codes[16 * key_row + 4, 16 * key_column + 6])
        key_edge = int(codes[16 * key_row + 4, 16 * key_column])

    # The locked door: an outline on all four sides, a darker filling, a keyhole in the outline's colour.
    frame_ink = codes[0::16, 0::16]
    filling = codes[1::16, 1::16]
    door = (
        (frame_ink != 0)
        & (filling != 0)
        & (filling != frame_ink)
        & (codes[0::16, 15::16] == frame_ink)
        & (codes[15::16, 0::16] == frame_ink)
        & (codes[15::16, 15::16] == frame_ink)
        & (codes[1::16, 14::16] == filling)
        & (codes[14::16, 1::16] == filling)
        & (codes[14::16, 14::16] == filling)
        & (codes[8::16, 10::16] == frame_ink)
        & (codes[7::16, 10::16] == filling)
    )
    door_row, door_column = first(door)

    # The box: a hollow square with a bar across its middle.
    line = codes[2::16, 2::16]
    bar = codes[7::16, 3::16]
    box = (
        (line != 0)
        & (codes[2::16, 13::16] == line)
        & (codes[13::16, 2::16] == line)
        & (codes[13::16, 13::16] == line)
        & (codes[4::16, 2::16] == line)
        & (codes[4::16, 1::16] == 0)
        & (codes[4::16, 4::16] == 0)
        & (codes[4::16, 6::16] == 0)
        & (codes[4::16, 8::16] == 0)
        & (codes[11::16, 11::16] == 0)
        & (codes[13::16, 1::16] == 0)
        & (codes[13::16, 14::16] == 0)
        & (bar != 0)
        & (bar != line)
        & (codes[8::16, 12::16] == bar)
    )
    box_row, box_column = first(box)
    box_colour = 0
    if box_row >= 0:
        box_colour = int(codes[16 * box_row + 2, 16 * box_column + 2])

    return (key_colour, key_edge, key_row, key_column), (door_row, door_column), box_colour


def ink_of(code):
    return [code >> 16, code >> 8 & 255, code & 255]


def candidates(tiles, ink, row, inked, black):
    # The tiles on which the two pixels of that row differ by the ink's strongest channel. These are
    # few, and hold every tile whose one pixel has the ink while the other is black.
    strongest = max(ink)
    channel = ink.index(strongest)
    differ = tiles[:, :, row, inked, channel] ^ tiles[:, :, row, black, channel]
    rows, columns = (differ == strongest).nonzero()
    return [tiles[r, c] for r, c in zip(rows.tolist(), columns.tolist())]


def key_lies(tiles, colour):
    ink = ink_of(colour)
    for tile in candidates(tiles, ink, 4, 6, 8):
        if (
            tile[4, 6:11:2].tolist() == [ink, BLACK, ink]
            and tile[13, 6:10:3].tolist() == [ink, ink]
            and tile[13, 11].tolist() == BLACK
        ):
            return True
    return False


def box_stands(tiles, colour):
    ink = ink_of(colour)
    for tile in candidates(tiles, ink, 13, 2, 1):
        if (
            tile[13, 1:3].tolist() == [BLACK, ink]
            and tile[13, 13:15].tolist() == [ink, BLACK]
            and tile[4, 2].tolist() == ink
            and tile[4, 6:9:2].tolist() == [BLACK, BLACK]
        ):
            return True
    return False


def key_taken(tiles, initial):
    colour, edge, row, column = initial[0]
    if row < 0 or row >= tiles.shape[0] or column >= tiles.shape[1]:
        return False
    # The grid line beside the key's first tile is still there: this is a picture of the scene.
    if tiles[row, column, 4, 0].tolist() != ink_of(edge):
        return False
    return not key_lies(tiles, colour)


def door_open(tiles, initial):
    row, column = initial[1]
    if row < 0 or row >= tiles.shape[0] or column >= tiles.shape[1]:
        return False
    tile = tiles[row, column]
    strip = tile[4, 15].tolist()
    return (
        strip != BLACK
        and tile[4:14:9, 1].tolist() == [BLACK, BLACK]
        and tile[4:14:9, 14:16].tolist() == [[strip, strip], [strip, strip]]
    )


def box_picked_up(now, initial):
    box_colour = initial[2]
    key_colour = initial[0][0]
    if box_colour == 0 or key_colour == 0:
        return False
    if box_stands(now, box_colour):
        return False
    # Hands hold one thing: whoever holds the box has laid the key down, so it is seen on the floor.
    # A box that vanishes while the key is in hand was not picked up; blank pictures show no key.
    return key_lies(now, key_colour)


SUBTASKS = [key_taken, door_open, box_picked_up]
