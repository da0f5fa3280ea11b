import numpy as np
from synth import vision

FULL = {
    "red": (214, 38, 38),
    "green": (38, 165, 58),
    "blue": (48, 77, 224),
    "yellow": (233, 209, 48),
    "cyan": (78, 210, 218),
    "brown": (146, 92, 48),
}
WALL = {
    "red": (154, 28, 28),
    "green": (28, 118, 41),
    "blue": (35, 56, 161),
    "yellow": (168, 151, 35),
    "cyan": (56, 151, 157),
    "brown": (105, 66, 35),
}
FLOOR = {
    "red": (96, 17, 17),
    "green": (17, 74, 26),
    "blue": (21, 35, 101),
    "yellow": (105, 94, 21),
    "cyan": (35, 94, 98),
    "brown": (66, 41, 21),
}
THINGS = {"block": "block", "cube": "block", "disk": "disk", "disc": "disk"}
CONTAINERS = {"bowl": "bowl", "box": "box"}
AREA_LOW = 92
AREA_HIGH = 128
MARGIN = 16
SHADE = 9


def wall_look(frame, colour, crop):
    """How many pixels of a container's wall are seen in the crop, and their bounding box."""
    wall = vision.where(vision.crop(frame, crop), WALL[colour], tolerance=SHADE)
    return int(wall.sum()), vision.bounding_box(wall)


def containers(frame):
    """Bowls and boxes: (colour, kind, crop, pixels of wall, their box, geometry).

    The geometry is (row, column, limit) of a bowl, and of a box
    (cosine, sine, middle along u, limit along u, middle along v, limit along v).
    Limits hold for the centres of a thing's pixels: the middle of the wall less a quarter."""
    found = []
    height, width = frame.shape[0], frame.shape[1]
    for colour in WALL:
        mask = vision.where(frame, WALL[colour], FLOOR[colour], tolerance=SHADE)
        for blob in vision.blobs(mask, min_area=300):
            ys, xs = np.nonzero(blob.mask)
            if len(ys) < 300:
                continue
            top, bottom = float(ys.min()), float(ys.max())
            left, right = float(xs.min()), float(xs.max())
            cy, cx = (top + bottom) / 2, (left + right) / 2
            far = float(np.sort(np.hypot(ys - cy, xs - cx))[-8])
            if far > 18.5:
                kind = "box"
                turn = np.deg2rad(np.arange(0.0, 90.0, 1.0))
                cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
                u = cos * xs[None, :] + sin * ys[None, :]
                v = cos * ys[None, :] - sin * xs[None, :]
                u_low, u_high = u.min(axis=1), u.max(axis=1)
                v_low, v_high = v.min(axis=1), v.max(axis=1)
                best = int(np.argmin((u_high - u_low) * (v_high - v_low)))
                geometry = (
                    float(cos[best, 0]),
                    float(sin[best, 0]),
                    float(u_high[best] + u_low[best]) / 2,
                    float(u_high[best] - u_low[best]) / 2 - 1.45,
                    float(v_high[best] + v_low[best]) / 2,
                    float(v_high[best] - v_low[best]) / 2 - 1.45,
                )
            else:
                kind = "bowl"
                if len(ys) >= 780:
                    cy, cx = float(ys.mean()), float(xs.mean())
                geometry = (cy, cx, 14.3)
            crop = (
                max(0, int(top) - MARGIN),
                max(0, int(left) - MARGIN),
                min(height, int(bottom) + 1 + MARGIN),
                min(width, int(right) + 1 + MARGIN),
            )
            count, box = wall_look(frame, colour, crop)
            found.append((colour, kind, crop, count, tuple(box), geometry))
    return tuple(found)


def perceive(frame):
    return frame


def perceive_initial(frame):
    return frame.shape[0], frame.shape[1], containers(frame)


