import numpy as np

# The board is 5 x 5 cells. Where each cell is looked at, in a picture of 163 x 192 pixels
# (other sizes are sampled at the same relative places). The centres of the cells are at
# rows 56, 76, 96, 116, 136 and columns 32, 63, 95, 126, 158.
HEIGHT = 163
WIDTH = 192
# Per row of cells: centre - 8, + 7 (bars of the thick frame), - 4, + 3 (windscreen), + 0, + 1 (middle).
ROWS = np.array([
    48, 63, 52, 59, 56, 57,
    68, 83, 72, 79, 76, 77,
    88, 103, 92, 99, 96, 97,
    108, 123, 112, 119, 116, 117,
    128, 143, 132, 139, 136, 137,
])
# Per column of cells: centre - 9, + 9 (bars), - 2, - 1, + 0, + 1, + 2 (windscreen, middle).
COLUMNS = np.array([
    23, 41, 30, 31, 32, 33, 34,
    54, 72, 61, 62, 63, 64, 65,
    86, 104, 93, 94, 95, 96, 97,
    117, 135, 124, 125, 126, 127, 128,
    149, 167, 156, 157, 158, 159, 160,
])
DARK = 90


def perceive(frame):
    """(cell of the taxi or -1, 1 if its body is yellow and 2 if green, framed cell or -1, passenger seen)"""
    height = frame.shape[0]
    width = frame.shape[1]
    if height == 0 or width == 0:
        return (-1, 0, -1, False)
    rows = ROWS
    columns = COLUMNS
    if height != HEIGHT or width != WIDTH:
        rows = np.minimum((2 * ROWS + 1) * height // (2 * HEIGHT), height - 1)
        columns = np.minimum((2 * COLUMNS + 1) * width // (2 * WIDTH), width - 1)
    looks = frame[rows][:, columns].astype(np.int16).reshape(5, 6, 5, 7, 3)
    red = looks[..., 0]
    blue = looks[..., 2]

    # The thick dark frame: its upper and lower bar, off the middle, where no taxi covers it.
    bars = (red[:, 0:2, :, 0:2] < DARK).sum(axis=(1, 3)).ravel()
    framed = int(bars.argmax())
    if bars[framed] < 4:
        framed = -1

    # The dark figure of the passenger, in the middle of a cell. The body of the taxi, which
    # may cover it, is not dark there, nor is a letter or the floor.
    middles = (red[:, 4:6, :, 3:6] < DARK).sum(axis=(1, 3))
    passenger = bool(middles.max() >= 3)

    # The taxi: its pale blue windscreen above or below the middle of a cell.
    blues = blue[:, 2:4, :, 2:7]
    glass = ((blues > 230) & (blues - red[:, 2:4, :, 2:7] > 28)).sum(axis=(1, 3)).ravel()
    taxi = int(glass.argmax())
    if glass[taxi] < 2:
        return (-1, 0, framed, passenger)

    # Its body: yellow (red far above blue) or green (green above red).
    yellow = 0
    green = 0
    for line in looks[taxi // 5, 4:6, taxi % 5, 3:6].tolist():
        for r, g, b in line:
            if abs(r - 232) <= 20 and abs(g - 196) <= 20 and abs(b - 88) <= 24:
                yellow += 1
            elif abs(r - 152) <= 20 and abs(g - 184) <= 20 and abs(b - 110) <= 24:
                green += 1
    body = 0
    if yellow >= 4:
        body = 1
    elif green >= 4:
        body = 2
    return (taxi, body, framed, passenger)


def passenger_aboard(now, initial):
    return now[1] == 2


def passenger_brought_to_destination(now, initial):
    return now[1] == 2 and now[0] == initial[2]


def passenger_delivered(now, initial):
    return now[1] == 1 and now[0] == initial[2] and not now[3]


SUBTASKS = [passenger_aboard, passenger_brought_to_destination, passenger_delivered]
