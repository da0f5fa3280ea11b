import numpy as np
from synth import vision

COLOURS = {
    "red": (229, 57, 53),
    "blue": (30, 102, 229),
    "green": (46, 158, 68),
    "yellow": (249, 200, 14),
}

# The icons of the apps whose icons are known: (colour, shape).
ICONS = {
    "Music": ("red", "circle"),
    "News": ("red", "star"),
    "Photos": ("yellow", "star"),
    "Wallet": ("yellow", "square"),
    "Camera": ("yellow", "triangle"),
    "Clock": ("blue", "circle"),
    "Weather": ("blue", "star"),
    "Phone": ("green", "circle"),
}

# How wide each letter of the large bold writing is, in thousandths of its size.
SIZE = 14
WIDTHS = {
    "A": 722, "B": 722, "C": 722, "D": 722, "E": 667, "F": 611, "G": 778, "H": 722, "I": 278,
    "J": 556, "K": 722, "L": 611, "M": 833, "N": 722, "O": 778, "P": 667, "Q": 778, "R": 722,
    "S": 667, "T": 611, "U": 722, "V": 667, "W": 944, "X": 667, "Y": 667, "Z": 611,
    "a": 556, "b": 611, "c": 556, "d": 611, "e": 556, "f": 333, "g": 611, "h": 611, "i": 278,
    "j": 278, "k": 556, "l": 278, "m": 889, "n": 611, "o": 611, "p": 611, "q": 611, "r": 389,
    "s": 556, "t": 333, "u": 611, "v": 556, "w": 778, "x": 556, "y": 556, "z": 500,
}
TALL = "ABCDEFGHIJKLMNOPQRSTUVWXYZbdfhijklt"
HANGING = "gjpqy"
MIDDLE = 72  # the column around which the icon and the writing stand


def perceive(frame):
    # the checker looks at the few places that matter
    return frame[:]


def is_app(frame):
    # the white page of an app: five light grey bars, and white around them
    if frame.shape[0] != 256 or frame.shape[1] != 144:
        return False
    bars = frame[151:209:14, 22:122:33]
    if bars.min() < 224 or bars.max() > 245:
        return False
    gaps = frame[158:216:14, 8:140:32]
    margins = frame[16:230:12, 3:144:137]
    return bool(gaps.min() >= 246 and margins.min() >= 246)


def icon_of(frame):
    # (colour, shape) of the large icon
    view = frame[36:110, 32:112]
    middle = frame[73, MIDDLE].tolist()
    for colour, rgb in COLOURS.items():
        if max(abs(middle[i] - rgb[i]) for i in range(3)) > 14:
            continue
        mask = vision.where(view, rgb, tolerance=14)
        top, left, bottom, right = vision.bounding_box(mask)
        box = (bottom - top) * (right - left)
        if box < 900:
            return "", ""
        share = float(mask.sum()) / box
        if share < 0.45:
            return colour, "star"
        if share < 0.66:
            return colour, "triangle"
        if share < 0.88:
            return colour, "circle"
        return colour, "square"
    return "", ""


def reads(frame, name):
    # whether the large writing has the width of the name, and rises and hangs
    # down where the letters of the name do
    if name == "" or not all(letter in WIDTHS for letter in name):
        return False
    dark = frame[112:146, :, 0] < 128
    inked = np.flatnonzero(dark.any(axis=0))
    if inked.size == 0:
        return False
    scale = SIZE / 1000
    width = sum(WIDTHS[letter] for letter in name) * scale
    start = MIDDLE - width / 2
    end = MIDDLE + width / 2
    left = int(inked[0])
    right = int(inked[-1]) + 1
    if left < start - 1.6 or left > start + 2.7 or right < end - 2.7 or right > end + 1.6:
        return False
    # the first letter stands on the base line
    first = dark[:, int(start) + 1:int(start + WIDTHS[name[0]] * scale)]
    rows = np.flatnonzero(first.any(axis=1))
    if rows.size == 0 or rows[-1] < 15 or rows[-1] > 28:
        return False
    base = int(rows[-1])
    above = dark[base - 10:base - 7].any(axis=0)
    below = dark[base + 1:base + 4].any(axis=0)
    x = start
    for letter in name:
        after = x + WIDTHS[letter] * scale
        wide = slice(int(x), int(after) + 1)
        inner = slice(int(x + 1.5), int(after - 0.5))
        if letter in TALL:
            if not above[wide].any():
                return False
        elif above[inner].any():
            return False
        if letter in HANGING:
            if not below[wide].any():
                return False
        elif below[inner].any():
            return False
        x = after
    return True


def wanted(mission):
    # what stands after "open"
    words = mission.split()
    if len(words) != 2 or words[0].lower() != "open":
        return ""
    return words[1]


def named_app_open(now, initial, mission):
    name = wanted(mission)
    if name == "" or not is_app(now):
        return False
    if name in ICONS:
        return icon_of(now) == ICONS[name]
    return reads(now, name)


SUBTASKS = [named_app_open]
