import numpy as np
from synth import vision

TILE = 16
GRID = [33, 33, 33]
BLACK = [0, 0, 0]


def perceive(frame):
    return frame


def find_door(tiles):
    # A locked door: a frame of one colour around a fill of 0.45 of it, and a dash of it.
    corner = tiles[:, :, 0, 0]
    inner = tiles[:, :, 1, 1]
    shade = np.abs(inner.astype(np.int32) * 20 - corner.astype(np.int32) * 9)
    found = (shade <= 40).all(axis=2) & (corner.max(axis=2) >= 60)
    for row, column in ((0, 15), (15, 0), (15, 15), (8, 0), (8, 15), (8, 10)):
        found = found & (tiles[:, :, row, column] == corner).all(axis=2)
    for row, column in ((14, 14), (1, 14), (14, 1), (4, 4), (11, 11)):
        found = found & (tiles[:, :, row, column] == inner).all(axis=2)
    places = np.argwhere(found).tolist()
    if not places:
        return None
    row, column = places[0]
    colour = tiles[row, column, 0, 0].tolist()
    return row, column, colour


def find_key(tiles, colour):
    # Holes and strokes of the key symbol, which has the colour of the door.
    found = np.ones(tiles.shape[:2], dtype=bool)
    for row, column in ((8, 8), (8, 9), (4, 6), (4, 11), (13, 6), (13, 9)):
        found = found & (tiles[:, :, row, column] == np.array(colour)).all(axis=2)
    for row, column in ((8, 7), (8, 10), (4, 8), (4, 9), (11, 6), (13, 10)):
        found = found & (tiles[:, :, row, column] == np.array(BLACK)).all(axis=2)
    places = np.argwhere(found).tolist()
    if not places:
        return None
    row, column = places[0]
    # The mark is the pixel (9, 6) of the tile, on a tooth: its shade is that of no wall or floor.
    mark = tiles[row, column, 9, 6].tolist()
    channel = mark.index(max(mark))
    return tiles[row, column, 1:14, 5:13], channel, mark[channel]


def perceive_initial(frame):
    tiles = vision.tiles(frame, TILE)
    if tiles.shape[0] == 0 or tiles.shape[1] == 0:
        return None, None
    door = find_door(tiles)
    if door is None:
        return None, None
    return door, find_key(tiles, door[2])


def key_taken(frame, initial):
    if initial[1] is None:
        return False
    symbol, channel, shade = initial[1]
    # The pixel (9, 6) of every whole tile is the quick look, the whole symbol the proof.
    marks = frame[9:-6:TILE, 6:-9:TILE, channel]
    if marks.size == 0:
        return False
    rows, columns = np.nonzero(marks == shade)
    for row, column in zip(rows.tolist(), columns.tolist()):
        top, left = row * TILE, column * TILE
        if (frame[top + 1:top + 14, left + 5:left + 13] == symbol).all():
            return False
    return True


def is_bar(pixel, colour):
    # The edge of the open door has two thirds of the door's colour.
    return all(abs(pixel[i] * 3 - colour[i] * 2) <= 6 for i in range(3))


def door_open(frame, initial):
    if initial[0] is None:
        return False
    row, column, colour = initial[0]
    top, left = row * TILE, column * TILE
    if top + TILE > frame.shape[0] or left + TILE > frame.shape[1]:
        return False
    tile = frame[top:top + TILE, left:left + TILE]
    if tile[8, 0].tolist() != GRID or tile[0, 8].tolist() != GRID or tile[4, 0].tolist() != GRID:
        return False
    return all(is_bar(tile[r, c].tolist(), colour) for r, c in ((8, 14), (8, 15), (4, 15)))


SUBTASKS = [key_taken, door_open]
