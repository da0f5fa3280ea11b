# Looks for the door in the one column where the first pictures had it.
#
# caught by: expert
# because: door_open is missed in .* exactly those whose first image (shows|does not show) .* within rows 1\d..79


DOOR_COLUMN = 2


def door_open(now, initial):
    seen = now["size"] == initial["size"] and len(initial["doors"]) == 1
    return seen and any([column == DOOR_COLUMN for _, column in now["open"]])
