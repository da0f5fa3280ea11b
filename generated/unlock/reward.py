import numpy as np
from synth import vision

# For a picture of 176 x 96 pixels with tiles of 16: at which byte each tile begins, and the
# bytes of the eight pixels of a tile that matter, for red, green and blue.
TILES = np.array((
    0, 48, 96, 144, 192, 240, 288, 336, 384, 432, 480,
    8448, 8496, 8544, 8592, 8640, 8688, 8736, 8784, 8832, 8880, 8928,
    16896, 16944, 16992, 17040, 17088, 17136, 17184, 17232, 17280, 17328, 17376,
    25344, 25392, 25440, 25488, 25536, 25584, 25632, 25680, 25728, 25776, 25824,
    33792, 33840, 33888, 33936, 33984, 34032, 34080, 34128, 34176, 34224, 34272,
    42240, 42288, 42336, 42384, 42432, 42480, 42528, 42576, 42624, 42672, 42720,
))
OFFSETS = np.array((
    ((0,), (7965,), (531,), (7434,), (4236,), (6354,), (6369,), (6363,)),
    ((1,), (7966,), (532,), (7435,), (4237,), (6355,), (6370,), (6364,)),
    ((2,), (7967,), (533,), (7436,), (4238,), (6356,), (6371,), (6365,)),
))


def perceive(frame):
    """What the picture shows, tile by tile, from a few pixels of each tile.

    (size, tile size, keys lie about, locked door, samples[channel, pixel, tile], frame)
    """
    height, width = frame.shape[:2]
    if height == 96 and width == 176:
        s = 16
        places = OFFSETS + TILES
    else:
        # The grid is 11 x 6 tiles, so the tile size is the common divisor of the two sides.
        s = int(np.gcd(height, width))
        if s % 16 == 0 and min(height, width) < 5 * s:
            s = 16
        if s < 12 or min(height, width) < s:
            return None
        i = s // 10
        e = s - 1 - i
        row = int(0.77 * s)
        # Of each tile two pixels of its border, three of its filling, and left, right and
        # on the shaft of a key.
        rows = (0, s - 1, i, e, s // 2, row, row, row)
        columns = (0, s - 1, i, e, s // 4, int(0.4 * s), int(0.72 * s), int(0.59 * s))
        offsets = np.array([
            [[3 * (y * width + x) + c] for y, x in zip(rows, columns)] for c in range(3)
        ])
        down = np.arange(height // s).reshape(-1, 1) * (3 * s * width)
        tiles = (down + np.arange(width // s) * (3 * s)).reshape(-1)
        places = offsets + tiles
    samples = frame.reshape(-1).take(places)
    # Whether a sampled pixel has the colour of the next one, in all three channels.
    channels = samples[:, :-1] == samples[:, 1:]
    same = channels[0] & channels[1] & channels[2]
    pairs = same[0::5] > same[1::5]
    # A key: low in the tile only its shaft, right of the middle, stands out from the floor.
    keys = pairs[1]
    key = keys.item(keys.argmax())
    # A locked door: a whole tile with one filling and a border of another colour all around.
    locked = pairs[0] & same[2] & same[3]
    place = int(locked.argmax())
    door = None
    if locked.item(place):
        door = (place, samples[:, 2, place].tolist())
    return (height, width), s, key, door, samples, frame


def comparable(now, initial):
    if now is None or initial is None:
        return False
    return initial[3] is not None and now[0] == initial[0]


def key_picked_up(now, initial):
    if now is None or initial is None or now[2] or not initial[2]:
        return False
    if initial[3] is None or now[0] != initial[0]:
        return False
    # The same world is still to be seen: its walls, and a door tile that is not wall.
    samples = now[4]
    wall = samples[:, 0, 0].tolist()
    if wall != initial[4][:, 0, 0].tolist():
        return False
    return samples[:, 2, initial[3][0]].tolist() != wall


def door_open(now, initial):
    if now is None or initial is None:
        return False
    door = initial[3]
    if door is None or now[3] == door or now[0] != initial[0]:
        return False
    place, fill = door
    floor = now[4][:, 2, place].tolist()
    if floor == fill:
        return False
    s = initial[1]
    columns = initial[0][1] // s
    top = (place // columns) * s
    left = (place % columns) * s
    tile = now[5][top:top + s, left:left + s]
    i = s // 10
    e = s - 1 - i
    m = s // 2
    bar = s - s // 8
    stripe = tile[m, bar].tolist()
    # Only a bar at the right edge is left; the other edges (which an agent in the doorway
    # does not cover either) are plain floor.
    if stripe == floor or tile[m // 2, bar].tolist() != stripe:
        return False
    return (
        tile[i, m].tolist() == floor
        and tile[m, i].tolist() == floor
        and tile[e, i].tolist() == floor
        and tile[e, m].tolist() == floor
    )


SUBTASKS = [key_picked_up, door_open]
