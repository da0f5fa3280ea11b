import numpy as np
from scipy import ndimage
from synth import vision

COLOURS = ("red", "green", "blue", "yellow", "cyan", "brown")
KINDS = {
    "block": "block", "blocks": "block",
    "disk": "disk", "disks": "disk",
    "bar": "bar", "bars": "bar",
}
EIGHT = np.array([[1, 1, 1], [1, 1, 1], [1, 1, 1]])
HALF_WALL = 1.45  # pixels from the outer edge of the box to the middle of its wall
WHOLE = 95  # a block or disk that is seen whole has some 104 to 112 pixels
SEVERAL = 135
# A pixel's place in the two tables below: 1 if its red is above 105, plus 2 if its green is
# above 120, plus 4 if its blue is, plus 8 if its red is above 180.
NAMES = ("", "brown", "green", "", "blue", "", "cyan", "", "", "red", "", "yellow", "", "", "", "")
NONE = (-99, -99, -99)
CENTRES = np.array((
    NONE, (146, 92, 48), (38, 165, 58), NONE, (48, 77, 224), NONE, (77, 209, 219), NONE,
    NONE, (214, 38, 38), NONE, (233, 209, 48), NONE, NONE, NONE, NONE,
))


def squareness(dr, dc, square):
    # how four-cornered an outline is, whichever way it is turned and however its corners
    # fall on the raster: some 0.6 for a square, at most 0.16 for a disk
    a = dr * dr
    b = dc * dc
    re = float((a * a - 6.0 * a * b + b * b).mean())
    im = float((4.0 * dr * dc * (a - b)).mean())
    size = float(square.mean())
    return (re * re + im * im) ** 0.5 / (size * size + 1e-9)


# ---------------------------------------------------------------- things

def piece(colour, rows, cols):
    # (colour, "", pixels, middle row, middle column, rows, columns); see kind_of
    n = int(rows.size)
    return colour, "", n, int(rows.sum()) / n, int(cols.sum()) / n, rows, cols


def parted(colour, rows, cols):
    # several things of one colour that touch
    top = int(rows.min()) - 1
    left = int(cols.min()) - 1
    mask = np.zeros((int(rows.max()) - top + 2, int(cols.max()) - left + 2), dtype=bool)
    mask[rows - top, cols - left] = True
    cores, count = ndimage.label(ndimage.distance_transform_edt(mask) >= 4.6, structure=EIGHT)
    if count < 2 or count > 8:
        return [piece(colour, rows, cols)]
    apart = []
    for i in range(1, count + 1):
        rr, cc = (cores == i).nonzero()
        apart.append((rows - top - rr.mean()) ** 2 + (cols - left - cc.mean()) ** 2)
    nearest = np.array(apart).argmin(axis=0)
    found = []
    for i in range(count):
        pick = nearest == i
        if pick.any():
            found.append(piece(colour, rows[pick], cols[pick]))
    return found


def kind_of(thing):
    # its kind, "" where that cannot be told
    n = thing[2]
    dr = thing[5] - thing[3]
    dc = thing[6] - thing[4]
    square = dr * dr + dc * dc
    far = float(square.max()) ** 0.5
    if far > 8.0 and n >= 60:
        a = float((dr * dr).mean())
        b = float((dc * dc).mean())
        c = float((dr * dc).mean())
        half = 0.5 * (a + b)
        root = (0.25 * (a - b) * (a - b) + c * c) ** 0.5
        if half + root > 2.5 * (half - root):
            return "bar"
    if WHOLE <= n <= SEVERAL:
        # the corners of a block reach farther than a disk does, but hardly where the raster cuts
        # them off; a disk of which something is hidden has its middle shifted
        reach = 5.96 if n >= 100 else 6.3
        return "block" if far > reach and squareness(dr, dc, square) > 0.27 else "disk"
    return ""


