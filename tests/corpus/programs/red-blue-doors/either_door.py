# Is content with either door.
#
# caught by: expert
# because: both_doors_open


def both_doors_open(now, initial):
    return opens(now, initial, LEFT_WALL) or opens(now, initial, RIGHT_WALL)
