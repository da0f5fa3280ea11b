# Returns an array of answers instead of one.
#
# caught by: program
# because: door_open returns .* instead of a bool


def door_open(now, initial):
    return np.array([cell in now["open"] for cell in initial["doors"]])
