import numpy as np
from synth import vision

TILE = 16
RED = (255, 0, 0)
GREEN = (0, 255, 0)
# Points in a tile that tell a key: five of its colour (teeth, ring and shaft),
# then three black ones (the hole of the ring, the floor left of the shaft).
KEY_ROWS = np.array((13, 4, 4, 11, 13, 4, 8, 12))
KEY_COLUMNS = np.array((6, 6, 10, 8, 9, 8, 6, 5))


def whole_tiles(frame):
    codes = vision.pack(frame)
    height, width = codes.shape
    return codes[:height // TILE * TILE, :width // TILE * TILE]


def shut_doors(codes):
    # A frame of one colour all around, filled with another, and a handle mark.
    rim = codes[0::TILE, 0::TILE]
    fill = codes[1::TILE, 1::TILE]
    door = (fill != rim) & (fill != 0)
    door &= (codes[0::TILE, 15::TILE] == rim) & (codes[15::TILE, 0::TILE] == rim)
    door &= (codes[15::TILE, 15::TILE] == rim) & (codes[0::TILE, 8::TILE] == rim)
    door &= (codes[8::TILE, 0::TILE] == rim) & (codes[8::TILE, 10::TILE] == rim)
    door &= (codes[1::TILE, 14::TILE] == fill) & (codes[14::TILE, 1::TILE] == fill)
    door &= (codes[14::TILE, 14::TILE] == fill) & (codes[4::TILE, 8::TILE] == fill)
    return np.argwhere(door).tolist()


def key_looks(tiles):
    # What the points show, for each tile with a key of whatever colour.
    points = tiles[:, :, KEY_ROWS, KEY_COLUMNS]
    body = points[:, :, :5]
    key = (body == body[:, :, :1]).all(axis=(2, 3)) & body.any(axis=(2, 3))
    return points[key & ~points[:, :, 5:].any(axis=(2, 3))]


def tile_at(tiles, place):
    if place is None or place[0] >= tiles.shape[0] or place[1] >= tiles.shape[1]:
        return None
    return tiles[place[0], place[1]]


def perceive(frame):
    return vision.tiles(frame, TILE)


def perceive_initial(frame):
    codes = whole_tiles(frame)
    tiles = vision.tiles(frame, TILE)
    looks = key_looks(tiles)
    doors = shut_doors(codes)
    goals = np.argwhere(vision.tile_counts(vision.where(codes, GREEN), TILE) == TILE * TILE).tolist()
    door = doors[0] if doors else None
    look = looks[0] if len(looks) else None
    if door is not None:
        rim = tile_at(tiles, door)[0, 0]
        fitting = [key for key in looks if (key[0] == rim).all()]
        look = fitting[0] if fitting else look
    return look, door, (goals[0] if goals else None)


def key_taken(now, initial):
    look = initial[0]
    if look is None:
        return False
    points = now[:, :, KEY_ROWS, KEY_COLUMNS]
    return not (points == look).all(axis=(2, 3)).any()


def door_open(now, initial):
    tile = tile_at(now, initial[1])
    # The agent's triangle keeps to rows and columns 2 to 13, so these show
    # the door itself: floor above and below, a strip at the right edge.
    if tile is None or tile[1, 1:14].any() or tile[14, 1:14].any():
        return False
    strip = tile[1:15, 14:16]
    colour = strip[0, 0]
    return bool(colour.any() and (colour != tile[8, 0]).any() and (strip == colour).all())


def agent_on_goal(now, initial):
    tile = tile_at(now, initial[2])
    if tile is None or tuple(tile[7, 7].tolist()) != RED or tuple(tile[8, 8].tolist()) != RED:
        return False
    red = vision.count_colour(tile, RED)
    green = vision.count_colour(tile, GREEN)
    return 40 <= red <= 56 and green >= 170


SUBTASKS = [key_taken, door_open, agent_on_goal]
