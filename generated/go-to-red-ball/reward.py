import numpy as np
from synth import vision

TILE = 12
RED = 0xFF0000
RED_PIXEL = [255, 0, 0]

# The red of a red ball: the tile without its first row and column, which are lines of the grid.
BALL = np.array([
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 113, 170, 170, 113, 0, 0, 0, 0],
    [0, 0, 170, 255, 255, 255, 255, 170, 0, 0, 0],
    [0, 113, 255, 255, 255, 255, 255, 255, 113, 0, 0],
    [0, 170, 255, 255, 255, 255, 255, 255, 170, 0, 0],
    [0, 170, 255, 255, 255, 255, 255, 255, 170, 0, 0],
    [0, 113, 255, 255, 255, 255, 255, 255, 113, 0, 0],
    [0, 0, 170, 255, 255, 255, 255, 170, 0, 0, 0],
    [0, 0, 0, 113, 170, 170, 113, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
])

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


def shows_ball(frame, row, column):
    part = frame[row * TILE + 1:row * TILE + TILE, column * TILE + 1:column * TILE + TILE]
    return bool((part[:, :, 0] == BALL).all() and not part[:, :, 1:].any())


def is_agent(frame, top, left, step):
    # the whole triangle, pixel by pixel
    shape = TRIANGLE if step[1] == 0 else TRIANGLE.T
    if step[0] > 0:
        shape = shape[::-1]
    if step[1] > 0:
        shape = shape[:, ::-1]
    red = vision.pack(frame[top + 1:top + 11, left + 1:left + 11]) == RED
    return bool((red == shape).all())


def perceive(frame):
    # whether the agent, the first one if there were several, looks at a red ball on the tile before it
    rows = frame.shape[0] // TILE
    columns = frame.shape[1] // TILE
    # the red of the middles of all tiles: 255 where the agent is, and in red balls
    reds = frame[5:rows * TILE:TILE, 6:columns * TILE:TILE, 0].tolist()
    earlier = []
    for row, line in enumerate(reds):
        if 255 not in line:
            continue
        for column, red in enumerate(line):
            if red != 255:
                continue
            top = row * TILE
            left = column * TILE
            upper, lower = frame[top + 4:top + 8:3, left + 4:left + 8:3].tolist()
            step = HEADINGS.get((
                upper[0] == RED_PIXEL,
                upper[1] == RED_PIXEL,
                lower[0] == RED_PIXEL,
                lower[1] == RED_PIXEL,
            ))
            if step is None:
                continue
            # look for the ball first: most often there is none, and the triangle need not be looked at
            r = row + step[0]
            c = column + step[1]
            if 0 <= r < rows and 0 <= c < columns and reds[r][c] == 255:
                if shows_ball(frame, r, c) and is_agent(frame, top, left, step):
                    return not any(is_agent(frame, other[0], other[1], other[2]) for other in earlier)
            earlier.append((top, left, step))
    return False


def red_ball_faced(now, initial):
    return now


SUBTASKS = [red_ball_faced]