def perceive(frame):
    # all that is seen of things
    hot = np.flatnonzero(frame > 134) // 3
    if hot.size == 0:
        return []
    new = np.ones(hot.size, dtype=bool)
    new[1:] = hot[1:] != hot[:-1]
    spots = hot[new]
    if spots.size > 5000:
        return []
    rgb = frame.reshape(-1, 3)[spots]
    red = rgb[:, 0]
    place = (red > 105) + 2 * (rgb[:, 1] > 120) + 4 * (rgb[:, 2] > 120) + 8 * (red > 180)
    near = np.abs(rgb - CENTRES[place]) <= 10
    pick = near[:, 0] & near[:, 1] & near[:, 2]
    spots = spots[pick]
    if spots.size < 3:
        return []
    place = place[pick]
    rows, cols = np.divmod(spots, frame.shape[1])
    # the colours lie in strips, one below the other, so that only pixels of one colour connect
    top = int(rows[0])
    left = int(cols.min())
    high = int(rows[-1]) - top + 2
    present = np.flatnonzero(np.bincount(place, minlength=16))
    shift = np.zeros(16, dtype=np.int64)
    shift[present] = np.arange(present.size) * high - top
    down = rows + shift[place]
    across = cols - left
    strips = np.zeros((high * int(present.size), int(across.max()) + 1), dtype=bool)
    strips[down, across] = True
    labels, count = ndimage.label(strips, structure=EIGHT)
    own = labels[down, across]
    sizes = np.bincount(own).tolist()
    found = []
    for i in range(1, min(count, 240) + 1):
        if sizes[i] < 3:
            continue
        pick = own == i
        colour = NAMES[int(place[pick.argmax()])]
        if sizes[i] > SEVERAL:
            found.extend(parted(colour, rows[pick], cols[pick]))
        else:
            found.append(piece(colour, rows[pick], cols[pick]))
    return found


# ---------------------------------------------------------------- the box

def bounds(rows, cols, angles):
    # the extent of points along axes turned by the angles
    c = np.cos(angles)[:, None]
    s = np.sin(angles)[:, None]
    u = rows * c + cols * s
    v = cols * c - rows * s
    return u.min(axis=1), u.max(axis=1), v.min(axis=1), v.max(axis=1)


def find_box(frame, things):
    # cosine and sine of its turn, and the limits along its sides, in the middle of its wall
    unlike = (frame - np.array((46, 46, 50), dtype=np.uint8)) > 24
    off = unlike[:, :, 0] | unlike[:, :, 1] | unlike[:, :, 2]
    for thing in things:
        off[thing[5], thing[6]] = False
    labels, count = ndimage.label(off)
    if count == 0:
        return ()
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    best = int(sizes.argmax())
    if sizes[best] < 300:
        return ()
    mask = labels == best
    rows = mask.any(axis=1).nonzero()[0]
    mask = mask[rows]
    first = mask.argmax(axis=1)
    last = mask.shape[1] - 1 - mask[:, ::-1].argmax(axis=1)
    rows = np.concatenate((rows, rows)).astype(np.float64)
    cols = np.concatenate((first, last)).astype(np.float64)
    angles = np.arange(0.0, 90.0, 3.0) * (np.pi / 180.0)
    u0, u1, v0, v1 = bounds(rows, cols, angles)
    turn = float(angles[int(((u1 - u0) * (v1 - v0)).argmin())])
    angles = turn + np.arange(-3.0, 3.01, 0.25) * (np.pi / 180.0)
    u0, u1, v0, v1 = bounds(rows, cols, angles)
    i = int(((u1 - u0) * (v1 - v0)).argmin())
    return (
        float(np.cos(angles[i])),
        float(np.sin(angles[i])),
        float(u0[i]) + HALF_WALL,
        float(u1[i]) - HALF_WALL,
        float(v0[i]) + HALF_WALL,
        float(v1[i]) - HALF_WALL,
    )


def perceive_initial(frame):
    things = perceive(frame)
    if len(things) == 0:
        return (), ()
    known = [(thing[0], kind_of(thing)) + thing[2:] for thing in things]
    return find_box(frame, things), known


def beyond(box, row, col):
    # how far a point lies outside of the middle of the wall, below 0 inside
    u = row * box[0] + col * box[1]
    v = col * box[0] - row * box[1]
    return max(box[2] - u, u - box[3], box[4] - v, v - box[5])


def is_inside(box, thing):
    middle = beyond(box, thing[3], thing[4])
    if middle > 0:
        return False
    if middle < -7.6 and thing[2] <= SEVERAL and kind_of(thing) != "bar":
        return True
    u = thing[5] * box[0] + thing[6] * box[1]
    v = thing[6] * box[0] - thing[5] * box[1]
    return bool(u.min() >= box[2] and u.max() <= box[3] and v.min() >= box[4] and v.max() <= box[5])


# ---------------------------------------------------------------- the mission

def wanted(mission):
    # colour and kind, "" for any
    colour = ""
    kind = ""
    for raw in mission.lower().split():
        word = raw.strip(".,;:!?")
        if word in COLOURS and colour == "":
            colour = word
        if word in KINDS and kind == "":
            kind = KINDS[word]
    return colour, kind


