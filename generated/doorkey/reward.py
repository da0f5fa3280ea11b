import numpy as np
from synth import vision

YELLOW = 0xFFFF00
DARK_YELLOW = 0x727200  # the filling of the locked door, in nothing else
GREEN = 0x00FF00
RED = 0xFF0000
GREEN_CODE = 0x00FF00
TILE = 16


def is_yellowish(code):
    # any shade of yellow: red and green equal, no blue, not black
    return code > 0 and code & 255 == 0 and (code >> 16) == ((code >> 8) & 255)


def find_cell(now, initial, code):
    # left, middle and right pixel now of the cell that had this colour at its left at first
    if code not in initial[1]:
        return (0, 0, 0)
    row, column = divmod(initial[1].index(code), initial[0])
    cell = row * now[0] + column
    if column >= now[0] or cell >= len(now[1]):
        return (0, 0, 0)
    return now[1][cell], now[2][cell], now[3][cell]


def find_door(now, initial):
    return find_cell(now, initial, DARK_YELLOW)


def perceive(frame):
    # of each cell's middle row the pixels 1, 8 and 15: every thing shows its colour there
    codes = vision.pack(frame[TILE // 2::TILE])
    columns = codes.shape[1] // TILE
    cells = codes[:, :columns * TILE].reshape(-1, TILE)
    left, middle, right = cells[:, 1::7].T.tolist()
    return columns, left, middle, right


def key_picked_up(now, initial):
    # no bright yellow in the middle of any cell: the key's stem is there, the door's is not bright
    return DARK_YELLOW in initial[1] and YELLOW not in now[2]


def door_open(now, initial):
    # a shut door has both sides of its cell in yellow, an open one a bar along one
    left, middle, right = find_door(now, initial)
    return is_yellowish(left) != is_yellowish(right)


def agent_on_goal(now, initial):
    # the agent's red in the middle of what was the green square, and green on both sides
    return find_cell(now, initial, GREEN) == (GREEN, RED, GREEN)


SUBTASKS = [key_picked_up, door_open, agent_on_goal]
