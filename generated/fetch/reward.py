import numpy as np
from synth import vision

TILE = 16
COLOURS = {
    "red": 0xFF0000,
    "green": 0x00FF00,
    "blue": 0x0000FF,
    "purple": 0x7027C3,
    "yellow": 0xFFFF00,
    "grey": 0x646464,
}
# Pixels of the full colour on the tile of a ball (68) and of a key (32).
# A box has 44, the agent 48, a wall 256.
KINDS = {"ball": (60, 76), "key": (26, 38)}
GRID = 0x212121


def perceive(frame):
    return vision.pack(frame)


def perceive_initial(frame):
    codes = vision.pack(frame)
    things = []
    for colour, code in COLOURS.items():
        counts = vision.tile_counts(vision.where(codes, code), TILE)
        for kind, limits in KINDS.items():
            for row, column in np.argwhere((counts >= limits[0]) & (counts <= limits[1])).tolist():
                things.append((colour, kind, row * TILE, column * TILE))
    return codes.shape, things


def named(mission, names):
    words = mission.lower().replace(",", " ").replace(".", " ").split()
    found = [name for name in names if name in words]
    if len(found) == 1:
        return found[0]
    return ""


def lies_there(codes, thing):
    colour, kind, top, left = thing
    low, high = KINDS[kind]
    tile = codes[top:top + TILE, left:left + TILE]
    return low <= int((tile == COLOURS[colour]).sum()) <= high


def named_object_taken(now, initial, mission):
    shape, things = initial
    if now.shape != shape:
        return False
    colour = named(mission, COLOURS)
    kind = named(mission, KINDS)
    if colour == "" or kind == "":
        return False
    total = 0
    gone = 0
    for thing in things:
        wanted = thing[0] == colour and thing[1] == kind
        if wanted:
            total += 1
        if not lies_there(now, thing):
            if not wanted:
                return False
            top, left = thing[2], thing[3]
            tile = now[top:top + TILE, left:left + TILE]
            # The floor of its tile must be seen, with its grid lines.
            if int((tile == GRID).sum()) < 26:
                return False
            gone += 1
    if gone == 0:
        return False
    # It must not lie on another tile instead.
    counts = vision.tile_counts(vision.where(now, COLOURS[colour]), TILE)
    low, high = KINDS[kind]
    return int(((counts >= low) & (counts <= high)).sum()) < total


SUBTASKS = [named_object_taken]
