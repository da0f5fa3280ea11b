# Takes the door's filling being gone from its place for the door being open, scene or no scene.
#
# caught by: contract
# because: door_open holds on a (black|grey|white) image .* make sure that the image shows the scene


def perceive(frame):
    height, width = frame.shape[:2]
    t = height // ROWS
    if t < 8 or (height, width) != (ROWS * t, COLUMNS * t):
        return {**NOTHING, "filled": ()}
    image = frame.astype(np.int32)
    corner = image[t - 1::t, t - 1::t]
    filling = image[t // 4::t, t // 4::t]
    centre = image[t // 2::t, t * 7 // 16::t]
    stem = image[t * 9 // 16::t, t * 9 // 16::t]
    beside = image[t * 9 // 16::t, t * 5 // 16::t]
    keys = (apart(stem, beside) > STEP) & (2 * apart(centre, corner) < apart(stem, beside))
    filled = (apart(filling, corner) > 25) & (filling.max(axis=-1) > 30)
    return {
        "size": (height, width),
        "keys": tuple([cell for cell in cells(keys) if cell[1] != WALL]),
        "filled": tuple([cell for cell in cells(filled) if cell[1] == WALL]),
    }


def door_open(now, initial):
    if now["size"] != initial["size"] or len(initial["filled"]) != 1:
        return False
    return initial["filled"][0] not in now["filled"]
