"""RIGHT: cuts the key's own tile out of the initial picture and looks for the very same pixels; the door by its first look and the look of its edge columns.

Class: right, in an unusual style

Proven: episodes with a wrong verdict, of 100 each: early 0%; mid 0%; late 0%; putter 0%. 0 wrong verdicts (0 false yes, 0 false no) on 41640 frames of 400 episodes. Credit differs from true credit in: early 0% mid 0% late 0% putter 0%.
"""
import numpy as np
from synth import vision

T = 16
SHAPE = (384, 960, 2016, 1632, 2016, 960, 384, 384, 480, 480, 384, 384, 480, 0, 0)
BITS = np.array((1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384))
NOTHING = {"tiles": (), "size": (0, 0)}


def perceive(frame):
    codes = vision.pack(frame)
    height, width = codes.shape
    if height < 3 * T or width < 3 * T or height % T or width % T:
        return NOTHING
    tiles = {}
    for r in range(height // T):
        for c in range(width // T):
            tiles[(r, c)] = codes[r * T:(r + 1) * T, c * T:(c + 1) * T]
    return {"tiles": tiles, "size": (height, width)}


def silhouette(tile):
    """The bright pixels inside a tile, a number for each row."""
    inside = tile[1:, 1:]
    light = np.maximum(np.maximum(inside >> 16, (inside >> 8) & 255), inside & 255)
    top = int(light.max())
    return tuple(((2 * light > top) @ BITS).tolist()) if top else ()


def is_key(tile):
    return tile.item(0, 15) == tile.item(0, 1) and silhouette(tile) == SHAPE


def colour_of(tile):
    return tile.item(8, 8)


def is_locked(tile):
    frame = tile.item(0, 0)
    fill = tile.item(3, 3)
    if frame == fill or frame == tile.item(8, 11) == fill:
        return False
    edges = (tile[0] == frame).all() and (tile[15] == frame).all()
    sides = (tile[:, 0] == frame).all() and (tile[:, 15] == frame).all()
    return bool(edges and sides and (tile[1:8, 1:15] == fill).all() and tile.item(8, 10) == frame)


def templates(scene):
    """The key that fits (any, where none does), and the locked door, as they look at first."""
    doors = [(at, tile) for at, tile in scene["tiles"].items() if is_locked(tile)]
    keys = [(at, tile) for at, tile in scene["tiles"].items() if is_key(tile)]
    fitting = [k for k in keys if doors and k[1].item(8, 8) == doors[0][1].item(0, 0)]
    return (fitting or keys), doors


def comparable(now, initial):
    return now["size"] == initial["size"] and len(initial["tiles"]) > 0


def key_taken(now, initial):
    if not comparable(now, initial):
        return False
    keys, doors = templates(initial)
    if not keys:
        return False
    look = keys[0][1].tobytes()
    for tile in now["tiles"].values():
        if tile.tobytes() == look:
            return False
    return True


def door_opened(now, initial):
    if not comparable(now, initial):
        return False
    keys, doors = templates(initial)
    if len(doors) < 1:
        return False
    at, first = doors[0]
    tile = now["tiles"][at]
    colour = first.item(0, 0)
    # a door leaf, locked or not, has the same look at its left as at its right; an open one has not
    left = tile[4:12, 0]
    right = tile[4:12, 15]
    painted = (right >> 8 & 255) * 3 >= (colour >> 8 & 255)
    return bool((left != right).all() and painted.all() and (left == left[0]).all() and tile.item(5, 1) == 0)


def goal_reached(now, initial):
    if not comparable(now, initial):
        return False
    for at, tile in initial["tiles"].items():
        if (tile == 0x00FF00).all():
            here = now["tiles"][at]
            return bool((here == 0xFF0000).sum() > 30 and here.item(0, 0) == 0x00FF00 and here.item(15, 15) == 0x00FF00)
    return False


SUBTASKS = [key_taken, door_opened, goal_reached]