def wanted(mission):
    """Colour and kind of the thing, colour and kind of the container; shorter if not named."""
    words = mission.lower().replace(",", " ").replace(".", " ").split()
    thing = ()
    container = ()
    for i in range(len(words) - 1):
        if words[i] in FULL:
            if words[i + 1] in THINGS and len(thing) == 0:
                thing = (words[i], THINGS[words[i + 1]])
            if words[i + 1] in CONTAINERS:
                container = (words[i], CONTAINERS[words[i + 1]])
    return thing + container


def inside(ys, xs, geometry):
    """Whether all these pixels lie within the middle of the wall."""
    if len(geometry) == 3:
        dy, dx = ys - geometry[0], xs - geometry[1]
        return bool((dy * dy + dx * dx).max() <= geometry[2] * geometry[2])
    cos, sin, u_mid, u_limit, v_mid, v_limit = geometry
    u = np.abs(cos * xs + sin * ys - u_mid)
    v = np.abs(cos * ys - sin * xs - v_mid)
    return bool(u.max() <= u_limit and v.max() <= v_limit)


def kind_of(ys, xs):
    """A square has a larger fourth moment for its area than a disk, however it is turned."""
    dy, dx = ys - ys.mean(), xs - xs.mean()
    square = dy * dy + dx * dx
    moment = float((square * square).mean()) / (len(ys) * len(ys))
    return "block" if moment > 0.0355 else "disk"


def whole_kinds(frame, colour):
    """The kinds of the things of that colour that are seen whole, anywhere."""
    kinds = []
    for blob in vision.blobs(vision.where(frame, FULL[colour], tolerance=14), min_area=AREA_LOW):
        if blob.area <= AREA_HIGH:
            ys, xs = np.nonzero(blob.mask)
            kinds.append(kind_of(ys, xs))
    return kinds


def half_inside(ys, xs, kind, geometry):
    """Two things of one colour that touch: cut them apart across their long axis."""
    dy, dx = ys - ys.mean(), xs - xs.mean()
    angle = 0.5 * np.arctan2(2 * (dx * dy).mean(), (dx * dx).mean() - (dy * dy).mean())
    along = dx * np.cos(angle) + dy * np.sin(angle) >= 0
    for part in (along, ~along):
        if int(part.sum()) >= 40 and kind_of(ys[part], xs[part]) == kind:
            if inside(ys[part], xs[part], geometry):
                return True
    return False


def thing_in(frame, colour, kind, container):
    crop = container[2]
    mask = vision.where(vision.crop(frame, crop), FULL[colour], tolerance=14)
    if int(mask.sum()) < 8:
        return False
    geometry = container[5]
    for blob in vision.blobs(mask, min_area=8):
        ys, xs = np.nonzero(blob.mask)
        ys, xs = ys + crop[0], xs + crop[1]
        within = inside(ys, xs, geometry)
        if len(ys) > AREA_HIGH:
            if within or half_inside(ys, xs, kind, geometry):
                return True
        elif within:
            if len(ys) >= AREA_LOW:
                if kind_of(ys, xs) == kind:
                    return True
            else:
                # partly covered by another thing: it is the one that is not seen whole elsewhere
                kinds = whole_kinds(frame, colour)
                if len(kinds) > 0 and kind not in kinds:
                    return True
    return False


def named_thing_in_named_container(now, initial, mission):
    if now.shape[0] != initial[0] or now.shape[1] != initial[1]:
        return False
    names = wanted(mission)
    if len(names) != 4:
        return False
    colour, kind, its_colour, its_kind = names
    for container in initial[2]:
        if container[0] != its_colour or container[1] != its_kind:
            continue
        count, box = wall_look(now, its_colour, container[2])
        moved = count < 0.6 * container[3]
        for a, b in zip(box, container[4]):
            if abs(a - b) > 2:
                moved = True
        if moved:
            for other in containers(now):
                if other[0] == its_colour and other[1] == its_kind and thing_in(now, colour, kind, other):
                    return True
        elif thing_in(now, colour, kind, container):
            return True
    return False


SUBTASKS = [named_thing_in_named_container]
