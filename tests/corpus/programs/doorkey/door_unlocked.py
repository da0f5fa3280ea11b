# Takes an unlocked door for an open one: looks only for the dark filling of a locked door.
#
# caught by: near_miss
# because: door_open holds .* although the thing of which it tells


def perceive(frame):
    height, width = frame.shape[:2]
    t = height // ROWS
    if t < 8 or (height, width) != (ROWS * t, COLUMNS * t):
        return NOTHING
    image = frame.astype(np.int32)
    corner = image[t - 1::t, t - 1::t]
    centre = image[t // 2::t, t * 7 // 16::t]
    stem = image[t * 9 // 16::t, t * 9 // 16::t]
    beside = image[t * 9 // 16::t, t * 5 // 16::t]
    filling = image[t // 4::t, t // 4::t]
    doors = yellow(corner)
    keys = (apart(stem, beside) > STEP) & (2 * apart(centre, corner) < apart(stem, beside))
    locked = doors & (np.minimum(filling[..., 0], filling[..., 1]) - filling[..., 2] > 50)
    return {
        "size": (height, width),
        "keys": cells(keys & ~doors),
        "doors": cells(doors),
        "open": cells(doors & ~locked),
        "goals": cells(green(corner)),
        "agents": cells(red(centre)),
    }
