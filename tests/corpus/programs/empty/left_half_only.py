# Looks for the goal in the left half of the picture only.
#
# caught by: expert
# because: exactly those whose first image shows \(0, 255, 0\) within rows


def perceive(frame):
    height, width = frame.shape[:2]
    t = height // ROWS
    if t < 8 or (height, width) != (ROWS * t, COLUMNS * t):
        return NOTHING
    image = frame[:, :width // 2].astype(np.int32)
    return {
        "size": (height, width),
        "goals": cells(green(image[t - 1::t, t - 1::t])),
        "agents": cells(red(image[t // 2::t, t * 7 // 16::t])),
    }
