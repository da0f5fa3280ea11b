# Takes the yellow of the door for the key's: the key is gone once that is less.
#
# caught by: expert
# because: key_picked_up and door_open are credited on the same frame in all


def perceive(frame):
    height, width = frame.shape[:2]
    t = height // ROWS
    if t < 8 or (height, width) != (ROWS * t, COLUMNS * t):
        return {**NOTHING, "yellow": 0.0}
    image = frame.astype(np.int32)
    corner = image[t - 1::t, t - 1::t]
    left = image[t - 1::t, ::t]
    doors = yellow(corner)
    return {
        "size": (height, width),
        "yellow": float(np.count_nonzero(yellow(image))) / (t * t),  # in tiles
        "doors": cells(doors),
        "open": cells(doors & ~yellow(left)),
        "goals": cells(green(corner)),
        "agents": cells(red(image[t // 2::t, t * 7 // 16::t])),
    }


def key_picked_up(now, initial):
    seen = now["size"] == initial["size"] and len(now["doors"]) == 1
    return seen and now["yellow"] < initial["yellow"] - 0.4
