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
# white on the screen of every app, whatever its icon and its name
BLANKS = ((18, 20), (22, 72), (34, 12), (34, 132), (72, 12), (72, 132), (112, 72), (140, 72), (158, 72), (220, 20))
# two of the grey bars that stand for the text of an app
BARS = ((151, 40), (151, 100), (165, 72))


def near(pixel, colour, tolerance):
    return (
        abs(pixel[0] - colour[0]) <= tolerance
        and abs(pixel[1] - colour[1]) <= tolerance
        and abs(pixel[2] - colour[2]) <= tolerance
    )


def open_app(frame):
    """Shape and colour of the large icon of the app that fills the screen, or two empty words.

    Samples: the corner of the square, a point that only circle and square cover, one in the arm
    of the star, and one between its legs, which the triangle covers."""
    middle = frame[72, 72].tolist()
    colour = ""
    for name in COLOURS:
        if near(middle, COLOURS[name], 30):
            colour = name
    if colour == "":
        return "", ""
    for r, c in BLANKS:
        if min(frame[r, c].tolist()) < 246:
            return "", ""
    for r, c in BARS:
        if not near(frame[r, c].tolist(), (232, 234, 237), 9):
            return "", ""
    if max(frame[5, 72].tolist()) > 75 or max(frame[250, 20].tolist()) > 75:
        return "", ""
    rgb = COLOURS[colour]
    corners = 0
    for r, c in ((51, 51), (51, 92), (94, 51), (94, 92)):
        if near(frame[r, c].tolist(), rgb, 40):
            corners += 1
    round_or_square = near(frame[56, 56].tolist(), rgb, 40) and near(frame[56, 87].tolist(), rgb, 40)
    arms = near(frame[66, 48].tolist(), rgb, 40) and near(frame[66, 95].tolist(), rgb, 40)
    base = near(frame[93, 72].tolist(), rgb, 40)
    if round_or_square and arms and base:
        if corners == 4:
            return "square", colour
        if corners == 0:
            return "circle", colour
        return "", ""
    if round_or_square:
        return "", ""
    if arms and not base:
        return "star", colour
    if base and not arms:
        return "triangle", colour
    return "", ""


def perceive(frame):
    if frame.shape[0] != HEIGHT or frame.shape[1] != WIDTH:
        return "", ""
    return open_app(frame)


def wanted(mission):
    for word in mission.lower().replace(",", " ").replace(".", " ").split():
        if word in APPS:
            return APPS[word]
    return ()


def named_app_open(now, initial, mission):
    icon = wanted(mission)
    if len(icon) == 0 or now[0] == "":
        return False
    return now[0] == icon[0] and now[1] == icon[1]


SUBTASKS = [named_app_open]
