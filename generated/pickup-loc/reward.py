import numpy as np
from synth import vision

SIZE = 12
KINDS = ("ball", "box", "key")
ANY_KIND = ("object", "thing", "item")
COLOURS = ("red", "green", "blue", "yellow", "purple", "grey", "gray")
ARTICLES = ("a", "an", "the", "any", "some", "one")

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
UP = (
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0),
    (0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0),
    (0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0),
    (0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0),
    (0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0),
    (0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0),
    (0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0),
    (0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0),
    (0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0),
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
)
DOWN = (
    (0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0),
    (0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0),
    (0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0),
    (0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0),
    (0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0),
    (0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0),
    (0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0),
    (0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0),
    (0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0),
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
)
LEFT = (
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0),
    (0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0),
    (0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0),
    (0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0),
    (0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0),
    (0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0),
    (0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0),
    (0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0),
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
)
RIGHT = (
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0),
    (1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0),
    (1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0),
    (1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0),
    (1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0),
    (1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0),
    (1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
)


def tile_at(frame, row, column):
    return frame[row * SIZE:row * SIZE + SIZE, column * SIZE:column * SIZE + SIZE]


def places(filled, shape):
    """(row, column) of all tiles of which exactly the pixels of a shape are filled."""
    return np.argwhere((filled == np.array(shape, dtype=bool)).all(axis=(2, 3))).tolist()


def colour_of(tile):
    red, green, blue = tile[1:, 1:].reshape(-1, 3).max(axis=0).tolist()
    if red == green and green == blue:
        return "grey"
    if green == 0 and blue == 0:
        return "red"
    if red == 0 and blue == 0:
        return "green"
    if red == 0 and green == 0:
        return "blue"
    if red == green and blue == 0:
        return "yellow"
    if blue > red and red > green:
        return "purple"
    return ""


def perceive(frame):
    return frame


def perceive_initial(frame):
    if frame.ndim != 3 or frame.shape[0] < 2 * SIZE or frame.shape[1] < SIZE or frame.shape[2] != 3:
        return None
    grid = vision.tiles(vision.pack(frame)[:-SIZE], SIZE)
    filled = grid[:, :, 1:, 1:] != 0
    agent = None
    for shape, down, right in ((UP, -1, 0), (DOWN, 1, 0), (LEFT, 0, -1), (RIGHT, 0, 1)):
        for row, column in places(filled, shape):
            if agent is None and colour_of(tile_at(frame, row, column)) == "red":
                agent = (row, column, down, right)
    things = []
    for kind, shape in (("ball", BALL), ("box", BOX), ("key", KEY)):
        for row, column in places(filled, shape):
            tile = tile_at(frame, row, column)
            sides = ()
            if agent is not None:
                down = row - agent[0]
                right = column - agent[1]
                ahead = down * agent[2] + right * agent[3]
                aside = down * agent[3] - right * agent[2]
                sides = (ahead > 0, ahead < 0, aside < 0, aside > 0)
            things.append((kind, colour_of(tile), sides, row, column, tile))
    return frame.shape, tuple(things)


def wanted(mission):
    """The kind, the colour and the number of the side that a mission names, or None."""
    words = mission.lower().replace(",", " ").replace(".", " ").split()
    kind = ""
    at = -1
    for index, word in enumerate(words):
        if word in KINDS or word in ANY_KIND:
            kind = word if word in KINDS else "any"
            at = index
            break
    if at < 1:
        return None
    colour = words[at - 1]
    if colour in ARTICLES:
        colour = "any"
    elif colour not in COLOURS:
        return None
    if colour == "gray":
        colour = "grey"
    side = -1
    for number, word in enumerate(("front", "behind", "left", "right")):
        if word in words[at + 1:]:
            side = number
    return kind, colour, side


def mission_object_carried(now, initial, mission):
    if initial is None or now.shape != tuple(initial[0]):
        return False
    carried = now[-SIZE:, :SIZE]
    if not carried.any():
        return False
    wish = wanted(mission)
    if wish is None:
        return False
    kind, colour, side = wish
    for thing_kind, thing_colour, sides, row, column, tile in initial[1]:
        if kind != "any" and thing_kind != kind:
            continue
        if colour != "any" and thing_colour != colour:
            continue
        if side >= 0 and not (sides and sides[side]):
            continue
        if (carried == tile).all() and (tile_at(now, row, column) != tile).any():
            return True
    return False


SUBTASKS = [mission_object_carried]
