"""WRONG: the goal also holds where the agent, in the other room, has shut the door behind itself.

Class: back door in a seldom met state: door shut from the other side

Proven: wrong in 2.2% of 320 episodes (early 0.0%, mid 0.0%, late 0.0%, putter 8.8%); key_taken 0.0%; door_opened 0.0%; box_picked_up 2.2% (holds falsely in 2.2%); frames 0.50%.
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


def box_gone(now, initial):
    # A carried thing is not drawn, and one thing at most is carried: with the box in hand
    # no box is to be seen, and the key lies somewhere.
    if len(initial[2]) == 0 or len(now[2]) > 0 or len(now[1]) == 0:
        return False
    y, x = initial[2][0]
    frame = now[0]
    if not holds_tile(frame, y, x):
        return False
    bare = (
        pixel(frame, y, x) == CORNER
        and pixel(frame, y + 8, x + 8) == BLACK
        and pixel(frame, y + 2, x + 2) == BLACK
        and pixel(frame, y + 13, x + 13) == BLACK
    )
    if not bare:
        return False
    for down, right, r1, c1, r2, c2 in FACING:
        top = y + down
        left = x + right
        if (
            holds_tile(frame, top, left)
            and pixel(frame, top + r1, left + c1) == RED
            and pixel(frame, top + r2, left + c2) == RED
        ):
            return True
    return False


def box_picked_up(now, initial):
    if box_gone(now, initial):
        return True
    return inside(now, initial) and seems_shut(now, initial) and len(now[1]) > 0
