import numpy as np
from synth import vision

TILE = 10
MIDDLE = 5
RED = (255, 0, 0)
GREEN = (0, 255, 0)
AGENT = [255, 0, 0]


def perceive(frame):
    return frame[:]


def perceive_initial(frame):
    # The goal is the one tile that is green all over.
    counts = vision.tile_counts(vision.where(frame, GREEN), TILE)
    goals = np.argwhere(counts == TILE * TILE).tolist()
    if len(goals) != 1:
        return frame.shape, ()
    return frame.shape, (goals[0][0] * TILE, goals[0][1] * TILE)


def goal_square_reached(now, initial):
    shape, goal = initial
    if len(goal) == 0 or now.shape != shape:
        return False
    top, left = goal
    # The middle of the agent's tile is red whichever way it points.
    if now[top + MIDDLE, left + MIDDLE].tolist() != AGENT:
        return False
    # The agent is a small figure (12 pixels of full red), with the green ground around it.
    tile = now[top:top + TILE, left:left + TILE]
    return 8 <= vision.count_colour(tile, RED) <= 24 and vision.count_colour(tile, GREEN) >= 50


SUBTASKS = [goal_square_reached]
