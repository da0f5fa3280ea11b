# Looks for the key in every column but the one before the door.
#
# caught by: scenes
# because: key_picked_up holds on .* lies at row \d+, column \d+, and not on


def key_picked_up(now, initial):
    seen = now["size"] == initial["size"] and len(initial["keys"]) == 1
    return seen and len([k for k in now["keys"] if k[1] != WALL - 1 or k in initial["keys"]]) == 0
