# Takes any change of the door's tile for the door being open.
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
    doors = yellow(corner)
    keys = (apart(stem, beside) > STEP) & (2 * apart(centre, corner) < apart(stem, beside))
    return {
        "size": (height, width),
        "keys": cells(keys & ~doors),
        "doors": cells(doors),
        "tiles": image.reshape(ROWS, t, COLUMNS, t, 3).mean(axis=(1, 3)),
        "goals": cells(green(corner)),
        "agents": cells(red(centre)),
    }


def door_open(now, initial):
    if now["size"] != initial["size"] or len(initial["doors"]) != 1:
        return False
    row, column = initial["doors"][0]
    return bool(apart(now["tiles"][row, column], initial["tiles"][row, column]) > 20)
