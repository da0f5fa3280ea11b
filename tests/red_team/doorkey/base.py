from synth import vision

GREEN = 0x00FF00
RED = 0xFF0000
WALL = 0x646464

# (row, column) in a tile of 16 x 16 pixels
KEY_ON = ((11, 8), (11, 9), (7, 8), (7, 9), (13, 6), (13, 9), (4, 6), (4, 11))
KEY_OFF = ((4, 8), (8, 6), (8, 11), (11, 6), (11, 11), (15, 8))
DOOR_ON = ((0, 0), (0, 8), (0, 15), (8, 0), (8, 15), (15, 0), (15, 8), (15, 15), (8, 10), (8, 11))
DOOR_OFF = ((3, 3), (3, 12), (12, 3), (12, 12), (6, 10), (11, 10), (8, 4))


def at(place, size):
    """The middle of a place of the 16-pixel tile, in a tile of another size."""
    return (2 * place + 1) * size // 32


def tile_size(codes):
    """The first cell inside the outer wall begins at (size, size)."""
    height, width = codes.shape
    for size in (16, 32, 8, 24, 20, 12, 40, 48, 64):
        if height >= 5 * size and width >= 5 * size and height % size == 0 and width % size == 0:
            if codes.item(size - 1, size - 1) == WALL and codes.item(size, size) != WALL:
                return size
    return 16


def matches(tile, on, off, spot):
    """Whether all places of `on` have one colour, and no place of `off` has it."""
    r, c = on[0]
    colour = tile.item(spot[r], spot[c])
    for r, c in on:
        if tile.item(spot[r], spot[c]) != colour:
            return False
    for r, c in off:
        if tile.item(spot[r], spot[c]) == colour:
            return False
    return True


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
    doors = []
    for r, c in zip(rows.tolist(), columns.tolist()):
        top = r * size
        left = c * size
        tile = codes[top:top + size, left:left + size]
        if matches(tile, KEY_ON, KEY_OFF, spot):
            keys.append(tile.item(spot[11], spot[8]))
        if matches(tile, DOOR_ON, DOOR_OFF, spot):
            doors.append((top, left, tile.item(0, 0)))
    fitting = [door for door in doors if door[2] in keys] or doors

    # tiles that may be the goal square; goal_reached looks closer where it matters
    rows, columns = (codes[::size, ::size] == GREEN).nonzero()
    greens = tuple(zip(rows.tolist(), columns.tolist()))

    return codes, tuple(keys), fitting[0] if fitting else None, greens, size


def peak(code):
    return max(code >> 16, (code >> 8) & 255, code & 255)


def same_hue(code, colour):
    """Whether `code` is a darker or equal shade of `colour`."""
    a = peak(code)
    b = peak(colour)
    for shift in (16, 8, 0):
        if abs(((code >> shift) & 255) * b - ((colour >> shift) & 255) * a) * 5 > a * b:
            return False
    return True


def key_taken(now, initial):
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


def door_opened(now, initial):
    codes = now[0]
    door = initial[2]
    if door is None or codes.shape != initial[0].shape:
        return False
    size = initial[4]
    top, left, colour = door
    bright = peak(colour)
    first = top + size // 4
    step = size // 4
    # the left edge is plain floor: neither the locked door's filling nor a shut door's frame
    for row in codes[first:top + size:step, left + size // 16:left + size // 8].tolist():
        for code in row:
            if peak(code) * 3 >= bright:
                return False
    # the right edge shows the bar of the open door
    for row in codes[first:top + size:step, left + size - size // 8:left + size].tolist():
        found = False
        for code in row:
            if peak(code) * 2 >= bright and same_hue(code, colour):
                found = True
        if not found:
            return False
    return True


def goal_reached(now, initial):
    codes, before = now[0], initial[0]
    if codes.shape != before.shape:
        return False
    size = initial[4]
    middle = size // 2
    last = size - 1
    reached = []
    for r, c in initial[3]:
        top = r * size
        left = c * size
        if (
            codes.item(top + middle, left + middle) == RED
            and codes.item(top, left) == GREEN
            and codes.item(top, left + last) == GREEN
            and codes.item(top + last, left) == GREEN
            and codes.item(top + last, left + last) == GREEN
        ):
            reached.append((r, c))
    if not reached:
        return False
    # the goal is the square that was evenly filled
    goal = None
    for r, c in initial[3]:
        if (before[r * size:(r + 1) * size, c * size:(c + 1) * size] == GREEN).all():
            goal = (r, c)
    return goal in reached


SUBTASKS = [key_taken, door_opened, goal_reached]
