import numpy as np

TAN = 0.57735027
GOAL = 0.05
REACH = 0.07
MIDDLE = 0.02

# The two cameras: position, direction, right, up.
CAMS = (
    (0.3250051, -0.3250051, 0.3856726,
     -0.5416752, 0.5416752, -0.6427876,
     0.7071068, 0.7071068, 0.0,
     -0.4545195, 0.4545195, 0.7660444),
    (0.0, 0.4596267, 0.3856726,
     0.0, -0.7660444, -0.6427876,
     -1.0, 0.0, 0.0,
     0.0, -0.6427876, 0.7660444),
)

NEAR_END = (0.0026, 0.0705, 0.0308)
# The hand's far lower end (seen in the first view) and its finger tips, from its own place.
OFF_X = np.array([[0.0037], [0.0]])
OFF_Y = np.array([[-0.0811], [0.0]])
OFF_Z = np.array([[0.0359], [-0.01]])


def back(row, col, v, height):
    """Where the ray through a pixel meets the plane at a height."""
    cam = CAMS[v]
    x = (col / 80.0 - 1.0) * TAN
    y = (1.0 - (row + 1.0) / 80.0) * TAN
    wx = cam[3] + x * cam[6] + y * cam[9]
    wy = cam[4] + x * cam[7] + y * cam[10]
    wz = cam[5] + y * cam[11]
    s = (height - cam[2]) / wz
    return cam[0] + s * wx, cam[1] + s * wy


def pixel(x, y, z, v):
    """Row and column of a point, as pixel numbers."""
    cam = CAMS[v]
    qx = x - cam[0]
    qy = y - cam[1]
    qz = z - cam[2]
    depth = np.maximum(qx * cam[3] + qy * cam[4] + qz * cam[5], 0.05) * TAN
    up = qx * cam[9] + qy * cam[10] + qz * cam[11]
    right = qx * cam[6] + qy * cam[7]
    return 79.0 - 80.0 * up / depth, 80.0 + 80.0 * right / depth


def gap(a, x, y, z):
    return float(((a[0] - x) ** 2 + (a[1] - y) ** 2 + (a[2] - z) ** 2) ** 0.5)


def on_arm(pixels):
    """Which pixels have a grey of the arm."""
    green = pixels[..., 1]
    return ((green - 148) < 73) & ((green - pixels[..., 0] + 12) < 25)


def find_hand(frame, half, coloured):
    """The hand's place, and row and column of its lower end in the second view."""
    arm = ((half[:, 80:] - 148) < 73) & ~coloured[:, 80:]
    lines = np.flatnonzero(arm.sum(axis=1) >= 2)
    if lines.size == 0:
        return None
    low = 2 * int(lines[-1]) + 1
    across = np.flatnonzero(on_arm(frame[low, 160:]))
    if across.size < 3:
        low = low - 1
        across = np.flatnonzero(on_arm(frame[low, 160:]))
    if across.size == 0:
        return None
    mid = float(across.sum()) / int(across.size)
    heights = np.arange(-0.02, 0.3, 0.003)
    x, y = back(low + 0.5, mid, 1, heights + NEAR_END[2])
    row, col = pixel(x - NEAR_END[0] + OFF_X, y - NEAR_END[1] + OFF_Y, heights + OFF_Z, 0)
    i = np.rint(row).astype(np.int64)
    j = np.rint(col).astype(np.int64)
    ok = (i >= 0) & (i < 160) & (j >= 0) & (j < 160)
    hit = (on_arm(frame[np.clip(i, 0, 159), np.clip(j, 0, 159)]) & ok).any(axis=0)
    if not hit.any():
        return None
    z = float(heights[int(hit.argmax())]) - 0.0015
    hx, hy = back(low + 0.5, mid, 1, z + NEAR_END[2])
    return float(hx) - NEAR_END[0], float(hy) - NEAR_END[1], z, low, mid


