import numpy as np
from synth import vision

TILE = 12
RED = 0xFF0000
RED_PIXEL = [255, 0, 0]

COLOURS = {
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "purple": (112, 39, 195),
    "yellow": (255, 255, 0),
    "grey": (100, 100, 100),
}

# How much of its full colour, in ninths, each pixel of a thing has; the tile
# without its first row and column, which are lines of the grid.
BALL = np.array([
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 4, 6, 6, 4, 0, 0, 0, 0],
    [0, 0, 6, 9, 9, 9, 9, 6, 0, 0, 0],
    [0, 4, 9, 9, 9, 9, 9, 9, 4, 0, 0],
    [0, 6, 9, 9, 9, 9, 9, 9, 6, 0, 0],
    [0, 6, 9, 9, 9, 9, 9, 9, 6, 0, 0],
    [0, 4, 9, 9, 9, 9, 9, 9, 4, 0, 0],
    [0, 0, 6, 9, 9, 9, 9, 6, 0, 0, 0],
    [0, 0, 0, 4, 6, 6, 4, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
])
BOX = np.array([
    [4, 6, 6, 6, 6, 6, 6, 6, 6, 4, 0],
    [6, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0],
    [6, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0],
    [6, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0],
    [6, 3, 3, 3, 3, 3, 3, 3, 3, 6, 0],
    [6, 3, 3, 3, 3, 3, 3, 3, 3, 6, 0],
    [6, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0],
    [6, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0],
    [6, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0],
    [4, 6, 6, 6, 6, 6, 6, 6, 6, 4, 0],
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
])
KEY = np.array([
    [0, 0, 0, 0, 5, 9, 7, 1, 0, 0, 0],
    [0, 0, 0, 3, 9, 6, 8, 7, 0, 0, 0],
    [0, 0, 0, 6, 9, 0, 6, 9, 0, 0, 0],
    [0, 0, 0, 2, 9, 9, 9, 6, 0, 0, 0],
    [0, 0, 0, 0, 2, 9, 7, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 9, 6, 0, 0, 0, 0],
    [0, 0, 0, 3, 9, 9, 6, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 9, 6, 0, 0, 0, 0],
    [0, 0, 0, 1, 3, 9, 6, 0, 0, 0, 0],
    [0, 0, 0, 2, 6, 6, 4, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
])
KINDS = {"ball": BALL, "box": BOX, "key": KEY}
# The ninths in the middle of the tile, row 5, column 6.
MIDDLE = {"ball": 9, "box": 3, "key": 9}

# The fully red pixels of the agent that looks up; rows and columns 1 to 10 of its tile.
TRIANGLE = np.array([
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 1, 1, 0, 0, 0, 0],
    [0, 0, 0, 0, 1, 1, 0, 0, 0, 0],
    [0, 0, 0, 1, 1, 1, 1, 0, 0, 0],
    [0, 0, 0, 1, 1, 1, 1, 0, 0, 0],
    [0, 0, 0, 1, 1, 1, 1, 0, 0, 0],
    [0, 0, 1, 1, 1, 1, 1, 1, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
])
# Which of four pixels around the middle are fully red (upper left, upper right,
# lower left, lower right) -> the step in which the agent looks (rows, columns).
HEADINGS = {
    (False, False, True, True): (-1, 0),
    (True, True, False, False): (1, 0),
    (False, True, False, True): (0, -1),
    (True, False, True, False): (0, 1),
}


def perceive(frame):
    # the frame, and where the agent seems to be: (row, column, step)
    rows = frame.shape[0] // TILE
    columns = frame.shape[1] // TILE
    middles = vision.pack(frame[5:rows * TILE:TILE, 6:columns * TILE:TILE])
    agents = []
    for spot in np.flatnonzero(middles == RED).tolist():
        row, column = divmod(spot, columns)
        top = row * TILE + 4
        left = column * TILE + 4
        upper, lower = frame[top:top + 4:3, left:left + 4:3].tolist()
        signs = (
            upper[0] == RED_PIXEL,
            upper[1] == RED_PIXEL,
            lower[0] == RED_PIXEL,
            lower[1] == RED_PIXEL,
        )
        if signs in HEADINGS:
            agents.append((row, column, HEADINGS[signs]))
    return frame[:], agents


def wanted(mission):
    words = mission.split()
    for colour, kind in zip(words, words[1:]):
        if kind in KINDS and colour in COLOURS:
            return colour, kind
    return "", ""


def is_agent(frame, row, column, step):
    top = row * TILE + 1
    left = column * TILE + 1
    red = vision.pack(frame[top:top + 10, left:left + 10]) == RED
    shape = TRIANGLE if step[1] == 0 else TRIANGLE.T
    if step[0] > 0:
        shape = shape[::-1]
    if step[1] > 0:
        shape = shape[:, ::-1]
    return bool((red != shape).sum() <= 2)


def named_thing_faced(now, initial, mission):
    frame, agents = now
    colour, kind = wanted(mission)
    if kind == "":
        return False
    rgb = COLOURS[colour]
    middle = [value * MIDDLE[kind] // 9 for value in rgb]
    for row, column, step in agents:
        top = (row + step[0]) * TILE
        left = (column + step[1]) * TILE
        if top < 0 or left < 0:
            continue
        tile = frame[top:top + TILE, left:left + TILE]
        if tile.shape != (TILE, TILE, 3) or tile[5, 6].tolist() != middle:
            continue
        look = KINDS[kind][:, :, None] * rgb // 9
        if (tile[1:, 1:] == look).all() and is_agent(frame, row, column, step):
            return True
    return False


SUBTASKS = [named_thing_faced]
