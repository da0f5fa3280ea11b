# No key in sight is a key picked up, whether or not there ever was one.
#
# caught by: near_miss
# because: key_picked_up


def key_picked_up(now, initial):
    return len(now["doors"]) == 1 and len(now["keys"]) == 0
