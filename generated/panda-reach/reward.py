import numpy as np

SHAPE = (224, 448, 3)
FOCAL = 193.9897
# per camera: right, up, ahead, and where it stands
CAMERAS = (
    ((-0.70710678, 0.70710678, 0.0), (-0.29883624, -0.29883624, 0.90630779), (-0.64085638, -0.64085638, -0.42261826)),
    ((0.70710678, 0.70710678, 0.0), (-0.29883624, 0.29883624, 0.90630779), (-0.64085638, 0.64085638, -0.42261826)),
)
EYES = ((0.32042819, 0.32042819, 0.31130913), (0.32042819, -0.32042819, 0.31130913))
REACH = 0.05
BALL = 0.0174  # what its facets show of the radius of 18 mm
MIDDLE = (0.0, 0.0, 0.15)  # about where balls are
TIP_Y = (-10.0, 0.0, 10.0)
# the lower edge of the hand, and its two ends: depth, width, height
EDGE_Y = (-83.0, -67.0, -51.0, -35.0, 62.0, 73.0, 83.0)
ENDS = ((15.7, 97.3, 46.0), (16.5, 99.6, 58.0), (16.5, 99.4, 61.0))
# samples for the coarse look, as the first camera sees them: what is hand ...
COARSE_IN = ((0, 0, 30), (0, 0, 20), (0, 0, 14), (0, 0, 9), (0, 0, 3), (0, -60, 55), (0, -30, 55), (0, 30, 55), (0, 60, 55))
# ... and what is not
COARSE_OUT = ((22, -22, 14), (22, -22, 4), (20, -20, -8), (20, -20, -18), (-22, 22, -4), (-20, 20, -12), (-20, 20, -22), (0, 0, -20), (0, 0, -28))
ENOUGH = 30
START = (0.0384, 0.0, 0.198)  # about where the hand begins
BLOCKS = ((10.4, 25.9, 27.0, 39.0), (9.7, 22.5, 14.0, 27.0), (9.1, 18.0, 2.0, 14.0), (8.4, 15.6, -7.0, 2.0),
          (16.0, 96.0, 39.0, 47.0), (19.0, 99.0, 47.0, 68.0), (24.0, 94.0, 68.0, 105.0))
DISC = ((0.0, 0.0), (0.5, 0.0), (-0.25, 0.433), (-0.25, -0.433), (0.8, 0.0), (0.566, 0.566), (0.0, 0.8), (-0.566, 0.566), (-0.8, 0.0),
        (-0.566, -0.566), (0.0, -0.8), (0.566, -0.566), (0.96, 0.0), (0.831, 0.48), (0.48, 0.831), (0.0, 0.96), (-0.48, 0.831),
        (-0.831, 0.48), (-0.96, 0.0), (-0.831, -0.48), (-0.48, -0.831), (0.0, -0.96), (0.48, -0.831), (0.831, -0.48))
CENTRE = np.array((111.0, 112.0))
ROW_COLUMN = np.array((1344.0, 3.0))
ONES = np.array((1.0, 1.0))
SCANS = (13, 5)
ROUNDS = ((13, 0.55, 0.1, False), (5, 0.6, 0.25, False), (5, 0.6, 0.25, True), (5, 0.6, 0.25, False))
CERTAIN = 34
SIDES = ((10.5, 26.0, 39.0), (10.3, 25.9, 32.0), (10.0, 24.1, 23.0), (9.5, 20.6, 14.0), (9.1, 17.7, 5.0), (8.6, 15.3, -3.0))
TIP = (7.0, -7.0)
EDGE = (14.4, 39.0)


def solve(a, b):
    """x with a x = b for a symmetric 3 x 3 matrix (lists), or None."""
    (a00, a01, a02), (a10, a11, a12), (a20, a21, a22) = a
    c0 = a11 * a22 - a12 * a21
    c1 = a12 * a20 - a10 * a22
    c2 = a10 * a21 - a11 * a20
    det = a00 * c0 + a01 * c1 + a02 * c2
    if not det > 1e-12:
        return None
    b0, b1, b2 = b
    x = b0 * c0 + a01 * (a12 * b2 - b1 * a22) + a02 * (b1 * a21 - a11 * b2)
    y = a00 * (b1 * a22 - a12 * b2) + b0 * c1 + a02 * (a10 * b2 - b1 * a20)
    z = a00 * (a11 * b2 - b1 * a21) + a01 * (b1 * a20 - a10 * b2) + b0 * c2
    return x / det, y / det, z / det


