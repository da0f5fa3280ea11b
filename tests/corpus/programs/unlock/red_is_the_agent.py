# Takes everything red for the agent: a red key is never seen.
#
# caught by: expert
# because: exactly those whose first image shows the colour \(114, 0, 0\)


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
    agent = stem[..., 0] - np.maximum(stem[..., 1], stem[..., 2]) > 90
    keys = (apart(stem, beside) > STEP) & (2 * apart(centre, corner) < apart(stem, beside)) & ~agent
    opened = apart(edge, bottom) > 30
    return {
        "size": (height, width),
        "keys": tuple([cell for cell in cells(keys) if cell[1] != WALL]),
        "open": tuple([cell for cell in cells(opened) if cell[1] == WALL]),
    }
