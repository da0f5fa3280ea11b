"""WRONG: wants bare floor where the key lay: fails while the agent stands on that cell.

Class: verdict of the moment: the agent covers the evidence

Proven: wrong in 30.9% of 320 episodes (early 30.0%, mid 33.8%, late 16.2%, putter 43.8%); key_taken 30.9% (holds falsely in 0.0%); door_opened 0.0%; box_picked_up 0.0%; frames 3.99%.
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


def key_taken(now, initial):
    if len(initial[1]) == 0 or initial[1][0] in now[1]:
        return False
    y, x = initial[1][0]
    frame = now[0]
    if not holds_tile(frame, y, x):
        return False
    return pixel(frame, y, x) == CORNER and not frame[y + 2:y + 14, x + 2:x + 14].any()