def fits(colour, kind, wish):
    return (wish[0] == "" or wish[0] == colour) and (wish[1] == "" or wish[1] == kind)


def kinds_of(seen, known):
    # the kinds of what is seen of one colour, of which these kinds are known to be there;
    # what is partly hidden is what the others are not
    own = [kind_of(thing) for thing in seen]
    if len(known) == 0:
        return own
    left = list(known)
    for kind in own:
        if kind in left:
            left.remove(kind)
    kinds = []
    for kind in own:
        if kind not in known:
            kind = left[0] if len(left) > 0 else known[0]
        kinds.append(kind)
    return kinds


def how_many(seen):
    # things among what is seen of one look: slivers count as one, lumps as two
    big = 0
    slivers = 0
    for thing in seen:
        if thing[2] > SEVERAL and kind_of(thing) != "bar":
            big += 2
        elif thing[2] >= 40:
            big += 1
        else:
            slivers = 1
    return big + slivers


def sort_out(now, before, wish):
    # what is seen of the named things, and of the others
    if wish[1] == "":
        return [t for t in now if t[0] == wish[0]], [t for t in now if t[0] != wish[0]]
    mine = []
    rest = []
    for colour in COLOURS:
        seen = [thing for thing in now if thing[0] == colour]
        if len(seen) == 0:
            continue
        kinds = kinds_of(seen, [thing[1] for thing in before if thing[0] == colour])
        for thing, kind in zip(seen, kinds):
            if fits(colour, kind, wish):
                mine.append(thing)
            else:
                rest.append(thing)
    return mine, rest


def lost(seen, before):
    # things of the initial image, of the colours of which too few are seen
    missing = []
    for colour in COLOURS:
        known = [thing for thing in before if thing[0] == colour]
        if len(known) > 0 and how_many([thing for thing in seen if thing[0] == colour]) < len(known):
            missing.extend(known)
    return missing


def is_covered(thing, seen, box):
    # whether something else now lies outside of the box where this thing lay at first
    for other in seen:
        if (other[3] - thing[3]) ** 2 + (other[4] - thing[4]) ** 2 >= 64 or is_inside(box, other):
            continue
        if other[0] != thing[0] or kind_of(other) != thing[1]:
            return True
    return False


def ready(now, initial, wish):
    return wish != ("", "") and len(initial[0]) == 6 and len(now) > 0


def a_named_thing_in_box(now, initial, mission):
    wish = wanted(mission)
    if not ready(now, initial, wish):
        return False
    return any(is_inside(initial[0], thing) for thing in sort_out(now, initial[1], wish)[0])


def is_done(mine, rest, initial, wish):
    box, before = initial
    if len(mine) == 0:
        return False
    if not all(is_inside(box, thing) for thing in mine) or any(is_inside(box, thing) for thing in rest):
        return False
    # a named thing that is not seen is hidden in the box, unless something was put on it outside
    seen = mine + rest
    mine_before = [thing for thing in before if fits(thing[0], thing[1], wish)]
    if any(is_covered(thing, seen, box) for thing in lost(mine, mine_before)):
        return False
    # another thing that is not seen is hidden in the box, unless something was put on it outside
    hidden = lost(rest, [thing for thing in before if not fits(thing[0], thing[1], wish)])
    return len(hidden) == 0 or any(is_covered(thing, seen, box) for thing in hidden)


def only_named_things_in_box(now, initial, mission):
    wish = wanted(mission)
    if not ready(now, initial, wish):
        return False
    mine, rest = sort_out(now, initial[1], wish)
    return is_done(mine, rest, initial, wish)


def only_named_things_in_box_progress(now, initial, mission):
    wish = wanted(mission)
    if not ready(now, initial, wish):
        return 0.0
    box = initial[0]
    mine, rest = sort_out(now, initial[1], wish)
    if is_done(mine, rest, initial, wish):
        return 1.0
    score = 0.0
    for thing in mine:
        if is_inside(box, thing):
            score += 1.0
        else:
            away = max(beyond(box, thing[3], thing[4]) + 6.0, 0.0)
            score += max(0.0, 0.8 * (1.0 - away / 130.0))
    for thing in rest:
        if not is_inside(box, thing):
            score += 1.0
    return float(min(0.97, 0.97 * score / (len(mine) + len(rest))))


SUBTASKS = [a_named_thing_in_box, only_named_things_in_box]
