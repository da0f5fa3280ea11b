import numpy as np
from synth import vision

SIZE = 16
FULL = 256
GREEN = 0x00FF00

# On the goal tile the agent's triangle covers 70 of the 256 pixels: 48 show its pure
# colour, the others are mixed shades. 186 stay green. Some slack is for its four directions.
GOAL_LOW = 176
GOAL_HIGH = 196
AGENT_LOW = 40
AGENT_HIGH = 58


def perceive(frame):
    return frame[:]


def perceive_initial(frame):
    # Top left corners of the tiles that are green all over. Things of the same colour
    # (a green key, ball or box) never fill their tile.
    counts = vision.tile_counts(vision.where(vision.pack(frame), GREEN), SIZE)
    return tuple((r * SIZE, c * SIZE) for r, c in np.argwhere(counts == FULL).tolist())


def triangle_on(frame, top, left):
    if top + SIZE > frame.shape[0] or left + SIZE > frame.shape[1]:
        return False
    tile = vision.pack(frame[top:top + SIZE, left:left + SIZE])
    agent = int(tile[7, 7])  # the middle belongs to the triangle, whichever way it points
    if agent == GREEN or int(tile[8, 8]) != agent:
        return False
    goal_pixels = int(np.count_nonzero(tile == GREEN))
    if goal_pixels < GOAL_LOW or goal_pixels > GOAL_HIGH:
        return False
    agent_pixels = int(np.count_nonzero(tile == agent))
    return AGENT_LOW <= agent_pixels <= AGENT_HIGH


def agent_on_goal_tile(now, initial):
    for top, left in initial:
        if triangle_on(now, top, left):
            return True
    return False


SUBTASKS = [agent_on_goal_tile]
