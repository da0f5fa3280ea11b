import numpy as np
from synth import vision

# Camera geometry. In each view a point has a coordinate a to the right, b ahead
# (both horizontal) and z upwards; pixel row i = 79 - K (b S + z C) / depth,
# column j = 80 + K a / depth, depth = 0.75 + b C - z S.
K = 138.564065
S = 0.6427876
C = 0.7660444
RX = (0.70710678, -1.0)
RY = (0.70710678, 0.0)
FX = (-0.70710678, 0.0)
FY = (0.70710678, -1.0)

Z = 0.02
REACH = 0.05
MOVED = 0.009
CUBE_SIDE = 0.04
TARGET_SIDE = 0.036

GX = np.array((-2, -2, -2, -2, -2, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0,
               1, 1, 1, 1, 1, 2, 2, 2, 2, 2), dtype=np.float32)
GY = np.array((-2, -1, 0, 1, 2, -2, -1, 0, 1, 2, -2, -1, 0, 1, 2,
               -2, -1, 0, 1, 2, -2, -1, 0, 1, 2), dtype=np.float32)
YAWS = np.array((0.0, 0.2618, 0.5236, 0.7854, 1.0472, 1.309), dtype=np.float32)
FINE_YAWS = np.array((-0.13, 0.0, 0.13), dtype=np.float32)
LEAST = 0.001
SHUT = 4


def is_picture(frame):
    return frame.ndim == 3 and frame.shape[0] == 160 and frame.shape[1] == 320


def thing_mask(img, magenta):
    red = img[..., 0]
    green = img[..., 1]
    blue = img[..., 2]
    if magenta:
        return (np.minimum(red, blue) > 100) & (green < 80)
    return (np.maximum(red, blue) < 80) & (green > 100)


def ground(view, i, j, z):
    e = (79.0 - i) / K
    f = (j - 80.0) / K
    b = (e * (0.75 - z * S) - z * C) / (S - e * C)
    a = f * (0.75 + b * C - z * S)
    return RX[view] * a + FX[view] * b, RY[view] * a + FY[view] * b


def free_map(frame, left, r0, r1, c0, c1):
    """White table top or dark floor: certainly nothing stands in front of it.

    Bright spots of the arm have the shade of the table, but are enclosed by its other shades.
    """
    e0 = max(r0 - 2 * SHUT, 0)
    e1 = min(r1 + 2 * SHUT, 160)
    d0 = max(c0 - 2 * SHUT, 0)
    d1 = min(c1 + 2 * SHUT, 160)
    img = frame[e0:e1, left + d0:left + d1]
    red = img[..., 0]
    green = img[..., 1]
    low = np.minimum(red, green)
    high = np.maximum(red, green)
    bright = low > 100
    table = (low > 222) & (high < 232)
    free = table | (high < 46)
    if np.count_nonzero(bright) != np.count_nonzero(table):
        # there is something of the arm: what its other shades enclose is no table
        free = free & (vision.grow(~vision.grow(bright > table, SHUT), SHUT) | ~table)
    return free[r0 - e0:r1 - e0, c0 - d0:c1 - d0]


def behind(img, last, magenta):
    """The other block, where it stands behind this one and hides nothing of it."""
    other = thing_mask(img, not magenta)
    return other & ~other[last:].any()


def unblocked(frame, left, img, thing, box, r0, c0, magenta):
    """Whether at most 3 pixels of the ring around the block may show something before it."""
    a0 = max(box[0] - 1, 0)
    b0 = max(box[1] - 1, 0)
    a1 = min(box[2] + 1, thing.shape[0])
    b1 = min(box[3] + 1, thing.shape[1])
    near = thing[a0:a1, b0:b1]
    blocked = vision.grow(near, 1) > (
        near | free_map(frame, left, r0 + a0, r0 + a1, c0 + b0, c0 + b1))
    if int(np.count_nonzero(blocked)) <= 3:
        return True
    other = behind(img, box[2] - 1, magenta)[a0:a1, b0:b1]
    return int(np.count_nonzero(blocked > other)) <= 3


