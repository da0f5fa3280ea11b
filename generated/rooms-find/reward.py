import numpy as np
from synth import vision

SIDE = 128  # the view from above: rows and columns 0 to 127
COLOURS = ("red", "green", "blue", "purple", "yellow", "grey")
# Pixels between the middles at which the goal begins: 7.8 (agent) + 11.6 + the thing's radius.
REACH = {"ball": 25.2, "box": 26.25, "key": 28.2}
AHEAD = 1.35  # the agent's middle lies so far ahead of the centroid of its triangle
FAR = 9999.0


def paint(view, colour, mixed):
    # Mask of a colour; with mixed, pixels that are half covered count too.
    red = view[:, :, 0]
    green = view[:, :, 1]
    blue = view[:, :, 2]
    low = 110 if mixed else 65
    if colour == "red":
        return (red > 120) & (green < low) & (blue < low)
    if colour == "green":
        return (green > 120) & (red < low) & (blue < low)
    if colour == "blue":
        return (blue > 120) & (green < low) & (red < low) & (red < green + 20)
    if colour == "purple":
        return (blue > 110) & (green < (125 if mixed else 92)) & (red > green + 20)
    if colour == "yellow":
        return (red > 120) & (green > 120) & (blue < low)
    high = 156 if mixed else 145
    even = (green > 74) & (green < high) & (red < green + 12) & (green < red + 12)
    even = even & (blue < green + 12) & (green < blue + 12)
    dark = (red < 20) & (green < 20) & (blue < 20)
    return even & ~vision.grow(dark, 2)


def find(view, colour):
    # The things of a colour: (colour, kind, row, column, box, mask of the inside of the box).
    solid = paint(view, colour, False)
    if solid.sum() < 20:
        return []
    rest = paint(view, colour, True)
    rows = np.arange(SIDE).reshape(SIDE, 1)
    columns = np.arange(SIDE).reshape(1, SIDE)
    # Balls and boxes hold a full square of 5 pixels, a key does not.
    core = solid[:-4] & solid[1:-3] & solid[2:-2] & solid[3:-1] & solid[4:]
    core = core[:, :-4] & core[:, 1:-3] & core[:, 2:-2] & core[:, 3:-1] & core[:, 4:]
    found = []
    for blob in vision.blobs(core, diagonal=True):
        row = blob.centroid[0] + 2
        column = blob.centroid[1] + 2
        part = solid & ((rows - row) ** 2 + (columns - column) ** 2 < 56)
        row, column = vision.centroid(part)
        square = (rows - row) ** 2 + (columns - column) ** 2
        if solid[square < 22].mean() < 0.85:
            continue
        ring = solid[(square > 24.5) & (square < 30.5)]
        kind = "ball" if ring.size > 0 and ring.mean() > 0.75 else "box"
        top = max(0, int(row) - 8)
        left = max(0, int(column) - 8)
        bottom = int(row) + 10
        right = int(column) + 10
        inside = part[top:bottom, left:right]
        found.append((colour, kind, float(row), float(column), (top, left, bottom, right), inside))
        rest = rest & (square > 60)
    # What is left over of the colour are keys.
    if rest.sum() < 25:
        return found
    for blob in vision.blobs(vision.grow(rest, 1), 30, diagonal=True):
        top, left, bottom, right = blob.box
        inside = rest[top:bottom, left:right]
        spots = np.argwhere(inside)
        if len(spots) < 25:
            continue
        down = spots[:, 0] - spots[:, 0].mean()
        across = spots[:, 1] - spots[:, 1].mean()
        angle = 0.5 * np.arctan2(2 * (down * across).mean(),
                                 (down * down).mean() - (across * across).mean())
        sine = float(np.sin(angle))
        cosine = float(np.cos(angle))
        along = down * cosine + across * sine
        aside = across * cosine - down * sine
        length = float(along.max() - along.min())
        if length < 11 or length > 21:
            continue
        mid = 0.5 * float(along.max() + along.min())
        off = 0.5 * float(aside.max() + aside.min())
        row = top + float(spots[:, 0].mean()) + mid * cosine - off * sine
        column = left + float(spots[:, 1].mean()) + mid * sine + off * cosine
        found.append((colour, "key", row, column, (top, left, bottom, right), inside))
    return found


def perceive_initial(frame):
    if frame.shape[0] != SIDE or frame.shape[1] < SIDE:
        return ()
    view = frame[:, :SIDE]
    things = []
    for colour in COLOURS:
        things.extend(find(view, colour))
    return tuple(things)


def perceive(frame):
    # Row and column of the agent's middle (-1 where it is not found), and the view from above.
    if frame.shape[0] != SIDE or frame.shape[1] < SIDE:
        return -1.0, -1.0, frame
    view = frame[:, :SIDE]
    black = (vision.pack(view) & 0xF0F0F0) == 0
    spots = np.flatnonzero(black)
    count = spots.size
    if count < 30 or count > 250:
        return -1.0, -1.0, view
    rows = spots // SIDE
    columns = spots % SIDE
    if count > 110 or rows[-1] - rows[0] > 17 or columns.max() - columns.min() > 17:
        pieces = vision.blobs(black, 30, diagonal=True)
        if len(pieces) == 0 or pieces[0].area > 110:
            return -1.0, -1.0, view
        top, left, bottom, right = pieces[0].box
        if bottom - top > 18 or right - left > 18:
            return -1.0, -1.0, view
        inner = np.argwhere(black[top:bottom, left:right])
        rows = inner[:, 0] + top
        columns = inner[:, 1] + left
    row = float(rows.mean())
    column = float(columns.mean())
    down = rows - row
    across = columns - column
    # The triangle is longest along its heading, and its tip is farther out than its back edge.
    angle = 0.5 * np.arctan2(2 * (down * across).sum(),
                             (down * down).sum() - (across * across).sum())
    sine = float(np.sin(angle))
    cosine = float(np.cos(angle))
    along = down * cosine + across * sine
    ahead = AHEAD if along.max() > -along.min() else -AHEAD
    return row + ahead * cosine, column + ahead * sine, view


def wanted(mission):
    colour = ""
    kind = ""
    for raw in mission.lower().split():
        word = raw.strip(".,;:!?")
        if word == "gray":
            word = "grey"
        if word in COLOURS and colour == "":
            colour = word
        if word in REACH and kind == "":
            kind = word
    return colour, kind


def still_there(view, thing):
    top, left, bottom, right = thing[4]
    inside = thing[5]
    now = paint(view[top:bottom, left:right], thing[0], True)
    return now.shape == inside.shape and (now & inside).sum() >= 0.9 * inside.sum()


def beyond(now, initial, mission):
    # Pixels by which the agent is too far from the named thing, below 0 where it is near.
    colour, kind = wanted(mission)
    if colour == "" or kind == "" or now[0] < 0:
        return FAR
    best = FAR
    for thing in initial:
        if thing[0] != colour or thing[1] != kind:
            continue
        places = [thing]
        if not still_there(now[2], thing):
            moved = [other for other in find(now[2], colour) if other[1] == kind]
            if len(moved) > 0:
                places = moved
        for place in places:
            square = (now[0] - place[2]) ** 2 + (now[1] - place[3]) ** 2
            best = min(best, float(square) ** 0.5 - REACH[kind])
    return best


def agent_near_named_thing(now, initial, mission):
    return bool(beyond(now, initial, mission) < 0)


def agent_near_named_thing_progress(now, initial, mission):
    left = beyond(now, initial, mission)
    if left < 0:
        return 1.0
    return float(max(0.0, 0.99 * (1.0 - left / 160.0)))


SUBTASKS = [agent_near_named_thing]