def look(frame, rows, cols, v, sign, hand, full):
    """What one view says of a thing: share that is seen, x, y, whether nothing hides it."""
    if rows.size == 0:
        return None
    top = max(2 * int(rows.min()) - 3, 0)
    bottom = min(2 * int(rows.max()) + 4, 160)
    left = max(2 * int(cols.min()) - 3, 0)
    right = min(2 * int(cols.max()) + 4, 160)
    if bottom - top > 48 or right - left > 48:
        return None
    part = frame[top:bottom, 160 * v + left:160 * v + right].astype(np.int16)
    tint = part[:, :, 1] - part[:, :, 0]
    mine = tint * sign > 60
    r, c = np.nonzero(mine)
    n = int(r.size)
    if n == 0:
        return None
    t = int(r[0])
    b = int(r[-1])
    a = int(c.min())
    e = int(c.max())
    x, y = back(top + float(r.sum()) / n, left + float(c.sum()) / n, v, MIDDLE)
    cam = CAMS[v]
    depth = (x - cam[0]) * cam[3] + (y - cam[1]) * cam[4] + (MIDDLE - cam[2]) * cam[5]
    share = n * depth * depth / full
    clean = share > 0.82 and t > 0 and a > 0 and b + 1 < bottom - top and e + 1 < right - left
    if clean and v == 1 and hand is not None:
        clean = top + t > hand[3] + 1 or left + a > hand[4] + 16 or left + e < hand[4] - 16
    if clean:
        green = part[t - 1:b + 2, a - 1:e + 2, 1]
        free = (np.abs(tint[t - 1:b + 2, a - 1:e + 2]) < 13) & ((green > 222) | (green < 60))
        clean = bool((free | mine[t - 1:b + 2, a - 1:e + 2]).all())
    return share, x, y, clean


def merge(a, b):
    """x, y, z of a thing from its two views, whether they are to be trusted, share seen."""
    if a is None and b is None:
        return None
    if a is None or (b is not None and b[3] and not a[3]):
        return b[1], b[2], MIDDLE, b[3], b[0]
    if b is None or (a[3] and not b[3]):
        return a[1], a[2], MIDDLE, a[3], a[0]
    if not a[3]:
        wa = a[0] * a[0]
        wb = b[0] * b[0]
        whole = wa + wb
        return ((wa * a[1] + wb * b[1]) / whole, (wa * a[2] + wb * b[2]) / whole,
                MIDDLE, False, max(a[0], b[0]))
    ca = CAMS[0]
    cb = CAMS[1]
    deep = ca[2] - MIDDLE
    gax = (a[1] - ca[0]) / deep
    gay = (a[2] - ca[1]) / deep
    gbx = (b[1] - cb[0]) / deep
    gby = (b[2] - cb[1]) / deep
    size = (gax - gbx) ** 2 + (gay - gby) ** 2
    rise = 0.0
    if size > 0.01:
        rise = ((a[1] - b[1]) * (gax - gbx) + (a[2] - b[2]) * (gay - gby)) / size
    if abs(rise) < 0.012:
        rise = 0.0
    return ((a[1] + b[1] - rise * (gax + gbx)) / 2.0, (a[2] + b[2] - rise * (gay + gby)) / 2.0,
            MIDDLE + rise, True, 1.0)


def survey(frame):
    """The hand, and where every second pixel is coloured."""
    if frame.ndim != 3 or frame.shape[0] != 160 or frame.shape[1] != 320:
        return None
    half = frame[::2, ::2, 1]
    coloured = (half - frame[::2, ::2, 0] + 12) > 24
    where = np.flatnonzero(coloured)
    if where.size > 1000:
        return None
    rows = where // 160
    cols = where - rows * 160
    leafy = half[rows, cols] > frame[2 * rows, 2 * cols, 0]
    return find_hand(frame, half, coloured), rows, cols, leafy


def locate(frame, rows, cols, sign, hand, full):
    second = cols >= 80
    first = ~second
    return merge(look(frame, rows[first], cols[first], 0, sign, hand, full),
                 look(frame, rows[second], cols[second] - 80, 1, sign, hand, full))


def perceive(frame):
    seen = survey(frame)
    if seen is None:
        return None
    hand, rows, cols, leafy = seen
    return hand, locate(frame, rows[leafy], cols[leafy], 1, hand, 50.0), frame


def perceive_initial(frame):
    seen = survey(frame)
    if seen is None:
        return None
    hand, rows, cols, leafy = seen
    other = ~leafy
    cube = locate(frame, rows[leafy], cols[leafy], 1, hand, 50.0)
    target = locate(frame, rows[other], cols[other], -1, hand, 40.5)
    if cube is None or target is None:
        return None
    if not cube[3]:
        cube = fit((hand, cube, frame))
    return hand, (cube[0], cube[1], MIDDLE), (target[0], target[1], MIDDLE)


def violations(px, py, weights, sides, co, si, cu, cv):
    """How many pixels speak against each middle (cu, cv) of a cube that is turned.

    The last points are the middles and then the lower ends of the rays that show a side: one
    of the two has to be within the cube.
    """
    u = np.abs((px * co + py * si).reshape(-1, 1) - cu) < 0.02
    v = np.abs((py * co - px * si).reshape(-1, 1) - cv) < 0.02
    total = np.dot((u * weights).T, v.astype(np.float32))
    if sides:
        first = int(px.size) - 2 * sides
        last = first + sides
        both = (u[first:last] & u[last:]).astype(np.float32)
        total = total + np.dot(both.T, (v[first:last] & v[last:]).astype(np.float32))
    return total


