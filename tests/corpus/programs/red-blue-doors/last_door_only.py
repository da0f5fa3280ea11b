# Looks at the last of the two doors only: the blue one alone is no success.
#
# caught by: random
# because: both_doors_open


def both_doors_open(now, initial):
    return opens(now, initial, RIGHT_WALL)