def outline(place):
    """The hand's outline as fit wants it, for a hand about that place."""
    sides = np.array(SIDES)
    ends = np.array(ENDS)
    left = np.array((1.0, -1.0, 1.0))
    right = np.array((-1.0, 1.0, 1.0))
    tip = np.array([(TIP[0], y, TIP[1]) for y in TIP_Y])
    edge = np.array([(EDGE[0], y, EDGE[1]) for y in EDGE_Y])
    on = np.array((0.0, 3.0, 0.0))
    # points, as the first camera sees them, and second points along the same edges
    points = np.concatenate((sides[1:] * left, ends[:-1] * left, sides[1:] * right, ends[:-1] * right, tip, edge))
    along = np.concatenate((sides[:-1] * left, ends[1:] * left, sides[:-1] * right, ends[1:] * right, tip + on, edge + on))
    n = len(points)
    wide = (len(sides) + len(ends) - 2)
    # the way out of the hand, in rows and columns
    steps = np.zeros((2, n, 2))
    steps[:, :2 * wide, 1] = ((-1.0,), (1.0,))
    steps[:, wide:2 * wide, 1] *= -1.0
    steps[:, 2 * wide:, 0] = 1.0
    steps = steps.reshape(2 * n, 2)
    eyes = np.array(EYES)[:, None, :]
    # to rows and columns, and how far ahead
    turned = np.transpose(np.array(CAMERAS), (0, 2, 1))[:, :, (1, 0, 2)] * np.array((-FOCAL, FOCAL, 1.0))
    low = (np.stack((points, points * left)) / 1000.0 - eyes) @ turned
    above = points + (points[:, 2:] == EDGE[1]) * points * np.array((-2.0, 0.0, 0.0))
    high = (np.stack((above, above * left)) / 1000.0 - eyes) @ turned
    other = (np.stack((along, along * left)) / 1000.0 - eyes) @ turned
    shift = place @ turned
    q = low + shift[:, None]
    ahead = np.maximum(q[:, :, 2:], 0.04)
    rc = q[:, :, :2] / ahead
    q = other + shift[:, None]
    t = q[:, :, :2] / np.maximum(q[:, :, 2:], 0.04) - rc
    t = t / np.sqrt((t * t).sum(2))[:, :, None]
    normal = np.stack((-t[:, :, 1], t[:, :, 0]), 2)
    # how the outline moves along its normals, in pixels, with the place
    slope = normal @ np.transpose(turned[:, :, :2], (0, 2, 1)) - (normal * rc).sum(2)[:, :, None] * turned[:, None, :, 2]
    slope = (slope / ahead).reshape(2 * n, 3)
    normal = normal.reshape(2 * n, 2)
    scans = {}
    for reach in SCANS:
        span = np.arange(-reach, reach + 2)
        nearness = (100 - np.abs(2 * span[:-1] + 1)).astype(np.uint8)
        scans[reach] = ((steps @ ROW_COLUMN).astype(np.int64)[:, None] * span, span[:-1] + 0.5, nearness)
    start = np.repeat(np.array((1, 673)), n)
    # 1 is grey, 3 the ball, 0 anything else
    kinds = np.zeros(256, np.uint8)
    kinds[:30] = 3
    kinds[147:222] = 1
    return low, high, turned, slope, normal, (normal * steps).sum(1), steps, scans, start, np.arange(2 * n), kinds


