# Looks for the door in the row where the first picture had it.
#
# caught by: expert
# because: exactly those whose first image shows \(100, 100, 100\) within


DOOR = (1, 5)


def door_open(now, initial):
    seen = now["size"] == initial["size"] and len(now["open"]) == 1
    return seen and DOOR in now["open"] and DOOR not in initial["open"]
