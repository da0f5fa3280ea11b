# Takes the agent before the door with the key in hand for the door being open.
#
# caught by: expert
# because: door_open .*early


def perceive(frame):
    height, width = frame.shape[:2]
    t = height // ROWS
    if t < 8 or (height, width) != (ROWS * t, COLUMNS * t):
        return {**NOTHING, "agents": (), "doors": ()}
    image = frame.astype(np.int32)
    corner = image[t - 1::t, t - 1::t]
    centre = image[t // 2::t, t * 7 // 16::t]
    stem = image[t * 9 // 16::t, t * 9 // 16::t]
    beside = image[t * 9 // 16::t, t * 5 // 16::t]
    keys = (apart(stem, beside) > STEP) & (2 * apart(centre, corner) < apart(stem, beside))
    agents = centre[..., 0] - np.maximum(centre[..., 1], centre[..., 2]) > 90
    doors = apart(image[t // 4::t, t // 4::t], corner) > 25
    return {
        "size": (height, width),
        "keys": tuple([cell for cell in cells(keys) if cell[1] != WALL]),
        "agents": cells(agents),
        "doors": tuple([cell for cell in cells(doors) if cell[1] == WALL]),
    }


def door_open(now, initial):
    if now["size"] != initial["size"] or len(initial["doors"]) != 1 or now["keys"]:
        return False
    row, column = initial["doors"][0]
    return len(initial["keys"]) == 1 and (row, column - 1) in now["agents"]
