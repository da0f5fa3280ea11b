import numpy as np

# The picture is a grid of equal square tiles (16 pixels here) inside a border of plain wall
# tiles. Each tile is told by a few sample points, compared only with one another:
#   corner  low and far left, which neither the agent nor a key ever covers
#   centre  in the agent's triangle for each heading; in a key's tile it is floor
#   right   the middle of the right edge: a door's frame when shut, its bar when open
#   stem    in the stem of a key, and beside it, left of the stem


# For each of the four pairs of samples, the set of the tiles in which the two differ. Each
# pair takes three channels, but for the last one, which may take fewer.
def cells(first, second):
    a = np.concatenate(first, 2)
    channels = a.shape[2]
    found = (set(), set(), set(), set())
    for i in (a != np.concatenate(second, 2)).ravel().nonzero()[0].tolist():
        found[i % channels // 3].add(i // channels)
    return found


def perceive(frame):
    height, width = frame.shape[:2]
    if height < 48 or width < 48:
        return ()
    line = frame[:, :, 0].diagonal().tobytes()
    t = len(line) - len(line.lstrip(line[:1]))
    if t < 8 or t == len(line) or height % t or width % t:
        return ()
    rows = height // t
    columns = width // t
    half = t // 2
    corner = frame[t * 7 // 8::t, max(1, t // 16)::t]
    centre = frame[half::t, t * 7 // 16::t]
    right = frame[half::t, t - 1::t]
    beside = frame[t * 3 // 4::t, t * 7 // 16::t]
    stem = frame[t * 3 // 4::t, t * 9 // 16::t]

    # A door, shut or open, is the only tile whose right edge differs from its corner. In the
    # agent's tile the centre differs from the corner, in a key's the stem from what is beside
    # it. A corner is coloured where its channels differ.
    doors, centres, stems, coloured = cells(
        (right, centre, stem, corner[:, :, 1:]),
        (corner, corner, beside, corner[:, :, :2]),
    )

    # The goal is the only tile but the door with a coloured corner, also under the agent.
    goals = coloured - doors
    if len(doors) != 1 or len(goals) != 1:
        return ()
    door = max(doors)
    goal = max(goals)
    r, c = divmod(door, columns)

    # The agent's centre is coloured.
    agents = []
    for i in centres:
        colour = centre[i // columns, i % columns].tolist()
        if max(colour) - min(colour) > 60:
            agents.append(i)
    if len(agents) != 1:
        return ()
    agent = agents[0]
    keys = len(stems - {agent, door})

    # Shut, a door has the same frame at its left and right edges; open, only one bar.
    y = r * t + half
    x = c * t
    left_edge, right_edge = frame[y, x:x + t:t - 1].tolist()
    opened = left_edge != right_edge

    # The dividing wall runs up and down if the tile above the door is wall (a plain tile).
    above = frame[y - t, x].tolist() == corner[r - 1, c].tolist()
    vertical = above and goal != door - columns

    return (t, rows, columns), agent, door, opened, goal, keys, vertical


def comparable(now, initial):
    return now and initial and now[0] == initial[0]


def side(cell, initial):
    columns = initial[0][2]
    door = initial[2]
    if initial[6]:
        offset = cell % columns - door % columns
    else:
        offset = cell // columns - door // columns
    return (offset > 0) - (offset < 0)


def key_picked_up(now, initial):
    return bool(comparable(now, initial) and initial[5] > 0 and now[5] == 0)


def door_opened(now, initial):
    return bool(comparable(now, initial) and now[2] == initial[2] and now[3])


def goal_room_entered(now, initial):
    if not comparable(now, initial):
        return False
    target = side(initial[4], initial)
    return bool(
        target != 0
        and side(now[1], initial) == target
        and side(initial[1], initial) == -target
    )


def green_square_reached(now, initial):
    return bool(
        comparable(now, initial)
        and now[4] == initial[4]
        and now[1] == initial[4]
        and initial[1] != initial[4]
    )


SUBTASKS = [key_picked_up, door_opened, goal_room_entered, green_square_reached]
