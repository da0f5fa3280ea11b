import numpy as np
from synth import vision

TILE = 12
RED_PIXEL = [255, 0, 0]
WALL = 0x646464

COLOURS = {
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "purple": (112, 39, 195),
    "yellow": (255, 255, 0),
    "grey": (100, 100, 100),
}
# The brightness, of 255, of a door's outermost pixels: closed, and locked.
EDGES = (85, 208)

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
RED_ARRAY = np.array([255, 0, 0], dtype=np.uint8)


def is_agent(frame, top, left, step):
    red = (frame[top + 1:top + 11, left + 1:left + 11] == RED_ARRAY).all(axis=2)
    shape = TRIANGLE if step[1] == 0 else TRIANGLE.T
    if step[0] > 0:
        shape = shape[::-1]
    if step[1] > 0:
        shape = shape[:, ::-1]
    return bool((red == shape).all())


def perceive(frame):
    # the tile before the agent, () where there is no agent
    rows = frame.shape[0] // TILE
    columns = frame.shape[1] // TILE
    # the middle of the agent is red, whichever way it looks
    bright = frame[5:rows * TILE:TILE, 6:columns * TILE:TILE, 0] == 255
    for spot in np.flatnonzero(bright).tolist():
        row, column = divmod(spot, columns)
        top = row * TILE
        left = column * TILE
        upper, lower = frame[top + 4:top + 8:3, left + 4:left + 8:3].tolist()
        signs = (
            upper[0] == RED_PIXEL,
            upper[1] == RED_PIXEL,
            lower[0] == RED_PIXEL,
            lower[1] == RED_PIXEL,
        )
        if signs in HEADINGS:
            step = HEADINGS[signs]
            if is_agent(frame, top, left, step):
                return row + step[0], column + step[1]
    return ()


def colour_of(pixel):
    # the colour of the door whose outermost pixels are like this, "" for none
    for name, rgb in COLOURS.items():
        for bright in EDGES:
            if all(abs(pixel[i] - rgb[i] * bright // 255) <= 3 for i in range(3)):
                return name
    return ""


def perceive_initial(frame):
    # the doors: (colour, row, column)
    high = frame.shape[0] // TILE * TILE
    wide = frame.shape[1] // TILE * TILE
    left = vision.pack(frame[5:high:TILE, 0:wide:TILE])
    right = vision.pack(frame[5:high:TILE, TILE - 1:wide:TILE])
    upper = vision.pack(frame[0:high:TILE, 5:wide:TILE])
    lower = vision.pack(frame[TILE - 1:high:TILE, 5:wide:TILE])
    framed = (left == right) & (left == upper) & (left == lower) & (left != WALL) & (left != 0)
    doors = []
    for row, column in np.argwhere(framed).tolist():
        colour = colour_of(frame[row * TILE + 5, column * TILE].tolist())
        if colour != "":
            doors.append((colour, row, column))
    return doors


def wanted(mission):
    for word in mission.split():
        if word in COLOURS:
            return word
    return ""


def named_door_faced(now, initial, mission):
    if len(now) == 0:
        return False
    colour = wanted(mission)
    return colour != "" and (colour, now[0], now[1]) in initial


SUBTASKS = [named_door_faced]
