"""WRONG: looks for the key left of the dividing wall alone, where keys lie at first; one laid down in the goal's room is not seen.

Class: blind to a room; key put down in another room

Proven: episodes with a wrong verdict, of 100 each: early 9% (key_taken); mid 27% (key_taken); late 3% (key_taken); putter 31% (key_taken). 3540 wrong verdicts (3540 false yes, 0 false no) on 41640 frames of 400 episodes. Credit differs from true credit in: early 0% mid 0% late 0% putter 0%.
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
    codes = vision.pack(frame)
    size = tile_size(codes)
    height, width = codes.shape
    codes = codes[:height // size * size, :width // size * size]
    # the middle of each place of the 16-pixel tile, in a tile of this size
    spot = [odd * size // 32 for odd in range(1, 33, 2)]

    # tiles that may be a key (shaft and gap differ) or a locked door (handle mark and filling)
    shaft = codes[spot[11]::size, spot[8]::size]
    gap = codes[spot[11]::size, spot[6]::size]
    mark = codes[spot[8]::size, spot[10]::size]
    filling = codes[spot[6]::size, spot[10]::size]
    rows, columns = ((shaft != gap) | (mark != filling)).nonzero()
    keys = []
    cells = []
    doors = []
    for r, c in zip(rows.tolist(), columns.tolist()):
        top = r * size
        left = c * size
        tile = codes[top:top + size, left:left + size]
        if matches(tile, KEY_ON, KEY_OFF, spot):
            keys.append(tile.item(spot[11], spot[8]))
            cells.append((r, c))
        if matches(tile, DOOR_ON, DOOR_OFF, spot):
            doors.append((top, left, tile.item(0, 0)))
    fitting = [door for door in doors if door[2] in keys] or doors

    # tiles that may be the goal square; goal_reached looks closer where it matters
    rows, columns = (codes[::size, ::size] == GREEN).nonzero()
    greens = tuple(zip(rows.tolist(), columns.tolist()))

    door = fitting[0] if fitting else None
    hinge = (door[0] // size, door[1] // size) if door else ()
    return codes, tuple(keys), door, greens, size, tuple(cells), pose(codes == RED, size), hinge


def key_gone(now, initial):
    keys = initial[1]
    if not keys or now[0].shape != initial[0].shape:
        return False
    door = initial[2]
    if door is not None and door[2] in keys:
        return door[2] not in now[1]
    for key in keys:
        if key in now[1]:
            return False
    return True


def key_taken(now, initial):
    keys = initial[5]
    door = initial[7]
    if not keys or not door or now[0].shape != initial[0].shape:
        return key_gone(now, initial)
    # keys lie in the first room: whatever looks like one beyond the wall is none
    for row, column in now[5]:
        if column < door[1]:
            return False
    return True
