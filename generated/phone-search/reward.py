HEIGHT = 256
WIDTH = 144
COLOURS = {
    "red": (229, 57, 53),
    "green": (46, 158, 68),
    "blue": (30, 102, 229),
    "yellow": (249, 200, 14),
}
APPS = {
    "camera": ("triangle", "yellow"),
    "clock": ("circle", "blue"),
    "mail": ("square", "blue"),
    "maps": ("triangle", "green"),
    "music": ("circle", "red"),
    "news": ("star", "red"),
    "notes": ("square", "green"),
    "phone": ("circle", "green"),
    "photos": ("star", "yellow"),
    "video": ("triangle", "red"),
    "wallet": ("square", "yellow"),
    "weather": ("star", "blue"),
}
# where an icon is looked at: its middle; the corners of the square; two points that only circle
# and square cover; the arms of the star; and a point between its legs, which the triangle covers
LARGE = (
    (72, 72),
    ((51, 51), (51, 92), (94, 51), (94, 92)),
    ((56, 56), (56, 87)),
    ((66, 48), (66, 95)),
    (93, 72),
)
SMALL = (
    (66, 27),
    ((58, 19), (58, 36), (75, 19), (75, 36)),
    ((60, 21), (60, 34)),
    ((65, 19), (65, 36)),
    (74, 27),
)
ROWS = (0, 44, 88, 132)
FIELD = (154, 160, 166)
LINE = (218, 220, 224)
BAR = (232, 234, 237)


def near(pixel, colour, tolerance):
    return (
        abs(pixel[0] - colour[0]) <= tolerance
        and abs(pixel[1] - colour[1]) <= tolerance
        and abs(pixel[2] - colour[2]) <= tolerance
    )


def white(frame, points):
    for r, c in points:
        if min(frame[r, c].tolist()) < 246:
            return False
    return True


def covered(frame, points, down, rgb):
    """How many of the points, moved down, have the colour."""
    count = 0
    for r, c in points:
        if near(frame[r + down, c].tolist(), rgb, 50):
            count += 1
    return count


def icon(frame, places, down):
    """Shape and colour of an icon that is looked at in these places, moved down; or two empty words."""
    middle = frame[places[0][0] + down, places[0][1]].tolist()
    colour = ""
    for name in COLOURS:
        if near(middle, COLOURS[name], 30):
            colour = name
    if colour == "":
        return "", ""
    rgb = COLOURS[colour]
    corners = covered(frame, places[1], down, rgb)
    wide = covered(frame, places[2], down, rgb)
    arms = covered(frame, places[3], down, rgb)
    base = covered(frame, (places[4],), down, rgb)
    if wide == 2 and arms == 2 and base == 1:
        if corners == 4:
            return "square", colour
        if corners == 0:
            return "circle", colour
    if wide == 0 and arms == 2 and base == 0:
        return "star", colour
    if wide == 0 and arms == 0 and base == 1:
        return "triangle", colour
    return "", ""


def open_app(frame):
    """The icon of the app that fills the screen, or two empty words."""
    if not white(frame, ((18, 20), (22, 72), (34, 12), (34, 132), (72, 12), (72, 132), (112, 72), (140, 72), (158, 72))):
        return "", ""
    for r, c in ((151, 40), (151, 100), (165, 72)):
        if not near(frame[r, c].tolist(), BAR, 9):
            return "", ""
    return icon(frame, LARGE, 0)


def found_apps(frame):
    """Whether the search is shown, and the icons in the rows of what it found."""
    if not white(frame, ((15, 20), (15, 130), (23, 110), (43, 20), (43, 130), (228, 20), (228, 72))):
        return False, ()
    if not near(frame[19, 72].tolist(), FIELD, 12) or not near(frame[38, 72].tolist(), FIELD, 12):
        return False, ()
    icons = []
    for down in ROWS:
        if not near(frame[86 + down, 40].tolist(), LINE, 9) or not near(frame[86 + down, 120].tolist(), LINE, 9):
            break
        icons.append(icon(frame, SMALL, down))
    return True, tuple(icons)


def perceive(frame):
    """The icon of the open app, whether the search is shown, and the icons of what it found."""
    if frame.shape[0] != HEIGHT or frame.shape[1] != WIDTH:
        return ("", ""), False, ()
    if max(frame[5, 72].tolist()) > 75 or max(frame[250, 20].tolist()) > 75:
        return ("", ""), False, ()
    shown, icons = found_apps(frame)
    return open_app(frame), shown, icons


def wanted(mission):
    for word in mission.lower().replace(",", " ").replace(".", " ").split():
        if word in APPS:
            return APPS[word]
    return ()


def search_open(now, initial, mission):
    return now[1]


def named_app_found(now, initial, mission):
    named = wanted(mission)
    if len(named) == 0:
        return False
    for shape, colour in now[2]:
        if shape == named[0] and colour == named[1]:
            return True
    return False


def named_app_open(now, initial, mission):
    named = wanted(mission)
    return len(named) > 0 and now[0][0] == named[0] and now[0][1] == named[1]


SUBTASKS = [search_open, named_app_found, named_app_open]