def shading(shades, theta, slack):
    """How many side pixels have a shade that no face has at this angle."""
    if shades.size == 0:
        return 0.0
    off = np.abs(shades - 137.0)
    for k in range(4):
        lit = 137.0 + 40.8 * max(0.0, float(np.cos(theta + k * 1.5707963 - 2.6005)))
        off = np.minimum(off, np.abs(shades - lit))
    return float((off > slack).sum())


def fit(now):
    """The cube on the table that agrees best with what is seen where it is partly hidden.

    A pixel's ray is followed from the height of the cube's top to the table: seen from above
    the cube is a square, which must hold the upper ends of the rays that show its top, be
    crossed by those that show a side, and be missed by those that show the table. Only pixels
    at edges, and a sparse grid, are asked.
    """
    hand, guess, frame = now
    x0 = float(guess[0])
    y0 = float(guess[1])
    xs = []
    ys = []
    ws = []
    middle_x = []
    middle_y = []
    lower_x = []
    lower_y = []
    shades = []
    for v in (0, 1):
        cam = CAMS[v]
        row, col = pixel(x0, y0, MIDDLE, v)
        r = int(round(float(row)))
        c = int(round(float(col)))
        top = max(r - 17, 0)
        bottom = min(r + 18, 160)
        left = max(c - 17, 0)
        right = min(c + 18, 160)
        if bottom - top < 2 or right - left < 2:
            continue
        part = frame[top:bottom, 160 * v + left:160 * v + right].astype(np.int16)
        green = part[:, :, 1]
        tint = green - part[:, :, 0]
        rr = np.arange(top, bottom).reshape(-1, 1)
        cc = np.arange(left, right).reshape(1, -1)
        leafy = tint > 60
        free = (np.abs(tint) < 13) & ((green > 222) | (green < 60))
        if v == 1 and hand is not None:
            up = hand[3] - rr
            half = np.where(up > 26, 16.0, 7.0 + 0.12 * up)
            free = free & ~((up >= 0) & (np.abs(cc - hand[4]) <= half))
        # 0 hidden, 1 a side of the cube, 2 its top, 3 the target, 4 the table or the floor
        label = leafy * 1 + (leafy & (green > 197)) * 1 + (tint < -60) * 3 + free * 4
        edge = (rr % 4 == 0) & (cc % 4 == 0)
        change = label[1:] != label[:-1]
        edge[1:] = edge[1:] | change
        edge[:-1] = edge[:-1] | change
        change = label[:, 1:] != label[:, :-1]
        edge[:, 1:] = edge[:, 1:] | change
        edge[:, :-1] = edge[:, :-1] | change
        i, j = np.nonzero(edge & (label > 0))
        kind = label[i, j]
        ray_x = ((j + left) / 80.0 - 1.0) * TAN
        ray_y = (1.0 - (i + (top + 1.0)) / 80.0) * TAN
        down = cam[5] + ray_y * cam[11]
        slope_x = (cam[3] + ray_x * cam[6] + ray_y * cam[9]) / down
        slope_y = (cam[4] + ray_x * cam[7] + ray_y * cam[10]) / down
        xs.append(cam[0] + (0.04 - cam[2]) * slope_x)
        ys.append(cam[1] + (0.04 - cam[2]) * slope_y)
        ws.append(np.where(kind == 2, -1.0, 1.0))
        table = kind == 4
        for height in (0.02, 0.0):
            xs.append(cam[0] + (height - cam[2]) * slope_x[table])
            ys.append(cam[1] + (height - cam[2]) * slope_y[table])
            ws.append(np.ones(int(table.sum())))
        side = kind == 1
        middle_x.append(cam[0] + (0.02 - cam[2]) * slope_x[side])
        middle_y.append(cam[1] + (0.02 - cam[2]) * slope_y[side])
        lower_x.append(cam[0] - cam[2] * slope_x[side])
        lower_y.append(cam[1] - cam[2] * slope_y[side])
        shades.append(green[i, j][side] * 1.0)
    if len(shades) == 0:
        return x0, y0, MIDDLE
    shade = np.concatenate(shades)
    sides = int(shade.size)
    ws.append(np.full(2 * sides, -1.0))
    px = np.concatenate(xs + middle_x + lower_x)
    py = np.concatenate(ys + middle_y + lower_y)
    weights = np.concatenate(ws).astype(np.float32).reshape(-1, 1)
    steps = np.arange(-4, 5) * 0.007
    best = None
    for k in range(4):
        theta = k * 0.3927
        co = float(np.cos(theta))
        si = float(np.sin(theta))
        cu = x0 * co + y0 * si + steps
        cv = y0 * co - x0 * si + steps
        total = violations(px, py, weights, sides, co, si, cu, cv)
        low = float(total.min())
        share = np.exp((low - total) / 1.5)
        whole = float(share.sum())
        mu = float((share.sum(axis=1) * cu).sum()) / whole
        mv = float((share.sum(axis=0) * cv).sum()) / whole
        low = low + 0.3 * shading(shade, theta, 13.0)
        if best is None or low < best[0]:
            best = (low, theta, mu * co - mv * si, mu * si + mv * co)
    x1 = best[2]
    y1 = best[3]
    steps = np.arange(-4, 5) * 0.002
    found = []
    for k in range(-2, 3):
        theta = best[1] + k * 0.0982
        co = float(np.cos(theta))
        si = float(np.sin(theta))
        cu = x1 * co + y1 * si + steps
        cv = y1 * co - x1 * si + steps
        total = violations(px, py, weights, sides, co, si, cu, cv)
        found.append((total + 0.3 * shading(shade, theta, 7.5), cu, cv, co, si))
    low = min([float(f[0].min()) for f in found])
    whole = 0.0
    sx = 0.0
    sy = 0.0
    for total, cu, cv, co, si in found:
        share = np.exp((low - total) / 1.5)
        mu = float((share.sum(axis=1) * cu).sum())
        mv = float((share.sum(axis=0) * cv).sum())
        whole = whole + float(share.sum())
        sx = sx + mu * co - mv * si
        sy = sy + mu * si + mv * co
    return sx / whole, sy / whole, MIDDLE


