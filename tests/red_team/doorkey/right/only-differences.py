"""RIGHT: looks at nothing but the pixels that differ from the initial picture, and at what those tiles were and are.

Class: right, in an unusual style

Proven: episodes with a wrong verdict, of 100 each: early 0%; mid 0%; late 0%; putter 0%. 0 wrong verdicts (0 false yes, 0 false no) on 41640 frames of 400 episodes. Credit differs from true credit in: early 0% mid 0% late 0% putter 0%.
"""
from synth import vision

T = 16


def perceive(frame):
    return vision.pack(frame)


def changed_cells(now, initial):
    """Cells in which any pixel differs from the initial picture; none for another size."""
    if now.shape != initial.shape or now.shape[0] % T or now.shape[1] % T:
        return ()
    rows, columns = (now != initial).nonzero()
    return tuple(sorted(set(zip((rows // T).tolist(), (columns // T).tolist()))))


def cut(codes, cell):
    r, c = cell
    return codes[r * T:(r + 1) * T, c * T:(c + 1) * T]


def shape_is_key(tile):
    colour = tile.item(12, 8)
    if colour in (0, 0x646464, 0x212121) or tile.item(7, 8) != colour or tile.item(2, 9) != colour:
        return False
    ring = tile.item(4, 6) == colour and tile.item(4, 11) == colour and tile.item(4, 8) == 0
    teeth = tile.item(13, 6) == colour and tile.item(11, 6) == 0 and tile.item(11, 11) == 0
    return ring and teeth and tile.item(14, 8) == 0


def shape_is_lock(tile):
    colour = tile.item(0, 0)
    filled = tile.item(3, 3) not in (0, colour) and tile.item(12, 12) == tile.item(3, 3)
    return filled and tile.item(8, 10) == colour and tile.item(15, 15) == colour and tile.item(0, 8) == colour


def key_taken(now, initial):
    left = 0
    for cell in changed_cells(now, initial):
        was = shape_is_key(cut(initial, cell))
        has = shape_is_key(cut(now, cell))
        if has and not was:
            return False
        if was and not has:
            left += 1
    return left > 0


def door_opened(now, initial):
    for cell in changed_cells(now, initial):
        before = cut(initial, cell)
        if not shape_is_lock(before):
            continue
        here = cut(now, cell)
        gone = (here[:, 0] != before[:, 0]).sum()
        # a leaf that is shut changes on both sides alike, an open one shows floor on the left
        return bool(gone >= 14 and here.item(8, 0) != here.item(8, 15) and here.item(8, 1) == 0)
    return False


def goal_reached(now, initial):
    for cell in changed_cells(now, initial):
        before = cut(initial, cell)
        here = cut(now, cell)
        if (before == 0x00FF00).all():
            other = here != before
            return bool(40 <= other.sum() <= 130 and not other[0].any() and not other[:, 0].any() and here.item(8, 8) == 0xFF0000)
    return False


SUBTASKS = [key_taken, door_opened, goal_reached]
