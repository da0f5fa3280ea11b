# Waits for the agent to stand in the doorway, one step after the door has opened.
#
# caught by: expert
# because: door_open holds on no recorded frame of any episode: it is always false


def perceive(frame):
    height, width = frame.shape[:2]
    t = height // ROWS
    if t < 8 or (height, width) != (ROWS * t, COLUMNS * t):
        return NOTHING
    image = frame.astype(np.int32)
    corner = image[t - 1::t, t - 1::t]
    bottom = image[t - 1::t, t // 2::t]
    edge = image[t // 2::t, t - 1::t]
    centre = image[t // 2::t, t * 7 // 16::t]
    stem = image[t * 9 // 16::t, t * 9 // 16::t]
    beside = image[t * 9 // 16::t, t * 5 // 16::t]
    keys = (apart(stem, beside) > STEP) & (2 * apart(centre, corner) < apart(stem, beside))
    opened = (apart(edge, bottom) > 30) & (apart(centre, bottom) > STEP)
    return {
        "size": (height, width),
        "keys": tuple([cell for cell in cells(keys) if cell[1] != WALL]),
        "open": tuple([cell for cell in cells(opened) if cell[1] == WALL]),
    }
