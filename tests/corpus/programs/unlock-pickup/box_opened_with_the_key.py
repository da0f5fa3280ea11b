# Takes any box that is gone for held: also one that was opened, with the key still in hand.
#
# caught by: scenes
# because: box_picked_up holds, but the environment reports no success


def box_picked_up(now, initial):
    seen = now["size"] == initial["size"] and len(initial["others"]) >= 2
    return seen and len(now["others"]) == len(initial["others"]) - 1