def fit(frame, shape, place, reach):
    """Moves place by one step so that the hand's outline comes onto the edges in the picture.

    Gives the new place; how many outline points lie on an edge there, how many the picture holds,
    and just within how many of them background shows. Or None.
    """
    low, high, turned, slope, normal, lean, steps, scans, start, index, kinds = shape
    offsets, spots, nearness = scans[reach]
    if abs(place[0]) + abs(place[1]) > 0.5 or abs(place[2]) > 0.5:
        return None
    q = (low if place[2] < 0.272 else high) + (place @ turned)[:, None]
    ahead = np.maximum(q[:, :, 2:], 0.04)
    rc = (q[:, :, :2] / ahead).reshape(-1, 2) + CENTRE
    near = np.rint(rc)
    at = (near @ ROW_COLUMN).astype(np.int64) + start
    within = None
    if near.min() < reach or near.max() > 222 - reach:
        ends = (near - steps * reach, near + steps * (reach + 1))
        within = ((np.minimum(ends[0], ends[1]) >= 0) & (np.maximum(ends[0], ends[1]) <= 223)).all(1)
        at = np.where(within, at, 1344 * 100)
    kind = kinds.take(frame.reshape(-1).take(at[:, None] + offsets))
    cut = (kind[:, :-1] - kind[:, 1:]) == 1
    best = (cut * nearness).argmax(1)
    ok = cut[index, best]
    bad = kind[:, reach - 2] == 0
    seen = len(index)
    if within is not None:
        ok = ok & within
        bad = bad & within
        seen = np.count_nonzero(within)
    err = spots[best] * lean + ((near - rc) * normal) @ ONES
    soft = err * (2.5 / reach)
    g = slope * (ok / (1.0 + soft * soft))[:, None]
    a = (g.T @ slope).tolist()
    for k in range(3):
        a[k][k] += 80.0
    x = solve(a, (err @ g).tolist())
    if x is None:
        return None
    hits = ok & (np.abs(err - slope @ x) < 1.5)
    return (place[0] + x[0], place[1] + x[1], place[2] + x[2]), np.count_nonzero(hits), seen, np.count_nonzero(bad)


def accepted(step, share):
    """Whether enough of the outline lies on edges, and hardly any of it on background."""
    place, hits, seen, bad = step
    return hits >= 10 and hits >= share * seen and bad <= 3


def coarse_table(places):
    """For candidate places: indices of the samples that tell whether the hand is there."""
    pts = np.array(COARSE_IN + COARSE_OUT) / 1000.0
    axes = np.array(CAMERAS)
    both = []
    lost = 0
    k = len(COARSE_IN)
    for v in range(2):
        p = pts * np.array((1.0, -1.0, 1.0)) if v else pts
        q = (p[:, None, :] + places - np.array(EYES[v])) @ axes[v].T
        d = np.maximum(q[:, :, 2], 0.04)
        col = np.rint(112.0 + FOCAL * q[:, :, 0] / d)
        row = np.rint(111.0 - FOCAL * q[:, :, 1] / d)
        gone = (col < 0) | (col > 223) | (row < 0) | (row > 223)
        lost = lost + gone[:k].sum(0)
        # what lies outside the picture is looked up in its corner, where the sky is
        both.append((np.where(gone, 0, row * 448 + col + 224 * v) * 3 + 1).astype(np.int64))
    hand = np.zeros(256, np.uint8)
    hand[:30] = 1
    hand[147:222] = 1
    free = np.ones(256, np.uint8)
    free[147:222] = 0
    return (np.concatenate((both[0][:k], both[1][:k])), np.concatenate((both[0][k:], both[1][k:])), hand, free, lost,
            np.minimum(lost, 10).astype(np.uint8))


def coarse_scores(frame, table):
    """How many samples speak for each candidate place."""
    inside, outside, hand, free, lost, given = table
    flat = frame.reshape(-1)
    score = hand.take(flat.take(inside)).sum(0, dtype=np.uint8) + free.take(flat.take(outside)).sum(0, dtype=np.uint8)
    return score if 147 <= int(flat[1]) < 222 else score + given


