"""WRONG: does not see a key on either side of the agent or behind it, since it cuts the agent out with a margin and puts back only what it looks at.

Class: blind beside the agent

Proven: episodes with a wrong verdict, of 100 each: early 57% (key_taken); mid 28% (key_taken); late 2% (key_taken); putter 79% (key_taken). 3729 wrong verdicts (3729 false yes, 0 false no) on 43879 frames of 400 episodes. Credit differs from true credit in: early 0% mid 0% late 0% putter 0%.
"""
STEPS = ((0, 1), (1, 0), (0, -1), (-1, 0))


def pose(red, size):
    """(row, column, facing) of the agent, facing 0 right, 1 down, 2 left, 3 up; () without one."""
    half = size // 2
    rows, columns = red[half::size, half::size].nonzero()
    for r, c in zip(rows.tolist(), columns.tolist()):
        tile = red[r * size:(r + 1) * size, c * size:(c + 1) * size]
        across = int(tile[:, :half].sum()) - int(tile[:, size - half:].sum())
        down = int(tile[:half].sum()) - int(tile[size - half:].sum())
        # a triangle is heavy on one side and even across it: no ball, box or key is
        if max(abs(across), abs(down)) < 8 * size // 16 or min(abs(across), abs(down)) > 3 * size // 16:
            continue
        if abs(across) > abs(down):
            return (r, c, 0) if across > 0 else (r, c, 2)
        return (r, c, 1) if down > 0 else (r, c, 3)
    return ()


def perceive(frame):
    # (whether a key lies somewhere, tile of the locked door, tile of the free goal, lines)
    height = frame.shape[0] // 16 * 16
    width = frame.shape[1] // 16 * 16
    lines = frame[1:height:4, :width]
    key = False
    cells = []
    door = ()
    goal = ()
    spots = (lines[2::4, 6::16, 1] > LOOK).nonzero()
    for r, c in zip(spots[0].tolist(), spots[1].tolist()):
        tile = tile_bytes(lines, r, c)
        if is_goal(tile):
            goal = (r, c)
        elif is_locked_door(tile):
            door = (r, c)
        elif is_key(tile):
            key = True
            cells.append((r, c))
    red = (frame[:height, :width] == RED).all(axis=2)
    return key, door, goal, lines, tuple(cells), pose(red, 16)


def key_gone(now, initial):
    return bool(initial[0] and not now[0])


def key_taken(now, initial):
    agent = now[5]
    if len(agent) != 3 or not initial[0] or now[3].shape != initial[3].shape:
        return key_gone(now, initial)
    step = STEPS[agent[2]]
    ahead = (agent[0] + step[0], agent[1] + step[1])
    for cell in now[4]:
        near = abs(cell[0] - agent[0]) + abs(cell[1] - agent[1]) == 1
        if cell in initial[4] or cell == ahead or not near:
            return False
    return True
