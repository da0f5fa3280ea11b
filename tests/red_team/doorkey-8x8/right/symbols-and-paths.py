"""RIGHT: turns the picture into a map of letters by tile statistics, and measures progress along the way that is free on that map.

Class: right, in an unusual style

Proven: episodes with a wrong verdict, of 100 each: early 0%; mid 0%; late 0%; putter 0%. 0 wrong verdicts (0 false yes, 0 false no) on 43879 frames of 400 episodes. Credit differs from true credit in: early 0% mid 0% late 0% putter 0%. agent_on_goal_progress: early 0% of 10 against, full 0%, paid for undoing 0%, done but below 0.99 0%, stuck 91%; mid 0% of 513 against, full 0%, paid for undoing 0%, done but below 0.99 0%, stuck 32%; late 0% of 528 against, full 0%, paid for undoing 0%, done but below 0.99 0%, stuck 18%; putter 0% of 262 against, full 0%, paid for undoing 0%, done but below 0.99 0%, stuck 59%. door_open_progress: early 0% of 177 against, full 0%, paid for undoing 0%, done but below 0.99 0%, stuck 82%; mid 0% of 253 against, full 0%, paid for undoing 0%, done but below 0.99 0%, stuck 59%; late 0% of 208 against, full 0%, paid for undoing 0%, done but below 0.99 0%, stuck 50%; putter 0% of 227 against, full 0%, paid for undoing 0%, done but below 0.99 0%, stuck 70%. key_taken_progress: early 0% of 1209 against, full 0%, paid for undoing 0%, done but below 0.99 0%, stuck 76%; mid 0% of 307 against, full 0%, paid for undoing 0%, done but below 0.99 0%, stuck 55%; late 0% of 220 against, full 0%, paid for undoing 0%, done but below 0.99 0%, stuck 40%; putter 0% of 1027 against, full 0%, paid for undoing 0%, done but below 0.99 0%, stuck 76%.
"""
import numpy as np
from scipy import ndimage

T = 16
GROUND = 0
WALL = 1
KEY = 2
LOCKED = 3
SHUT = 4
OPEN = 5
GOAL = 6
AGENT = 7
OTHER = 8
CROSS = np.array(((0, 1, 0), (1, 1, 1), (0, 1, 0)))


def letter(tile):
    """What a tile shows, by how many pixels of which colours it has."""
    flat = tile.reshape(-1, 3)
    red, green, blue = flat[:, 0].astype(np.int32), flat[:, 1].astype(np.int32), flat[:, 2].astype(np.int32)
    if flat.min() == 100 and flat.max() == 100:
        return WALL
    yellow = int(((red == green) & (red >= 100) & (blue == 0)).sum())
    full = int(((red == 255) & (green == 255) & (blue == 0)).sum())
    reds = int(((red == 255) & (green == 0) & (blue == 0)).sum())
    greens = int(((green == 255) & (red == 0) & (blue == 0)).sum())
    right_edge = bool((tile[2:14, 14:, 0] > 100).all() and (tile[2:14, 14:, 0] == tile[2:14, 14:, 1]).all())
    left_edge = bool((tile[2:14, :2, 0] > 100).all() and (tile[2:14, :2, 2] < 10).all())
    if greens == 256:
        return GOAL
    if yellow == 256 and full > 50:
        return LOCKED
    if right_edge and left_edge:
        return SHUT
    if right_edge and yellow <= 48:
        return OPEN
    narrow = int(tile[1:, 1:5].max()) == 0 and int(tile[1:, 12:].max()) == 0
    if narrow and 40 <= yellow <= 70 and 30 <= full <= 44 and yellow - full < 20:
        return KEY
    if reds >= 40 and triangular(tile):
        return AGENT
    if int(flat.max()) <= 60:
        return GROUND
    return OTHER


def triangular(tile):
    mask = (tile[:, :, 0] == 255) & (tile[:, :, 1] == 0)
    across = abs(int(mask[:, :8].sum()) - int(mask[:, 8:].sum()))
    down = abs(int(mask[:8].sum()) - int(mask[8:].sum()))
    return max(across, down) >= 8 and min(across, down) <= 3


def perceive(frame):
    """(map of letters, tile with the agent, its number of green pixels)."""
    rows = frame.shape[0] // T
    columns = frame.shape[1] // T
    letters = np.full((rows, columns), OTHER)
    agent = ()
    for r in range(rows):
        for c in range(columns):
            tile = frame[r * T:(r + 1) * T, c * T:(c + 1) * T]
            letters[r, c] = letter(tile)
            if triangular(tile) and not agent:
                agent = (r, c)
    return letters, agent


def first(letters, which):
    found = np.argwhere(letters == which).tolist()
    return (found[0][0], found[0][1]) if len(found) else ()


def key_taken(now, initial):
    if now[0].shape != initial[0].shape:
        return False
    return bool((initial[0] == KEY).any() and not (now[0] == KEY).any())


def door_open(now, initial):
    door = first(initial[0], LOCKED)
    return len(door) == 2 and now[0].shape == initial[0].shape and int(now[0][door]) == OPEN


def agent_on_goal(now, initial):
    goal = first(initial[0], GOAL)
    return len(goal) == 2 and now[0].shape == initial[0].shape and now[1] == goal


def steps(start, ends, letters):
    """How many moves from a cell to the nearest of some others, over free ground; 60 for none."""
    if len(start) != 2:
        return 60
    free = (letters == GROUND) | (letters == OPEN) | (letters == GOAL) | (letters == AGENT)
    reached = np.zeros(free.shape, bool)
    reached[start] = True
    for n in range(40):
        for end in ends:
            if reached[end]:
                return n
        reached = ndimage.binary_dilation(reached, CROSS) & (free | reached)
    return 60


def around(cell, letters):
    r, c = cell
    near = ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1))
    return [(a, b) for a, b in near if 0 <= a < letters.shape[0] and 0 <= b < letters.shape[1]]


def nearness(far):
    return max(0.0, 0.9 - far / 40)


def key_taken_progress(now, initial):
    if key_taken(now, initial):
        return 1.0
    key = first(now[0], KEY)
    if len(key) != 2 or now[0].shape != initial[0].shape:
        return 0.0
    return nearness(steps(now[1], around(key, now[0]), now[0]))


def door_open_progress(now, initial):
    if door_open(now, initial):
        return 1.0
    door = first(initial[0], LOCKED)
    if len(door) != 2 or now[0].shape != initial[0].shape or not key_taken(now, initial):
        return 0.0
    return nearness(steps(now[1], around(door, now[0]), now[0]))


def agent_on_goal_progress(now, initial):
    if agent_on_goal(now, initial):
        return 1.0
    goal = first(initial[0], GOAL)
    if len(goal) != 2 or now[0].shape != initial[0].shape:
        return 0.0
    return nearness(steps(now[1], [goal], now[0]))


SUBTASKS = [key_taken, door_open, agent_on_goal]