def ball_edges(plane):
    """From the green of a picture: where the ball is seen, its edge points as unit rays, where these
    start, and how far each is to be trusted (grey beside it may hide the true edge)."""
    grounds = []
    rays = []
    eyes = []
    trust = []
    for v in range(2):
        view = plane[:, 224 * v:224 * v + 224]
        rows, cols = np.nonzero(view[::2, ::2] < 30)
        if not len(rows):
            continue
        top, left = max(2 * int(rows.min()) - 3, 0), max(2 * int(cols.min()) - 3, 0)
        bottom, right = min(2 * int(rows.max()) + 4, 224), min(2 * int(cols.max()) + 4, 224)
        rows, cols = np.nonzero(view[top:bottom, left:right] < 30)
        top, bottom = max(top + int(rows.min()) - 1, 0), min(top + int(rows.max()) + 2, 224)
        left, right = max(left + int(cols.min()) - 1, 0), min(left + int(cols.max()) + 2, 224)
        m = view[top:bottom, left:right] < 30
        if m.sum() < 4:
            continue
        green = view[top:bottom, left:right]
        covered = (green >= 147) & (green < 222)
        either = covered[:, :-1] | covered[:, 1:]
        r1, c1 = np.nonzero(m[:, :-1] != m[:, 1:])
        trust.append(1.0 - 0.7 * either[r1, c1])
        either = covered[:-1] | covered[1:]
        r2, c2 = np.nonzero(m[:-1] != m[1:])
        trust.append(1.0 - 0.7 * either[r2, c2])
        r = np.concatenate((r1, r2 + 0.5)) + top
        c = np.concatenate((c1 + 0.5, c2)) + left
        axes = np.array(CAMERAS[v])
        w = np.stack(((c - 112.0) / FOCAL, (111.0 - r) / FOCAL, np.ones(len(r))), 1) @ axes
        rays.append(w / np.sqrt((w * w).sum(1))[:, None])
        eyes.append(np.zeros((len(r), 3)) + np.array(EYES[v]))
        mid = np.array((((left + right - 1) / 2.0 - 112.0) / FOCAL, (111.0 - (top + bottom - 1) / 2.0) / FOCAL, 1.0))
        grounds.append((v, mid @ axes, max(bottom - top, right - left) - 2.0))
    return grounds, rays, eyes, trust


def find_ball(plane):
    """From the green of a picture: the middle of the ball and how unsure it is (m), or None."""
    grounds, rays, eyes, trust = ball_edges(plane)
    if not grounds:
        return None
    one = np.array(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))
    a = np.zeros((3, 3))
    b = np.zeros(3)
    for v, w, size in grounds:
        w = w / np.sqrt((w * w).sum())
        side = one - w[:, None] * w
        a += side
        b += side @ np.array(EYES[v])
        if len(grounds) == 1:
            far = np.array(EYES[v]) + w * (2.0 * BALL * FOCAL / max(size, 3.0))
            a += 1e-3 * one
            b += 1e-3 * far
    x = solve(a.tolist(), b.tolist())
    if x is None:
        return None
    place = np.array(x)
    rays = np.concatenate(rays)
    eyes = np.concatenate(eyes)
    trust = np.concatenate(trust)
    if len(rays) < 6:
        return tuple(place.tolist()), 0.05
    unsure = 0.05
    for scale in (4.0, 2.0, 1.0, 0.6, 0.6, 0.6, 0.6, 0.6):
        w = place - eyes
        s = (w * rays).sum(1)
        across = w - s[:, None] * rays
        m = np.maximum(np.sqrt((across * across).sum(1)), 1e-6)
        px = FOCAL / np.maximum(s, 0.05)
        err = (BALL - m) * px
        g = across * (px / m)[:, None]
        soft = err / scale
        wt = 1.0 / (1.0 + soft * soft)
        wt = wt * wt * trust
        gw = g * wt[:, None]
        a = (gw.T @ g).tolist()
        for k in range(3):
            a[k][k] += 6.0
        x = solve(a, (gw.T @ err + 6.0 * (np.array(MIDDLE) - place)).tolist())
        if x is None:
            return None
        move = np.array(x)
        place = place + move * min(1.0, 0.03 / max(apart(x, (0.0, 0.0, 0.0)), 1e-9))
        (a00, a01, a02), (a10, a11, a12), (a20, a21, a22) = a
        det = a00 * (a11 * a22 - a12 * a21) - a01 * (a10 * a22 - a12 * a20) + a02 * (a10 * a21 - a11 * a20)
        trace = a11 * a22 - a12 * a12 + a00 * a22 - a02 * a02 + a00 * a11 - a01 * a01
        unsure = 0.5 * (trace / det) ** 0.5 if det > 0 else 0.05
        if scale < 1.0 and apart(x, (0.0, 0.0, 0.0)) < 1e-4:
            break
    return tuple(place.tolist()), unsure


