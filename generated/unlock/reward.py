import numpy as np

NOTHING = ((0, 0), 0, (), ())


def perceive(frame):
    height = int(frame.shape[0])
    width = int(frame.shape[1])
    t = int(np.gcd(height, width))
    if t < 8:
        return NOTHING
    rows = height // t
    columns = width // t
    if rows < 3 or columns != 2 * rows - 1:
        return NOTHING
    mid = rows - 1
    half = t // 2
    quarter = t // 4
    x = mid * t

    # tiles of the two rooms in which something is drawn: the agent, and the key
    busy = (frame[half::t, half::t] != frame[t - 1::t, t - 1::t]).any(axis=2)
    things = int(np.count_nonzero(busy)) - int(np.count_nonzero(busy[:, mid]))

    # the wall between the rooms, one pixel per tile of it and per list
    left = frame[half::t, x].tolist()
    top = frame[0::t, x + half].tolist()
    right = frame[half::t, x + t - 1].tolist()
    bottom = frame[t - 1::t, x + quarter].tolist()
    bottom_middle = frame[t - 1::t, x + half].tolist()
    floor = frame[t - 3::t, x + t // 8].tolist()
    inside = frame[quarter::t, x + quarter].tolist()
    centre = frame[half::t, x + half].tolist()

    shut = []
    opened = []
    for r in range(1, rows - 1):
        edge = left[r]
        if top[r] != edge or bottom[r] != bottom_middle[r]:
            continue
        if bottom[r] == edge:
            # the same all round: a wall, or a shut door if its inside differs
            if right[r] == edge and inside[r] != edge:
                shut.append(r)
        elif floor[r] == bottom[r] and right[r] != edge and right[r] != bottom[r]:
            # grid lines at the top and left, floor, and a bar at the right
            opened.append(r)
            if centre[r] != bottom[r]:
                things += 1  # the agent stands in the doorway
    return (height, width), things, tuple(shut), tuple(opened)


def key_picked_up(now, initial):
    return bool(
        now[0] == initial[0]
        and len(initial[2]) > 0
        and initial[1] == 2
        and now[1] == 1
    )


def door_opened(now, initial):
    if now[0] != initial[0]:
        return False
    return any([r in initial[2] for r in now[3]])


SUBTASKS = [key_picked_up, door_opened]
