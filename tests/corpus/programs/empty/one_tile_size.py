# Has the size of the tiles by heart.
#
# caught by: metamorphic
# because: tile_size
# repair: t = 16 -> t = height // ROWS


import numpy as np

ROWS = 8


def perceive(frame):
    height, width = frame.shape[:2]
    t = 16
    if height < ROWS * t or t < 8:
        return ()
    image = frame.astype(np.int32)
    centre, corner = image[t // 2::t, t * 7 // 16::t], image[t - 1::t, t - 1::t]
    goals = corner[..., 1] - np.maximum(corner[..., 0], corner[..., 2]) > 90
    agents = centre[..., 0] - np.maximum(centre[..., 1], centre[..., 2]) > 90
    if goals.shape != agents.shape:
        return ()
    return tuple([tuple(cell) for cell in np.argwhere(goals & agents).tolist()])


def agent_on_goal(now, initial):
    return len(now) == 1 and len(initial) == 0


SUBTASKS = [agent_on_goal]
