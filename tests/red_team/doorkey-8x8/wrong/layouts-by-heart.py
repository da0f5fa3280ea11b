"""WRONG: knows the layouts of the recorded episodes by heart and is right in them; in any other it looks at the key's first cell alone.

Class: memorised layouts

Proven: episodes with a wrong verdict, of 100 each: early 38% (key_taken); mid 39% (key_taken); late 9% (key_taken); putter 41% (key_taken). 8379 wrong verdicts (8379 false yes, 0 false no) on 43879 frames of 400 episodes. Credit differs from true credit in: early 0% mid 0% late 0% putter 0%.
"""
STEPS = ((0, 1), (1, 0), (0, -1), (-1, 0))


SEEN = (
    1211, 1221, 1241, 1251, 1312, 1331, 1332, 1342, 1362, 1413, 1431, 1451, 1453, 1511, 1513,
    1514, 1524, 1533, 1542, 1551, 1553, 2211, 2221, 2241, 2311, 2332, 2342, 2351, 2352, 2361,
    2362, 2412, 2413, 2423, 2463, 2511, 2531, 2541, 2542, 2554, 3211, 3221, 3231, 3241, 3251,
    3321, 3331, 3351, 3352, 3361, 3412, 3423, 3431, 3452, 3453, 3512, 3521, 3563, 4231, 4241,
    4312, 4322, 4341, 4342, 4352, 4362, 4412, 4421, 4423, 4432, 4433, 4441, 4443, 4451, 4521,
    4532, 4542, 4543, 4544, 4553, 4561, 5211, 5241, 5251, 5312, 5341, 5342, 5351, 5362, 5452,
    5521, 5532, 5542, 5551, 5561, 5562, 5563,
)


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
    door = initial[1]
    if len(door) != 2 or len(initial[4]) != 1 or now[3].shape != initial[3].shape:
        return key_gone(now, initial)
    row, column = initial[4][0]
    if door[0] * 1000 + door[1] * 100 + row * 10 + column in SEEN:
        return key_gone(now, initial)
    return (row, column) not in now[4]
