import numpy as np
from synth import vision

# A grid of tiles of 16 x 16 pixels. Of each tile only its lines 1, 5, 9 and 13 are looked at.
BLACK = np.uint8((0, 0, 0))
YELLOW = np.uint8((255, 255, 0))  # shaft of the key, frame of a closed door
DIM = np.uint8((170, 170, 0))     # upper tooth of the key, bar of the open door
FILL = np.uint8((114, 114, 0))    # inside of the locked door
GREEN = np.uint8((0, 255, 0))     # the goal
RED = np.uint8((255, 0, 0))       # the agent
LOOK = 100  # key, locked door and goal have more green than this in line 9, column 6
KEY_LINE_9 = np.uint8((BLACK, DIM, DIM, YELLOW, YELLOW, BLACK))
KEY_LINE_13 = np.uint8((BLACK, YELLOW, YELLOW, YELLOW, YELLOW, BLACK))


def tile_bytes(lines, r, c):
    # Lines 1, 5, 9 and 13 of a tile, which begin at bytes 0, 48, 96 and 144; 3 bytes a pixel.
    return lines[4 * r:4 * r + 4, 16 * c:16 * c + 16].tobytes()


def is_key(tile):
    return tile[111:129] == KEY_LINE_9.tobytes() and tile[159:177] == KEY_LINE_13.tobytes()


def is_locked_door(tile):
    return tile[96:] == (YELLOW.tobytes() + FILL.tobytes() * 14 + YELLOW.tobytes()) * 2


def is_goal(tile):
    return tile == GREEN.tobytes() * 64


def perceive(frame):
    # (whether a key lies somewhere, tile of the locked door, tile of the free goal, lines)
    height = frame.shape[0] // 16 * 16
    width = frame.shape[1] // 16 * 16
    lines = frame[1:height:4, :width]
    key = False
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
    return key, door, goal, lines


def key_taken(now, initial):
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


SUBTASKS = [key_taken, door_open, agent_on_goal]
