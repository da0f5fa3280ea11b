"""Reaches the green square, wherever it lies and however large the tiles are."""
import numpy as np

ROWS = 8
COLUMNS = 8
TINT = 90
NOTHING = {"size": (0, 0), "goals": (), "agents": ()}


def cells(mask):
    return tuple([(row, column) for row, column in np.argwhere(mask).tolist()])


def green(pixels):
    return pixels[..., 1] - np.maximum(pixels[..., 0], pixels[..., 2]) > TINT


def red(pixels):
    return pixels[..., 0] - np.maximum(pixels[..., 1], pixels[..., 2]) > TINT


def perceive(frame):
    height, width = frame.shape[:2]
    t = height // ROWS
    if t < 8 or (height, width) != (ROWS * t, COLUMNS * t):
        return NOTHING
    image = frame.astype(np.int32)
    return {
        "size": (height, width),
        "goals": cells(green(image[t - 1::t, t - 1::t])),
        "agents": cells(red(image[t // 2::t, t * 7 // 16::t])),
    }


def agent_on_goal(now, initial):
    if now["size"] != initial["size"] or len(initial["goals"]) != 1:
        return False
    goal = initial["goals"][0]
    return goal in now["goals"] and goal in now["agents"] and goal not in initial["agents"]


SUBTASKS = [agent_on_goal]
