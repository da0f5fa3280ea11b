# Takes a right room without a box for the box being picked up, whatever it held at first.
#
# caught by: contract
# because: box_picked_up holds on a


def box_picked_up(now, initial):
    return len([cell for cell in now["others"] if cell[1] > WALL]) <= 1 and len(now["open"]) <= 1