def look(frame, view, coarse, magenta):
    left = 160 * view
    top, west, bottom, east = vision.bounding_box(coarse[:, 54 * view:54 * view + 54])
    if bottom:
        top = 3 * top
        bottom = 3 * bottom - 3
        west = 3 * west + 2 * view
        east = 3 * east - 3 + 2 * view
    else:
        top, west, bottom, east = vision.bounding_box(
            thing_mask(frame[:, left:left + 160], magenta))
        if not bottom:
            return None
        bottom = bottom - 1
        east = east - 1
    if bottom - top > 24 or east - west > 24:
        return None
    r0 = max(top - 14, 0)
    r1 = min(bottom + 15, 160)
    c0 = max(west - 14, 0)
    c1 = min(east + 15, 160)
    img = frame[r0:r1, left + c0:left + c1]
    thing = thing_mask(img, magenta)
    rows, cols = thing.nonzero()
    count = int(rows.size)
    if not count:
        return None
    box = (int(rows[0]), int(np.minimum.reduce(cols)),
           int(rows[-1]) + 1, int(np.maximum.reduce(cols)) + 1)
    complete = (count >= 20 and r0 + box[0] >= 1 and r0 + box[2] <= 159
                and c0 + box[1] >= 1 and c0 + box[3] <= 159
                and unblocked(frame, left, img, thing, box, r0, c0, magenta))
    mi = int(np.add.reduce(rows)) / count + r0
    mj = int(np.add.reduce(cols)) / count + c0
    return {"frame": frame, "left": left, "img": img, "thing": thing, "rows": rows, "cols": cols,
            "r0": r0, "c0": c0, "complete": complete, "count": count, "mi": mi, "mj": mj}


def chosen_pixels(seen, magenta):
    """The pixels that a fit looks at, with labels: 0 free, 1 a side face, 2 the top face."""
    thing = seen["thing"]
    r0 = seen["r0"]
    c0 = seen["c0"]
    free = free_map(seen["frame"], seen["left"], r0, r0 + thing.shape[0], c0, c0 + thing.shape[1])
    free = free | behind(seen["img"], int(seen["rows"][-1]), magenta)
    ii = np.arange(thing.shape[0])[:, None]
    jj = np.arange(thing.shape[1])[None, :]
    parity = ((ii + jj) & 1) == 0
    grid = ((ii % 4) == 0) & ((jj % 4) == 0)
    near = vision.grow(thing, 2)
    mine = thing if seen["count"] < 40 else thing & parity
    pick = mine | (free & ((near & parity) | grid))
    pi, pj = np.nonzero(pick)
    bright = seen["img"][..., 0 if magenta else 1] > 195
    labels = thing[pi, pj].astype(np.int8) + (thing & bright)[pi, pj].astype(np.int8)
    return (pi + r0).astype(np.float32), (pj + c0).astype(np.float32), labels


def mismatches(view, pi, pj, labels, xs, ys, yaws, side):
    """How many pixels contradict a block at each place (columns) and yaw (rows)."""
    a = RX[view] * xs + RY[view] * ys
    b = FX[view] * xs + FY[view] * ys
    depth = 0.75 - Z * S + b * C
    ci = (79.0 - K * (b * S + Z * C) / depth).astype(np.float32)
    cj = (80.0 + K * a / depth).astype(np.float32)
    am = float(a.mean())
    bm = float(b.mean())
    dm = 0.75 + bm * C - Z * S
    size = side * K / dm
    m = am / dm
    e = (bm * S + Z * C) / dm
    bi = -size * (S - e * C)
    bj = -size * m * C
    zi = -size * (C + e * S)
    zj = size * m * S
    co = np.cos(yaws)
    si = np.sin(yaws)
    a1 = RX[view] * co + RY[view] * si
    b1 = FX[view] * co + FY[view] * si
    a2 = RY[view] * co - RX[view] * si
    b2 = FY[view] * co - FX[view] * si
    g1i = bi * b1
    g1j = size * a1 + bj * b1
    g2i = bi * b2
    g2j = size * a2 + bj * b2
    cross = np.abs(g1i * g2j - g1j * g2i)[:, None, None]
    t1 = (g1i * zj - g1j * zi)[:, None, None]
    t2 = (g2i * zj - g2j * zi)[:, None, None]
    di = pi[None, :] - ci[:, None]
    dj = pj[None, :] - cj[:, None]
    q1 = g1i[:, None, None] * dj - g1j[:, None, None] * di
    q2 = g2i[:, None, None] * dj - g2j[:, None, None] * di
    q3 = np.abs(zi * dj - zj * di)[None, :, :]
    u1 = np.abs(t1)
    u2 = np.abs(t2)
    inside = ((np.abs(q1) <= 0.5 * (cross + u1)) & (np.abs(q2) <= 0.5 * (cross + u2))
              & (q3 <= 0.5 * (u1 + u2)))
    on_top = (np.abs(q1 - 0.5 * t1) <= 0.5 * cross) & (np.abs(q2 - 0.5 * t2) <= 0.5 * cross)
    predicted = inside.astype(np.int8) + on_top.astype(np.int8)
    return (predicted != labels[None, None, :]).sum(axis=2)


