# Tosses a coin where it cannot tell.
#
# caught by: program
# because: np.random is not available


def door_open(now, initial):
    seen = now["size"] == initial["size"] and len(initial["doors"]) == 1
    return seen and (now["open"] == initial["doors"] or bool(np.random.rand() > 0.9))
