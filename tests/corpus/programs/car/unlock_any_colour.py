"""The same for Unlock with the colour taken from the initial image, where the door is."""
from synth import vision

ROWS = 6
COLUMNS = 11
WALL = 5  # the column of tiles between the rooms
BLACK = 0


def perceive(frame):
    codes = vision.pack(frame)
    tile = codes.shape[0] // ROWS
    if tile < 8 or codes.shape != (ROWS * tile, COLUMNS * tile):
        return {"codes": codes[:0], "tile": 0, "doors": ()}
    left = WALL * tile
    column = codes[:, left:left + tile]
    inside = column[tile // 4::tile, tile // 4].tolist()
    edge = column[tile // 2::tile, 0].tolist()
    bottom = column[tile - 1::tile, tile // 2].tolist()

    # Through an open door the floor is seen; a shut one is filled with a shade of its frame.
    doors = [(row, edge[row]) for row in range(ROWS) if inside[row] != edge[row]]
    opened = [row for row, _ in doors if inside[row] == BLACK and bottom[row] == BLACK]
    return {"codes": codes, "tile": tile, "doors": tuple(doors), "open": tuple(opened)}


def keys(seen, colour):
    blobs = vision.blobs(vision.where(seen["codes"], colour), 4, diagonal=True)
    low, high = seen["tile"] // 4, seen["tile"] // 2
    return len([blob for blob in blobs if blob.width < high and low < blob.height < 2 * high])


def key_picked_up(now, initial):
    if len(initial["doors"]) != 1 or now["codes"].shape != initial["codes"].shape:
        return False
    colour = initial["doors"][0][1]
    return keys(initial, colour) == 1 and keys(now, colour) == 0


def door_open(now, initial):
    if len(initial["doors"]) != 1 or now["codes"].shape != initial["codes"].shape:
        return False
    row = initial["doors"][0][0]
    return row not in initial["open"] and row in now["open"] and len(now["open"]) == 1


SUBTASKS = [key_picked_up, door_open]
