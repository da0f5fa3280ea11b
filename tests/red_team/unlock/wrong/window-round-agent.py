"""WRONG: a key put down is looked for within three cells of the agent only; left farther behind, it counts as carried.

Class: verdict that is right only near

Proven: wrong in 9.4% of 320 episodes (early 11.2%, mid 0.0%, late 0.0%, putter 26.2%); key_taken 9.4% (holds falsely in 9.4%); door_open 0.0%; frames 3.41%.
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


def key_taken(now, initial):
    first = lying(initial, initial)
    left = lying(now, initial)
    if len(left) < len(first):
        return True
    if len(left) == 0 or now[4] is None or left == first:
        return False
    return max(abs(left[0][0] - now[4][0]), abs(left[0][1] - now[4][1])) >= 3