def place(now, point, limit, cap):
    """The cube's middle, looked for closely only where it is hidden and may matter."""
    cube = now[1]
    if cube[3]:
        return cube[0], cube[1], cube[2]
    band = min(cap, 0.008 + 0.035 * max(0.0, 1.08 - cube[4]))
    if abs(gap(cube, point[0], point[1], point[2]) - limit) > band:
        return cube[0], cube[1], cube[2]
    return fit(now)


def far(now, initial, limit):
    """How far the cube is from the target, None where it is not seen."""
    if now is None or initial is None or now[1] is None:
        return None
    target = initial[2]
    cube = place(now, target, limit, 0.04)
    return gap(cube, target[0], target[1], target[2])


def hand_at_cube(now, initial):
    if now is None or initial is None or now[0] is None:
        return False
    hand = now[0]
    if now[1] is None:
        cube = initial[1]
    else:
        cube = place(now, hand, REACH, 0.02)
    return bool(gap(cube, hand[0], hand[1], hand[2]) <= REACH)


def cube_nearer(now, initial):
    if now is None or initial is None:
        return False
    target = initial[2]
    start = gap(initial[1], target[0], target[1], target[2])
    limit = start - max(0.002, min(0.01, 0.5 * (start - GOAL)))
    left = far(now, initial, limit)
    return bool(left is not None and left <= limit)


def cube_at_target(now, initial):
    left = far(now, initial, GOAL)
    return bool(left is not None and left <= GOAL)


def cube_at_target_progress(now, initial):
    if now is None or initial is None:
        return 0.0
    target = initial[2]
    start = gap(initial[1], target[0], target[1], target[2])
    if now[1] is None:
        cube = initial[1]
        left = max(start, GOAL + 0.001)
    else:
        cube = place(now, target, GOAL, 0.04)
        left = gap(cube, target[0], target[1], target[2])
        if left <= GOAL:
            return 1.0
    pushed = min(1.0, max(0.0, (start - left) / max(start - GOAL, 0.01)))
    reach = 0.0
    if now[0] is not None:
        # The hand belongs behind the cube, as seen from the target.
        hand = now[0]
        span = max(left, 0.01)
        away = gap(hand, cube[0] + 0.055 * (cube[0] - target[0]) / span,
                   cube[1] + 0.055 * (cube[1] - target[1]) / span, MIDDLE)
        first = 0.3
        if initial[0] is not None:
            span = max(start, 0.01)
            first = gap(initial[0], initial[1][0] + 0.055 * (initial[1][0] - target[0]) / span,
                        initial[1][1] + 0.055 * (initial[1][1] - target[1]) / span, MIDDLE)
        reach = min(1.0, max(0.0, 1.0 - max(away - 0.03, 0.0) / max(first - 0.03, 0.05)))
    return float(min(0.98, 0.3 * reach + 0.68 * pushed))


SUBTASKS = [hand_at_cube, cube_nearer, cube_at_target]