def bare_pixels(frame, view, x, y):
    """Free pixels about the place (x, y), in a view that shows nothing of the block: labels 0."""
    a = RX[view] * x + RY[view] * y
    b = FX[view] * x + FY[view] * y
    depth = max(0.75 + b * C - Z * S, 0.2)
    i = int(min(max(79.0 - K * (b * S + Z * C) / depth, 0.0), 159.0))
    j = int(min(max(80.0 + K * a / depth, 0.0), 159.0))
    r0 = max(i - 17, 0)
    c0 = max(j - 17, 0)
    free = free_map(frame, 160 * view, r0, min(i + 18, 160), c0, min(j + 18, 160))
    pi, pj = np.nonzero(free[::2, ::2])
    labels = np.zeros(pi.size, dtype=np.int8)
    return (2 * pi + r0).astype(np.float32), (2 * pj + c0).astype(np.float32), labels


def fit(frame, found, x, y, magenta):
    """Where a partly hidden block on the table stands, from what is seen and what is free."""
    side = TARGET_SIDE if magenta else CUBE_SIDE
    data = []
    for view in (0, 1):
        if found[view] is None:
            data.append((view, bare_pixels(frame, view, x, y)))
        else:
            data.append((view, chosen_pixels(found[view], magenta)))
    yaws = YAWS
    for step, turn in ((0.011, 1.0), (0.005, 0.5), (0.0025, 0.0)):
        xs = (x + step * GX).astype(np.float32)
        ys = (y + step * GY).astype(np.float32)
        total = np.zeros((len(yaws), 25))
        for view, (pi, pj, labels) in data:
            if step > 0.01 and pi.size > 90:
                total = total + 2.0 * mismatches(view, pi[::2], pj[::2], labels[::2], xs, ys, yaws, side)
            else:
                total = total + mismatches(view, pi, pj, labels, xs, ys, yaws, side)
        weights = np.exp(-0.7 * (total - total.min()))
        whole = float(weights.sum())
        place = weights.sum(axis=0)
        x = float((place * xs).sum()) / whole
        y = float((place * ys).sum()) / whole
        yaws = turn * FINE_YAWS + float(yaws[int(weights.sum(axis=1).argmax())])
    return x, y


