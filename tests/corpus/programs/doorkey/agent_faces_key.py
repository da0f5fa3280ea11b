# Takes the agent standing before the key and looking at it for having picked it up.
#
# caught by: near_miss
# because: key_picked_up first holds 1 frame early.*looks at where the agent is


def perceive(frame):
    height, width = frame.shape[:2]
    t = height // ROWS
    if t < 8 or (height, width) != (ROWS * t, COLUMNS * t):
        return {**NOTHING, "ahead": ()}
    image = frame.astype(np.int32)
    corner = image[t - 1::t, t - 1::t]
    left = image[t - 1::t, ::t]
    centre = image[t // 2::t, t * 7 // 16::t]
    stem = image[t * 9 // 16::t, t * 9 // 16::t]
    beside = image[t * 9 // 16::t, t * 5 // 16::t]
    doors = yellow(corner)
    keys = (apart(stem, beside) > STEP) & (2 * apart(centre, corner) < apart(stem, beside))
    agents = cells(red(centre))
    ahead = []
    for row, column in agents:
        tile = red(image[row * t:(row + 1) * t, column * t:(column + 1) * t])
        half = t // 2
        ends = (
            int(np.count_nonzero(tile[:, half:])) - int(np.count_nonzero(tile[:, :half])),
            int(np.count_nonzero(tile[half:])) - int(np.count_nonzero(tile[:half])),
        )
        if abs(ends[0]) > abs(ends[1]):
            ahead.append((row, column + (1 if ends[0] < 0 else -1)))
        else:
            ahead.append((row + (1 if ends[1] < 0 else -1), column))
    return {
        "size": (height, width),
        "keys": cells(keys & ~doors),
        "doors": cells(doors),
        "open": cells(doors & ~yellow(left)),
        "goals": cells(green(corner)),
        "agents": agents,
        "ahead": tuple(ahead),
    }


def key_picked_up(now, initial):
    if now["size"] != initial["size"] or len(initial["keys"]) != 1 or len(now["doors"]) != 1:
        return False
    return len(now["keys"]) == 0 or initial["keys"][0] in now["ahead"]
