# Counts green pixels against numbers that are right for one size of tile alone.
#
# caught by: metamorphic
# because: agent_on_goal.*tile_size


def perceive(frame):
    height, width = frame.shape[:2]
    t = height // ROWS
    if t < 8 or (height, width) != (ROWS * t, COLUMNS * t):
        return {**NOTHING, "green": 0}
    image = frame.astype(np.int32)
    corner = image[t - 1::t, t - 1::t]
    left = image[t - 1::t, ::t]
    centre = image[t // 2::t, t * 7 // 16::t]
    stem = image[t * 9 // 16::t, t * 9 // 16::t]
    beside = image[t * 9 // 16::t, t * 5 // 16::t]
    doors = yellow(corner)
    keys = (apart(stem, beside) > STEP) & (2 * apart(centre, corner) < apart(stem, beside))
    return {
        "size": (height, width),
        "keys": cells(keys & ~doors),
        "doors": cells(doors),
        "open": cells(doors & ~yellow(left)),
        "green": int(np.count_nonzero(green(image))),
    }


def agent_on_goal(now, initial):
    return now["size"] == initial["size"] and initial["green"] > 200 and 100 < now["green"] < 200