def locate(frame, magenta):
    """The place (x, y, z) of the cube or the target, or None, and what each view shows."""
    coarse = thing_mask(frame[::3, ::3], magenta)
    found = (look(frame, 0, coarse, magenta), look(frame, 1, coarse, magenta))
    first, second = found
    if first is None and second is None:
        return None, found
    full = [view for view in (0, 1) if found[view] is not None and found[view]["complete"]]
    if len(full) == 2:
        p0 = ground(0, first["mi"], first["mj"], Z)
        p1 = ground(1, second["mi"], second["mj"], Z)
        q0 = ground(0, first["mi"], first["mj"], Z + 0.04)
        q1 = ground(1, second["mi"], second["mj"], Z + 0.04)
        dx = p0[0] - p1[0]
        dy = p0[1] - p1[1]
        ex = q0[0] - q1[0] - dx
        ey = q0[1] - q1[1] - dy
        t = -(dx * ex + dy * ey) / max(ex * ex + ey * ey, 1e-9)
        rx = dx + t * ex
        ry = dy + t * ey
        if rx * rx + ry * ry < 0.0004:
            if abs(t) < 0.375:
                t = 0.0
            x = 0.5 * (p0[0] + p1[0] + t * (q0[0] - p0[0] + q1[0] - p1[0]))
            y = 0.5 * (p0[1] + p1[1] + t * (q0[1] - p0[1] + q1[1] - p1[1]))
            return (x, y, Z + 0.04 * t), found
    if len(full) == 1:
        seen = found[full[0]]
        x, y = ground(full[0], seen["mi"], seen["mj"], Z)
        return (x, y, Z), found
    view = 0
    if first is None or (second is not None and second["count"] > first["count"]):
        view = 1
    x, y = ground(view, found[view]["mi"], found[view]["mj"], Z)
    x, y = fit(frame, found, x, y, magenta)
    return (x, y, Z), found


def perceive(frame):
    if not is_picture(frame):
        return None
    place, found = locate(frame, False)
    pixels = tuple(None if seen is None else (seen["r0"], seen["c0"], seen["rows"], seen["cols"])
                   for seen in found)
    return frame, place, pixels


def perceive_initial(frame):
    if not is_picture(frame):
        return None
    cube, found = locate(frame, False)
    target = locate(frame, True)[0]
    if cube is None or target is None:
        return None
    outlines = []
    for seen in found:
        if seen is None:
            outlines.append(None)
        else:
            rows = seen["rows"] + seen["r0"]
            cols = seen["cols"] + seen["c0"]
            mask = np.zeros((160, 160), dtype=bool)
            mask[rows, cols] = True
            outlines.append((mask, rows, cols))
    return cube, target, tuple(outlines), apart(cube, target)


def apart(p, q):
    return ((p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2 + (p[2] - q[2]) ** 2) ** 0.5


def vacated(frame, outlines):
    """How many pixels of the cube's first outline show bare table or floor now."""
    count = 0
    for view in (0, 1):
        if outlines[view] is None:
            continue
        mask, rows, cols = outlines[view]
        r0 = int(rows.min())
        c0 = int(cols.min())
        free = free_map(frame, 160 * view, r0, int(rows.max()) + 1, c0, int(cols.max()) + 1)
        count += int(free[rows - r0, cols - c0].sum())
    return count


def cube_moved(now, initial):
    if now is None or initial is None:
        return False
    frame, place, pixels = now
    if place is None:
        return vacated(frame, initial[2]) >= 6
    # Where the cube has little way to go, a smaller move is all that it takes.
    room = initial[3] - REACH
    if apart(place, initial[0]) <= min(MOVED, max(0.4 * room, LEAST)):
        return False
    outside = 0
    for view in (0, 1):
        if initial[2][view] is not None and pixels[view] is not None:
            r0, c0, rows, cols = pixels[view]
            known = initial[2][view][0][r0:, c0:][rows, cols]
            outside += int(rows.size) - int(np.count_nonzero(known))
    return outside >= 3 or outside + vacated(frame, initial[2]) >= 3


def cube_halfway_to_target(now, initial):
    if now is None or initial is None or now[1] is None:
        return False
    return bool(apart(now[1], initial[1]) <= 0.5 * (initial[3] + REACH))


def cube_at_target(now, initial):
    if now is None or initial is None or now[1] is None:
        return False
    return bool(apart(now[1], initial[1]) < REACH)


def cube_at_target_progress(now, initial):
    if now is None or initial is None or now[1] is None:
        return 0.0
    left = apart(now[1], initial[1])
    if left < REACH:
        return 1.0
    first = max(apart(initial[0], initial[1]) - REACH, 0.02)
    return float(min(max(1.0 - 0.8 * (left - REACH) / first, 0.0), 0.99))


SUBTASKS = [cube_moved, cube_halfway_to_target, cube_at_target]
