import numpy as np

# From the left side of the body, half way up, to the centre of the car: 10.4 of 300 pixels.
HALF_CAR = 10.4 / 300.0


def perceive(frame):
    """Where the pole of the flag and the left side of the car are, as shares of the width.

    -1 stands for what is not found. The black body and the saturated pennant are the only
    things whose blue is low; the hill and the pole are thin grey lines. Every second row
    will do for both.
    """
    pole = -1.0
    left = -1.0
    half = frame[::2]
    height, width = half.shape[:2]
    at = np.flatnonzero(half[:, :, 2] < 100)
    if at.size == 0 or at.size * 25 > height * width:
        return pole, left
    rows = at // width
    cols = at - rows * width
    red = half[rows, cols, 0]

    flag = cols[red > 150]
    if flag.size * 10000 > height * width:
        first = int(flag.min())
        if int(flag.max()) - first < 0.1 * width:
            pole = (first + 0.33) / width

    body = red < 40
    body_cols = cols[body]
    if body_cols.size * 3000 > height * width:
        # Indices come row by row, so the first and the last are the top and the bottom.
        body_rows = rows[body]
        top = int(body_rows[0])
        bottom = int(body_rows[-1])
        small = int(body_cols.max()) - int(body_cols.min()) < 0.12 * width
        if small and bottom - top < 0.18 * height:
            middle = (top + bottom) // 2
            line = body_cols[body_rows == middle]
            if line.size > 0:
                # The side is blended over a pixel: its place is known to a fraction.
                c = int(line[0])
                side = c + int(half[middle, c, 0]) / 255.0
                if c > 0:
                    side -= (255 - int(half[middle, c - 1, 0])) / 255.0
                left = max(side, 0.0) / width
    return pole, left


def reach_flag(now, initial):
    pole = initial[0]
    left = now[1]
    return bool(pole >= 0.0 and left >= 0.0 and left + HALF_CAR >= pole)


SUBTASKS = [reach_flag]
