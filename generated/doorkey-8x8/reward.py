import numpy as np
from synth import vision

TILE = 16
GREEN = 0x00FF00


def perceive(frame):
    # a view: only the pixels that a checker looks at are ever packed
    return vision.tiles(frame, TILE)


def find_key(tiles):
    # a ring with a hole, a shaft, and teeth at its lower left, in any colour
    ink = tiles[:, :, 8, 8]
    found = (
        (ink != tiles[:, :, 14, 14])
        & (tiles[:, :, 13, 6] == ink)
        & (tiles[:, :, 4, 10] == ink)
        & (tiles[:, :, 4, 8] != ink)
        & (tiles[:, :, 8, 10] != ink)
    )
    for row, column in np.argwhere(found).tolist():
        tile = tiles[row, column]
        colour = int(tile[8, 8])
        if 28 <= int((tile == colour).sum()) <= 36:
            return (row, column, colour, tile)
    return ()


def find_door(tiles):
    # a shut and locked door: outline all round the tile, another colour inside, a handle
    edge = tiles[:, :, 0, 0]
    fill = tiles[:, :, 4, 4]
    found = (
        (edge != fill)
        & (tiles[:, :, 0, 8] == edge)
        & (tiles[:, :, 8, 0] == edge)
        & (tiles[:, :, 15, 8] == edge)
        & (tiles[:, :, 8, 15] == edge)
        & (tiles[:, :, 12, 12] == fill)
    )
    for row, column in np.argwhere(found).tolist():
        tile = tiles[row, column]
        colour = int(tile[0, 0])
        outline = int((tile == colour).sum())
        inside = int((tile == int(tile[4, 4])).sum())
        if 61 <= outline <= 68 and 185 <= inside <= 195:
            return (row, column, colour)
    return ()


def find_goal(codes):
    counts = vision.tile_counts(vision.where(codes, GREEN), TILE)
    for row, column in np.argwhere(counts == TILE * TILE).tolist():
        return (row, column)
    return ()


def perceive_initial(frame):
    codes = vision.pack(frame)
    tiles = vision.tiles(codes, TILE)
    return (perceive(frame).shape, find_key(tiles), find_door(tiles), find_goal(codes))


def is_bar(code, door):
    # an open door's bar has two thirds of the door's colour
    for shift in (16, 8, 0):
        if abs(3 * ((code >> shift) & 255) - 2 * ((door >> shift) & 255)) > 18:
            return False
    return True


def code_of(pixel):
    red, green, blue = pixel.tolist()
    return (red << 16) | (green << 8) | blue


def is_key(tile, ink, picture):
    return bool(
        tile[13, 6] == ink
        and tile[4, 10] == ink
        and tile[4, 8] != ink
        and (tile != picture).sum() < 20
    )


def key_taken(now, initial):
    shape, key, door, goal = initial
    if not key or now.shape != shape:
        return False
    row, column, ink, picture = key
    # the key's tile must show floor, with or without the agent
    if code_of(now[row, column, 0, 0]) != int(picture[0, 0]):
        return False
    # wherever the middle of a tile has the key's colour, look whether the key lies there
    wanted = [ink >> 16, (ink >> 8) & 255, ink & 255]
    for r, middles in enumerate(now[:, :, 8, 8].tolist()):
        if wanted in middles:
            for c, middle in enumerate(middles):
                if middle == wanted and is_key(vision.pack(now[r, c]), ink, picture):
                    return False
    return True


def door_open(now, initial):
    shape, key, door, goal = initial
    if not door or now.shape != shape:
        return False
    row, column, colour = door
    tile = now[row, column]
    # shut: the door's colour, or its bar, on all four edges; open: a bar on one edge only
    bars = 0
    for pixel in (tile[8, 0], tile[0, 8], tile[8, 15], tile[15, 8]):
        code = code_of(pixel)
        if code == colour:
            return False
        if is_bar(code, colour):
            bars += 1
    return bars == 1


def agent_on_green_square(now, initial):
    shape, key, door, goal = initial
    if not goal or now.shape != shape:
        return False
    tile = now[goal[0], goal[1]]
    ink = code_of(tile[8, 8])
    if ink == GREEN or code_of(tile[7, 7]) != ink:
        return False
    # the triangle has 48 pixels of its full colour and leaves 186 green ones, whichever way it points
    codes = vision.pack(tile)
    if not 40 <= int((codes == ink).sum()) <= 56:
        return False
    return 175 <= int((codes == GREEN).sum()) <= 197


SUBTASKS = [key_taken, door_open, agent_on_green_square]