def around(place):
    """Candidate places about the ball's, their samples, and the outline of the hand there."""
    k = np.arange(-3, 4) * 0.0225
    x, y, z = [p.ravel() for p in np.meshgrid(k, k, k)]
    near = x * x + y * y + z * z < 0.0665 ** 2
    grid = np.stack((x[near], y[near], z[near]), 1) + np.array(place)
    return grid, coarse_table(grid), outline(place)


def perceive(frame):
    return frame


def perceive_initial(frame):
    if frame.shape != SHAPE:
        return frame, None, 1.0, None
    found = find_ball(frame[:, :, 1])
    if found is None or found[1] > 0.008:
        return frame, None, 1.0, None
    return frame, found[0], found[1], around(found[0])


def merged(frame, first):
    """Green of the initial picture, and of the picture at hand where the arm hid something."""
    green = first[:, :, 1]
    return np.where((green - np.uint8(147)) < 75, frame[:, :, 1], green)


def apart(p, q):
    return ((p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2 + (p[2] - q[2]) ** 2) ** 0.5


def anywhere(frame):
    """The best fit of the hand in all of the picture, the share of its outline on edges, and the best coarse place."""
    x, y, z = [p.ravel() for p in np.meshgrid(np.arange(-0.3, 0.27, 0.03), np.arange(-0.27, 0.28, 0.03), np.arange(0.0, 0.4, 0.03))]
    grid = np.stack((x, y, z), 1)
    table = coarse_table(grid)
    scores = coarse_scores(frame, table).astype(np.int64) - table[4]
    order = np.argsort(-scores, kind="stable")[:60].tolist()
    tried = []
    best = None
    most = 0.0
    for k in order:
        start = grid[k].tolist()
        if len(tried) >= 8 or any(apart(start, p) < 0.04 for p in tried):
            continue
        tried.append(start)
        place = tuple(start)
        step = None
        for reach in (13, 13, 5, 5):
            step = fit(frame, outline(place), place, reach)
            if step is None:
                break
            place = step[0]
        if step is None or step[2] <= 19 or apart(place, start) > 0.15 or not accepted(step, 0.38):
            continue
        share = step[1] / max(step[2], 1)
        if share > most:
            most = share
            best = place
        if most > 0.75:
            break
    coarse = grid[order[0]].tolist() if scores[order[0]] >= ENOUGH - 2 else None
    return best, most, coarse


def near_place(frame, ball, tables, slack):
    """The hand's place where it is near the ball, or None."""
    grid, table, shape = tables
    scores = coarse_scores(frame, table)
    kept = None
    most = 0.0
    for k in range(3):
        top = int(scores.max())
        if top < ENOUGH:
            break
        start = grid[scores == top].mean(0) if k == 0 else grid[scores.argmax()]
        place = tuple(start.tolist())
        drawn = shape
        for reach, sure, least, anew in ROUNDS:
            if anew:
                drawn = outline(place)
            step = fit(frame, drawn, place, reach)
            if step is None:
                break
            moved = apart(place, step[0])
            place = step[0]
            share = step[1] / max(step[2], 1)
            d = apart(place, ball)
            # the first look tells enough where all samples spoke for the start
            good = share >= sure and step[1] >= 17 and (step[3] <= 3 or (reach == 13 and top >= CERTAIN))
            if good and (abs(d - REACH) > slack + 0.003 + 0.8 * moved or moved < 0.0003):
                return place
            if share < least or d > 0.2:
                break
        if step is not None and accepted(step, 0.38) and share > most:
            most = share
            kept = place
            if good:
                return place
        off = grid - start
        scores = np.where((off * off).sum(1) < 0.03 ** 2, 0, scores)
    if kept is not None:
        # a poor fit may lie on other grey things: the hand may be better seen elsewhere
        place, share, _ = anywhere(frame)
        if place is not None and share > most + 0.02:
            kept = place
    return kept


def blocks_hit(origin, rays, place):
    """How far along each ray from origin the hand about place is met; large where it is not."""
    best = np.full(rays.shape[:-1], 9.0)
    safe = np.where(np.abs(rays) < 1e-9, 1e-9, rays)
    for x, y, low, high in BLOCKS:
        half = np.array((x, y, (high - low) / 2.0)) / 1000.0
        mid = np.array(place) + np.array((0.0, 0.0, (low + high) / 2000.0)) - origin
        t1 = (mid - half) / safe
        t2 = (mid + half) / safe
        enter = np.minimum(t1, t2).max(-1)
        leave = np.maximum(t1, t2).min(-1)
        best = np.where((enter < leave) & (enter < best), enter, best)
    return best


def hidden_distance(plane, place):
    """How far the middle of a ball that is nearly hidden is likely to be from the hand's place, or None.

    Tries places for the ball: each should cover what is seen of it and nothing of the background,
    and be behind the hand where the picture is grey.
    """
    k = np.arange(-13, 14) * 0.006
    x, y, z = [p.ravel() for p in np.meshgrid(k, k, k)]
    grid = np.stack((x, y, z), 1)
    grid = grid[(x * x + y * y + z * z < 0.078 ** 2) & (z + place[2] > 0.0)] + np.array(place)
    axes = np.array(CAMERAS)
    fault = np.zeros(len(grid))
    for v in range(2):
        r, c = np.nonzero(plane[:, 224 * v:224 * v + 224] < 30)
        if not len(r):
            continue
        skip = max(1, len(r) // 16)
        middle = (r.mean(), c.mean())
        r = np.concatenate((r[::skip], middle[:1]))
        c = np.concatenate((c[::skip], middle[1:]))
        w = np.stack(((c - 112.0) / FOCAL, (111.0 - r) / FOCAL, np.ones(len(r))), 1) @ axes[v]
        w = w / np.sqrt((w * w).sum(1))[:, None]
        q = np.array(place) - np.array(EYES[v])
        if ((q * q).sum() - (w @ q).max() ** 2) > 0.078 ** 2:
            return None
        q = grid - np.array(EYES[v])
        s = q @ w[-1]
        keep = (q * q).sum(1) - s * s < BALL * BALL
        grid = grid[keep]
        fault = fault[keep]
        q = q[keep]
        s = q @ w.T
        m = np.sqrt(np.maximum((q * q).sum(1)[:, None] - s * s, 0.0))
        over = (m - BALL) * FOCAL / np.maximum(s, 0.05)
        if not len(grid):
            return None
        over = np.maximum(over - 0.3, 0.0).mean(1)
        keep = over < over.min() + 0.3
        grid = grid[keep]
        fault = fault[keep] + 10.0 * over[keep]
    turn = np.array(DISC)
    looks = []
    for v in range(2):
        eye = np.array(EYES[v])
        q = grid - eye
        far = np.sqrt((q * q).sum(1))
        n = q / far[:, None]
        right = np.stack((n[:, 1], -n[:, 0], n[:, 0] * 0.0), 1)
        right = right / np.sqrt((right * right).sum(1))[:, None]
        up = np.stack((right[:, 1] * n[:, 2], -right[:, 0] * n[:, 2], right[:, 0] * n[:, 1] - right[:, 1] * n[:, 0]), 1)
        edge = BALL / np.sqrt(np.maximum(far * far - BALL * BALL, 1e-6))
        rays = n[:, None, :] + edge[:, None, None] * (turn[:, 0][:, None] * right[:, None, :] + turn[:, 1][:, None] * up[:, None, :])
        u = rays @ axes[v].T
        col = np.rint(112.0 + FOCAL * u[:, :, 0] / u[:, :, 2]).astype(np.int64)
        row = np.rint(111.0 - FOCAL * u[:, :, 1] / u[:, :, 2]).astype(np.int64)
        fine = (row >= 0) & (row < 224) & (col >= 0) & (col < 224)
        shade = plane[row.clip(0, 223), col.clip(0, 223) + 224 * v]
        ball = fine & (shade < 30)
        grey = fine & ((shade - np.uint8(147)) < 75)
        ground = (fine & ~ball & ~grey).mean(1)
        looks.append((rays, far, row, ball, grey))
        fault = fault + 60.0 * ground
    if fault.min() > 20.0:
        return None
    keep = fault < fault.min() + 7.0
    grid = grid[keep]
    fault = fault[keep]
    for v in range(2):
        eye = np.array(EYES[v])
        rays, far, row, ball, grey = [p[keep] for p in looks[v]]
        front = far[:, None] - BALL * np.sqrt(np.maximum(1.0 - (turn * turn).sum(1), 0.0))
        hit = blocks_hit(eye, rays / np.sqrt((rays * rays).sum(2))[:, :, None], place)
        # grey that is not the hand may be a part of the arm above it, but nothing lower
        above = (np.array(place) + np.array((0.0, 0.0, 0.085)) - eye) @ axes[v].T
        lower = grey & (hit > 8.0) & (row > 111.0 - FOCAL * above[1] / above[2])
        wrong = lower | (ball & (hit < front - 0.004)) | (grey & (hit > front + 0.004) & (hit < 8.0))
        fault = fault + 25.0 * wrong.mean(1)
    weight = 2.718281828 ** (-(fault - fault.min()))
    q = grid - np.array(place)
    d = np.sqrt((q * q).sum(1))
    order = d.argsort()
    total = weight[order].cumsum()
    return float(d[order[int((total < 0.5 * total[-1]).sum())]])


def distance(frame, initial):
    """How far the hand's place is from the ball's middle, or None where it is not near."""
    first, ball, unsure, tables = initial
    if frame.shape != SHAPE or first.shape != SHAPE:
        return None
    if ball is None:
        plane = merged(frame, first)
        if not (plane < 30).any():
            return None
        found = find_ball(plane)
        if found is not None:
            ball, unsure = found
        if unsure > 0.008:
            # little is seen of the ball: look for the hand about it, and where the hand began
            place = near_place(frame, ball, around(ball), 0.02) if unsure < 0.03 else None
            if place is None:
                place = START
                for reach in (13, 5):
                    step = fit(first, outline(place), place, reach)
                    if step is None:
                        return None
                    place = step[0]
                place = near_place(frame, place, around(place), 0.09)
            return None if place is None else hidden_distance(plane, place)
        tables = around(ball)
    slack = 0.0 if unsure < 0.0008 else min(0.004 + 3.0 * unsure, 0.03)
    place = near_place(frame, ball, tables, slack)
    if place is None:
        return None
    d = apart(place, ball)
    if slack and abs(d - REACH) < slack:
        plane = merged(frame, first)
        found = find_ball(plane)
        if found is not None and found[1] < unsure:
            d = apart(place, found[0])
            unsure = found[1]
        if unsure > 0.002 and abs(d - REACH) < 3.0 * unsure:
            likely = hidden_distance(plane, place)
            if likely is not None:
                d = likely
    return d


def gripper_at_ball(frame, initial):
    d = distance(frame, initial)
    return d is not None and d < REACH


def gripper_at_ball_progress(frame, initial):
    first, ball, unsure, tables = initial
    if frame.shape != SHAPE or first.shape != SHAPE:
        return 0.0
    d = distance(frame, initial)
    if d is not None and d < REACH:
        return 1.0
    if d is None:
        if unsure > 0.0008:
            found = find_ball(merged(frame, first))
            if found is not None and found[1] < min(unsure, 0.02):
                ball = found[0]
        if ball is None:
            return 0.4
        d = 0.4
        place, share, coarse = anywhere(frame)
        if place is None:
            place = coarse
        if place is not None:
            d = max(apart(place, ball), REACH + 0.001)
    return float(min(0.999, 0.999 * 2.718281828 ** (-(d - REACH) / 0.25)))


SUBTASKS = [gripper_at_ball]
