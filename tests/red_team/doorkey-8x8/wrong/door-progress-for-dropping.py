"""WRONG: door_open_progress measures how near the key is to the door, and a key in hand is nowhere: laying it down by the door pays most.

Class: misleading progress: rises for undoing

Proven: episodes with a wrong verdict, of 100 each: early 0%; mid 0%; late 0%; putter 0%. 0 wrong verdicts (0 false yes, 0 false no) on 43879 frames of 400 episodes. Credit differs from true credit in: early 0% mid 0% late 0% putter 0%. door_open_progress: early 0% of 0 against, full 0%, paid for undoing 67%, done but below 0.99 0%, stuck 100%; mid 0% of 0 against, full 0%, paid for undoing 29%, done but below 0.99 0%, stuck 100%; late 0% of 0 against, full 0%, paid for undoing 9%, done but below 0.99 0%, stuck 100%; putter 0% of 0 against, full 0%, paid for undoing 47%, done but below 0.99 0%, stuck 100%.
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


def door_open_progress(now, initial):
    if door_open(now, initial):
        return 1.0
    door = initial[1]
    if len(door) != 2 or not now[4]:
        return 0.2
    row, column = now[4][0]
    far = abs(door[0] - row) + abs(door[1] - column)
    return max(0.2, 1.0 - far / 12)
