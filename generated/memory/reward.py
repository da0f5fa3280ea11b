import numpy as np

TILE = 7
RED_PIXEL = [255, 0, 0]

# The green of a ball and of a key: the tile without its first row and column, which are lines of the grid.
BALL = np.array([
    [0, 113, 170, 113, 0, 0],
    [113, 255, 255, 255, 113, 0],
    [170, 255, 255, 255, 170, 0],
    [113, 255, 255, 255, 113, 0],
    [0, 113, 170, 113, 0, 0],
    [0, 0, 0, 0, 0, 0],
])
KEY = np.array([
    [0, 56, 198, 226, 56, 0],
    [0, 56, 226, 226, 28, 0],
    [0, 0, 170, 85, 0, 0],
    [0, 56, 226, 85, 0, 0],
    [0, 28, 198, 85, 0, 0],
    [0, 0, 0, 0, 0, 0],
])
KINDS = {"ball": BALL, "key": KEY}
AGENT_PIXELS = 8  # that are fully red, whichever way the triangle points


def find_things(frame):
    # (kind, row, column) of all balls and keys
    rows = frame.shape[0] // TILE
    columns = frame.shape[1] // TILE
    things = []
    middles = frame[3:rows * TILE:TILE, 3:columns * TILE:TILE, 1]
    for row, column in np.argwhere(middles >= 170).tolist():
        part = frame[row * TILE + 1:row * TILE + TILE, column * TILE + 1:column * TILE + TILE]
        if part[:, :, 0].any() or part[:, :, 2].any():
            continue
        for kind, look in KINDS.items():
            if (part[:, :, 1] == look).all():
                things.append((kind, row, column))
    return things


def perceive(frame):
    # the checker looks at one tile
    return frame[:]


def perceive_initial(frame):
    # the tile beside the matching thing, () where the picture shows none
    things = find_things(frame)
    for upper in things:
        for lower in things:
            # the two ends of the upright corridor, and to the left of them what is in the small room
            if upper[2] != lower[2] or lower[1] - upper[1] != 4 or upper[0] == lower[0]:
                continue
            for cue in things:
                if cue[2] < upper[2] and upper[1] < cue[1] < lower[1]:
                    if cue[0] == upper[0]:
                        return upper[1] + 1, upper[2]
                    return lower[1] - 1, lower[2]
    return ()


def at_matching_thing(now, initial):
    if len(initial) == 0:
        return False
    top = initial[0] * TILE
    left = initial[1] * TILE
    part = now[top + 1:top + TILE, left + 1:left + TILE]
    if part.shape != (TILE - 1, TILE - 1, 3) or part[2, 2].tolist() != RED_PIXEL:
        return False
    return bool((part[:, :, 0] == 255).sum() == AGENT_PIXELS and not part[:, :, 1:].any())


SUBTASKS = [at_matching_thing]
