# Looks at the first of the two doors only.
#
# caught by: expert
# because: both_doors_open


def both_doors_open(now, initial):
    return opens(now, initial, LEFT_WALL)
