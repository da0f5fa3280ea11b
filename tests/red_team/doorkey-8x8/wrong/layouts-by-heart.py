"""WRONG: knows the layouts of the recorded episodes by heart and is right in them; in any other it looks at the key's first cell alone.

Class: memorised layouts

Proven: episodes with a wrong verdict, of 100 each: early 38% (key_taken); mid 39% (key_taken); late 9% (key_taken); putter 41% (key_taken). 8379 wrong verdicts (8379 false yes, 0 false no) on 43879 frames of 400 episodes. Credit differs from true credit in: early 0% mid 0% late 0% putter 0%.
"""
import numpy as np
from synth import vision

# A grid of tiles of 16 x 16 pixels. Of each tile only its lines 1, 5, 9 and 13 are looked at.
BLACK = np.uint8((0, 0, 0))
YELLOW = np.uint8((255, 255, 0))  # shaft of the key, frame of a closed door
DIM = np.uint8((170, 170, 0))     # upper tooth of the key, bar of the open door
FILL = np.uint8((114, 114, 0))    # inside of the locked door
GREEN = np.uint8((0, 255, 0))     # the goal
RED = np.uint8((255, 0, 0))       # the agent
STEPS = ((0, 1), (1, 0), (0, -1), (-1, 0))
LOOK = 100  # key, locked door and goal have more green than this in line 9, column 6
KEY_LINE_9 = np.uint8((BLACK, DIM, DIM, YELLOW, YELLOW, BLACK))
KEY_LINE_13 = np.uint8((BLACK, YELLOW, YELLOW, YELLOW, YELLOW, BLACK))

SEEN = (
    1211, 1221, 1241, 1251, 1312, 1331, 1332, 1342, 1362, 1413, 1431, 1451, 1453, 1511, 1513,
    1514, 1524, 1533, 1542, 1551, 1553, 2211, 2221, 2241, 2311, 2332, 2342, 2351, 2352, 2361,
    2362, 2412, 2413, 2423, 2463, 2511, 2531, 2541, 2542, 2554, 3211, 3221, 3231, 3241, 3251,
    3321, 3331, 3351, 3352, 3361, 3412, 3423, 3431, 3452, 3453, 3512, 3521, 3563, 4231, 4241,
    4312, 4322, 4341, 4342, 4352, 4362, 4412, 4421, 4423, 4432, 4433, 4441, 4443, 4451, 4521,
    4532, 4542, 4543, 4544, 4553, 4561, 5211, 5241, 5251, 5312, 5341, 5342, 5351, 5362, 5452,
    5521, 5532, 5542, 5551, 5561, 5562, 5563,
)


def tile_bytes(lines, r, c):
    # Lines 1, 5, 9 and 13 of a tile, which begin at bytes 0, 48, 96 and 144; 3 bytes a pixel.
    return lines[4 * r:4 * r + 4, 16 * c:16 * c + 16].tobytes()


def is_key(tile):
    return tile[111:129] == KEY_LINE_9.tobytes() and tile[159:177] == KEY_LINE_13.tobytes()


def is_locked_door(tile):
    return tile[96:] == (YELLOW.tobytes() + FILL.tobytes() * 14 + YELLOW.tobytes()) * 2


def is_goal(tile):
    return tile == GREEN.tobytes() * 64


def pose(red, size):
    """(row, column, facing) of the agent, facing 0 right, 1 down, 2 left, 3 up; () without one."""
    half = size // 2
    rows, columns = red[half::size, half::size].nonzero()
    for r, c in zip(rows.tolist(), columns.tolist()):
        tile = red[r * size:(r + 1) * size, c * size:(c + 1) * size]
        across = int(tile[:, :half].sum()) - int(tile[:, size - half:].sum())
        down = int(tile[:half].sum()) - int(tile[size - half:].sum())
        # a triangle is heavy on one side and even across it: no ball, box or key is
        if max(abs(across), abs(down)) < 8 * size // 16 or min(abs(across), abs(down)) > 3 * size // 16:
            continue
        if abs(across) > abs(down):
            return (r, c, 0) if across > 0 else (r, c, 2)
        return (r, c, 1) if down > 0 else (r, c, 3)
    return ()


def perceive(frame):
    # (whether a key lies somewhere, tile of the locked door, tile of the free goal, lines)
    height = frame.shape[0] // 16 * 16
    width = frame.shape[1] // 16 * 16
    lines = frame[1:height:4, :width]
    key = False
    cells = []
    door = ()
    goal = ()
    spots = (lines[2::4, 6::16, 1] > LOOK).nonzero()
    for r, c in zip(spots[0].tolist(), spots[1].tolist()):
        tile = tile_bytes(lines, r, c)
        if is_goal(tile):
            goal = (r, c)
        elif is_locked_door(tile):
            door = (r, c)
        elif is_key(tile):
            key = True
            cells.append((r, c))
    red = (frame[:height, :width] == RED).all(axis=2)
    return key, door, goal, lines, tuple(cells), pose(red, 16)


def key_gone(now, initial):
    return bool(initial[0] and not now[0])


def door_open(now, initial):
    door = initial[1]
    if len(door) != 2 or now[3].shape != initial[3].shape:
        return False
    tile = tile_bytes(now[3], door[0], door[1])
    # The agent covers at most columns 2 to 13 of a tile. A shut door, locked or not, has its
    # frame on the left too; an open one only the bar at the right.
    for line in (tile[96:144], tile[144:]):
        if line[42:] != DIM.tobytes() * 2 or line[3:6] != BLACK.tobytes():
            return False
        if line[:3] in (YELLOW.tobytes(), DIM.tobytes(), FILL.tobytes()):
            return False
    return True


def agent_on_goal(now, initial):
    goal = initial[2]
    if len(goal) != 2 or now[3].shape != initial[3].shape:
        return False
    tile = tile_bytes(now[3], goal[0], goal[1])
    if RED.tobytes() not in (tile[117:120], tile[120:123]):
        return False
    for line in (tile[:48], tile[48:96], tile[96:144], tile[144:]):
        if line[:3] != GREEN.tobytes() or line[45:] != GREEN.tobytes():
            return False
    return True


def key_taken(now, initial):
    door = initial[1]
    if len(door) != 2 or len(initial[4]) != 1 or now[3].shape != initial[3].shape:
        return key_gone(now, initial)
    row, column = initial[4][0]
    if door[0] * 1000 + door[1] * 100 + row * 10 + column in SEEN:
        return key_gone(now, initial)
    return (row, column) not in now[4]


SUBTASKS = [key_taken, door_open, agent_on_goal]
