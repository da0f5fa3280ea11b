# Knows the agent only as it points in the last frame it was shown.
#
# caught by: random
# because: most similar success on which it holds .* differs in \d+ pixels, within rows


def perceive(frame):
    height, width = frame.shape[:2]
    t = height // ROWS
    if t < 8 or (height, width) != (ROWS * t, COLUMNS * t):
        return NOTHING
    image = frame.astype(np.int32)
    top, bottom = image[t // 4::t, t * 3 // 8::t], image[t * 3 // 4::t, t // 8::t]
    return {
        "size": (height, width),
        "goals": cells(green(image[t - 1::t, t - 1::t])),
        "agents": cells(red(top) & ~red(bottom)),
    }
