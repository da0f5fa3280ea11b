import numpy as np
from synth import vision

TILE = 12
RED = (255, 0, 0)
GREEN = (0, 255, 0)
LAVA = (255, 128, 0)
MIDDLE = 6
AGENT = [255, 0, 0]


def perceive(frame):
    return frame[:]


def agents(frame, box):
    # Where the middle of a tile is red, as it is on the agent's whichever way it points.
    top, left, bottom, right = box
    middles = frame[top + MIDDLE:bottom:TILE, left + MIDDLE:right:TILE].tolist()
    return [(row, column) for row, line in enumerate(middles) if AGENT in line
            for column, pixel in enumerate(line) if pixel == AGENT]


def perceive_initial(frame):
    # Floor, lava and goal are told apart by the upper left pixel of each tile.
    height, width = frame.shape[:2]
    corners = vision.pack(frame[::TILE, ::TILE])
    goals = np.argwhere(vision.where(corners, GREEN)).tolist()
    lavas = np.argwhere(vision.where(corners, LAVA)).tolist()
    if len(goals) != 1:
        return frame.shape, (), (), ()
    row, column = goals[0]
    top, left = row * TILE, column * TILE
    goal = (top, left, top + TILE, left + TILE)
    if vision.count_colour(frame[top:top + TILE, left:left + TILE], GREEN) != TILE * TILE:
        return frame.shape, (), (), ()
    rows = sorted(set([place[0] for place in lavas]))
    columns = sorted(set([place[1] for place in lavas]))
    far = ()
    if len(columns) == 1 and columns[0] != column:
        line = columns[0] * TILE
        far = (0, line + TILE, height, width) if left > line else (0, 0, height, line)
    elif len(rows) == 1 and rows[0] != row:
        line = rows[0] * TILE
        far = (line + TILE, 0, height, width) if top > line else (0, 0, line, width)
    return frame.shape, far, agents(frame, far) if far else (), goal


def lava_line_passed(now, initial):
    # A red middle on the goal's side where none was at the beginning is the agent.
    shape, far, before = initial[0], initial[1], initial[2]
    if len(far) == 0 or now.shape != shape:
        return False
    return any([place not in before for place in agents(now, far)])


def goal_square_reached(now, initial):
    shape, goal = initial[0], initial[3]
    if len(goal) == 0 or now.shape != shape:
        return False
    top, left, bottom, right = goal
    if now[top + MIDDLE, left + MIDDLE].tolist() != AGENT:
        return False
    tile = now[top:bottom, left:right]
    return 16 <= vision.count_colour(tile, RED) <= 32 and vision.count_colour(tile, GREEN) >= 80


SUBTASKS = [lava_line_passed, goal_square_reached]
