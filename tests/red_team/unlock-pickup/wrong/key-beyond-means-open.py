"""WRONG: a key that lies in the other room proves the door open, although it has been shut again.

Class: once done stays done, inferred from another thing

Proven: wrong in 2.8% of 320 episodes (early 0.0%, mid 0.0%, late 0.0%, putter 11.2%); key_taken 0.0%; door_opened 2.8% (holds falsely in 2.8%); box_picked_up 0.0%; frames 1.10%.
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


def inside(now, initial):
    # Whether the agent is beyond the door's column.
    a = agent_of(now[0])
    return a is not None and len(initial[3]) > 0 and a[1] * TILE > initial[3][0][1]


def seems_open(now, initial):
    if len(initial[3]) == 0:
        return False
    y, x = initial[3][0]
    frame = now[0]
    if not holds_tile(frame, y, x):
        return False
    line = frame[y + 5, x:x + TILE].tobytes()
    strip = line[42:45]
    return (
        tuple(line[3:6]) == BLACK
        and tuple(line[0:3]) == LINE
        and any(strip)
        and line[45:48] == strip
    )


def seems_shut(now, initial):
    # A coloured frame on both sides, black or dim in between: shut, but no longer locked.
    if len(initial[3]) == 0:
        return False
    y, x = initial[3][0]
    frame = now[0]
    if not holds_tile(frame, y, x):
        return False
    first = pixel(frame, y, x)
    return any(first) and first == pixel(frame, y + 15, x + 15) and initial[3][0] not in now[3]


def door_opened(now, initial):
    if seems_open(now, initial):
        return True
    if len(now[1]) == 0 or not seems_shut(now, initial):
        return False
    return now[1][0][1] > initial[3][0][1]
