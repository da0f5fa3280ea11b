"""WRONG: the goal also holds where the key was put down on the cell before the door and the agent looks at it from the west.

Class: back door in a seldom met state

Proven: wrong in 6.6% of 320 episodes (early 2.5%, mid 12.5%, late 1.2%, putter 10.0%); key_taken 0.0%; door_open 6.6% (holds falsely in 6.6%); frames 0.20%.
"""
BROAD_ROWS = (4, 11, 3, 3, 4, 11, 12, 12, 7)


BROAD_COLUMNS = (3, 3, 4, 11, 12, 12, 4, 11, 7)


STEPS = ((0, 1), (1, 0), (0, -1), (-1, 0))


def agent_of(frame):
    # Row and column of its tile, and 0 to 3 as it points right, down, left, up.
    t = vision.tiles(frame, 16)
    red = (t[:, :, BROAD_ROWS, BROAD_COLUMNS] == (255, 0, 0)).all(axis=-1)
    for way in range(4):
        seen = red[:, :, 2 * way] & red[:, :, 2 * way + 1] & red[:, :, 8]
        for r, c in np.argwhere(seen).tolist():
            return (r, c, way)
    return None


def ahead(agent):
    return (agent[0] + STEPS[agent[2]][0], agent[1] + STEPS[agent[2]][1])


def perceive(frame):
    t = vision.tiles(frame, SIZE)
    keys = []
    locked = []
    opened = []
    places = []
    # In row 8 of a key or a door, not all pixels right of the grid line have one colour.
    row = t[:, :, 8]
    for r, c in np.argwhere((row[:, :, 2:] != row[:, :, 1:-1]).any(axis=(2, 3))).tolist():
        p = t[r, c].tobytes()
        if is_key(p):
            keys.append(tuple(p[12 * 48 + 8 * 3:12 * 48 + 9 * 3]))
            places.append((r, c))
        if is_locked(p):
            locked.append((r, c, tuple(p[0:3])))
        if is_open(p):
            opened.append((r, c))
    return keys, locked, opened, places, agent_of(frame)


def lying(now, initial):
    # Cells of the keys that fit the door.
    colours = [door[2] for door in initial[1]]
    return [now[3][n] for n in range(len(now[0])) if now[0][n] in colours]


def door_open(now, initial):
    if any([(door[0], door[1]) in now[2] for door in initial[1]]):
        return True
    left = lying(now, initial)
    if len(left) == 0 or left == lying(initial, initial) or now[4] is None:
        return False
    return left[0] in [(d[0], d[1] - 1) for d in initial[1]] and ahead(now[4]) == left[0] and now[4][2] == 0
