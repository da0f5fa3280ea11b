import numpy as np

# A picture shows 4.4 x 4.4 units, the pivot in its middle; a link is one unit long, and the
# line is one unit above the pivot. These are fractions of the size of the picture.
UNIT = 0.2272727
# Middle of the pivot disc, in pixel numbers of a picture of 250 x 250 pixels.
PIVOT_ROW = 124.25
PIVOT_COLUMN = 124.75
# Discs and links are drawn at whole pixels of a finer picture, rounded down: on average so low.
SHIFT = 0.25
SIZE = 250.0
RADII = np.array([[30.0], [36.0], [42.0], [48.0]])
STEPS = 240
TURN = 0.02617994  # 2 pi / STEPS


def perceive(frame):
    """How many pixels (of a picture of 250 rows) the tip is above the line; far below: -1000."""
    nothing = -1000.0
    height = frame.shape[0]
    width = frame.shape[1]
    if height < 40 or width < 40:
        return nothing
    down = height / SIZE
    across = width / SIZE

    # An arm that reaches over the line crosses the row just above it: look there first.
    row = int((67.0 + 0.5) * down)
    strip = frame[row].astype(np.int16)
    if not (np.abs(strip[:, 2] - strip[:, 0]) > 60).any():
        return nothing

    # The moving joint is a yellow disc, one link from the pivot, never covered.
    angles = np.arange(STEPS) * TURN
    ups = np.sin(angles)
    rights = np.cos(angles)
    length = UNIT * SIZE
    halves = slice(0, STEPS, 2)
    rows = ((PIVOT_ROW + 0.5 - length * ups[halves]) * down).astype(np.intp)
    columns = ((PIVOT_COLUMN + 0.5 + length * rights[halves]) * across).astype(np.intp)
    seen = frame[rows, columns].astype(np.int16)
    yellow = seen[:, 0] - seen[:, 2] > 100
    up = float(ups[halves][yellow].sum())
    right = float(rights[halves][yellow].sum())
    norm = (up * up + right * right) ** 0.5
    if norm < 0.9:
        return nothing
    joint_row = PIVOT_ROW - length * up / norm
    joint_column = PIVOT_COLUMN + length * right / norm

    # Its middle, more exactly.
    top = max(0, int((joint_row - 8.0) * down))
    left = max(0, int((joint_column - 8.0) * across))
    patch = frame[top:int((joint_row + 9.5) * down), left:int((joint_column + 9.5) * across)].astype(np.int16)
    disc = np.minimum(np.maximum(patch[:, :, 0] - patch[:, :, 2] - 20, 0), 150)
    by_row = disc.sum(axis=1)
    by_column = disc.sum(axis=0)
    total = float(by_row.sum())
    if total < 150.0 * 50.0 * down * across:
        return nothing
    joint_row = (top + 0.5 + float((by_row * np.arange(by_row.size)).sum()) / total) / down - 0.5
    joint_column = (left + 0.5 + float((by_column * np.arange(by_column.size)).sum()) / total) / across - 0.5

    # The direction of the second link: what is cyan on circles about the joint, without the
    # first link, which lies towards the pivot. A tip above the line is at least 60 degrees off it.
    back_up = (joint_row - PIVOT_ROW) / length
    back_right = (PIVOT_COLUMN - joint_column) / length
    free = ups * back_up + rights * back_right < 0.82
    ups = ups[free]
    rights = rights[free]
    rows = ((joint_row + 0.5 - RADII * ups) * down).astype(np.intp)
    columns = ((joint_column + 0.5 + RADII * rights) * across).astype(np.intp)
    rows = np.minimum(np.maximum(rows, 0), height - 1)
    columns = np.minimum(np.maximum(columns, 0), width - 1)
    seen = frame[rows, columns].astype(np.int16)
    cyan = np.minimum(np.maximum(seen[:, :, 2] - seen[:, :, 0] - 20, 0), 164).sum(axis=0)
    total = float(cyan.sum())
    if total < 164.0 * 20.0:
        return nothing
    up = float((cyan * ups).sum())
    right = float((cyan * rights).sum())
    norm = (up * up + right * right) ** 0.5
    if norm < 0.9 * total:
        return nothing
    tip_row = joint_row - SHIFT - length * up / norm
    return PIVOT_ROW - length - tip_row


def tip_above_line(now, initial):
    return now > 0.0


SUBTASKS = [tip_above_line]
