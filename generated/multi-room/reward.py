import numpy as np
from scipy import ndimage
from synth import vision

T = 6
WALL = 0x646464
GREEN = 0x00FF00
LINE = (33, 33, 33)
GOAL_RGB = (0, 255, 0)
RED = [255, 0, 0]


def perceive(frame):
    return frame


def perceive_initial(frame):
    """Size of the image, the doors in the order of the way, and the goal tile."""
    height, width = frame.shape[0], frame.shape[1]
    nothing = (height, width, (), ())
    rows, cols = height // T, width // T
    if rows < 3 or cols < 3:
        return nothing
    codes = vision.pack(frame)[:rows * T, :cols * T]
    goals = np.argwhere(vision.tile_counts(vision.where(codes, GREEN), T) == T * T).tolist()
    if len(goals) == 0:
        return nothing
    goal_row, goal_col = goals[0]
    t = vision.tiles(codes, T)
    top = t[:, :, 0, 1]
    # a shut door: one colour along all four sides, black inside
    door = (
        (top != 0)
        & (top == t[:, :, 0, 4])
        & (top == t[:, :, 1, 0])
        & (top == t[:, :, 4, 0])
        & (top == t[:, :, 1, 5])
        & (top == t[:, :, 4, 5])
        & (top == t[:, :, 5, 1])
        & (top == t[:, :, 5, 4])
        & (t[:, :, 1, 1] == 0)
        & (t[:, :, 4, 1] == 0)
    )
    wall = (t[:, :, 0, 0] == WALL) & (t[:, :, 3, 3] == WALL)
    rooms = ndimage.label(~wall & ~door)[0]
    room = int(rooms[goal_row, goal_col])
    spots = np.argwhere(door).tolist()
    chain = []
    # from the goal's room back to the agent's: the next door that has not been used
    for step in range(3):
        found = None
        behind = 0
        for r, c in spots:
            if [r, c] in chain:
                continue
            sides = []
            for y, x in ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)):
                if 0 <= y < rows and 0 <= x < cols:
                    sides.append(int(rooms[y, x]))
            if room in sides:
                found = [r, c]
                for side in sides:
                    if side != 0 and side != room:
                        behind = side
                break
        if found is None:
            break
        chain.append(found)
        room = behind
        if room == 0:
            break
    doors = []
    for r, c in chain:
        doors.append((r * T, c * T, tuple(frame[r * T + 4, c * T + 5].tolist())))
    return (height, width, tuple(doors), (goal_row * T, goal_col * T))


def same_size(now, initial):
    return now.shape[0] == initial[0] and now.shape[1] == initial[1]


def door_open(now, initial, back):
    """Whether the door that is `back` doors before the goal's room is open.

    The agent never covers the corners of a tile: of an open door the lower left one is
    floor and the lower right one belongs to the strip."""
    if not same_size(now, initial) or len(initial[2]) <= back:
        return False
    r, c, ring = initial[2][back]
    if tuple(now[r + 5, c].tolist()) != LINE:
        return False
    return tuple(now[r + 5, c + 5].tolist()) == ring


def first_door_open(now, initial):
    return door_open(now, initial, 2)


def second_door_open(now, initial):
    return door_open(now, initial, 1)


def third_door_open(now, initial):
    return door_open(now, initial, 0)


def agent_on_goal(now, initial):
    if not same_size(now, initial) or len(initial[3]) == 0:
        return False
    r, c = initial[3]
    if tuple(now[r, c].tolist()) != GOAL_RGB or tuple(now[r + 5, c + 5].tolist()) != GOAL_RGB:
        return False
    # of the four pixels in the middle, the agent's wedge fills two wholly, whichever way it points
    middle = now[r + 2:r + 4, c + 2:c + 4].tolist()
    return (middle[0] + middle[1]).count(RED) == 2


SUBTASKS = [first_door_open, second_door_open, third_door_open, agent_on_goal]
