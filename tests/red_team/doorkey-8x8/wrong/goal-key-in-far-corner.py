"""WRONG: does not see the goal reached where a key lies in the goal room's upper corner.

Class: seldom state at 0.5% to 2%: key put down in a certain place (false no of the goal)

Proven: episodes with a wrong verdict, of 100 each: early 0%; mid 2% (agent_on_goal); late 0%; putter 0%. 2 wrong verdicts (0 false yes, 2 false no) on 43879 frames of 400 episodes. Credit differs from true credit in: early 0% mid 2% late 0% putter 0%.
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


def on_green(now, initial):
    goal = initial[2]
    if len(goal) != 2 or now[3].shape != initial[3].shape:
        return False
    tile = tile_bytes(now[3], goal[0], goal[1])
    if RED.tobytes() not in (tile[117:120], tile[120:123]):
        return False
    for line in (tile[:48], tile[48:96], tile[96:144], tile[144:]):
        if line[:3] != GREEN.tobytes() or line[45:] != GREEN.tobytes():
            return False
    return True


def agent_on_goal(now, initial):
    if not on_green(now, initial):
        return False
    return (1, initial[2][1]) not in now[4]
