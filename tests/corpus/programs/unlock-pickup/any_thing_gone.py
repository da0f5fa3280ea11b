# Takes one thing less for the box being gone, be it only the key.
#
# caught by: expert
# because: box_picked_up .*early


def box_picked_up(now, initial):
    seen = now["size"] == initial["size"] and len(initial["others"]) >= 2
    before = len(initial["others"]) + len(initial["keys"])
    return seen and len(now["others"]) + len(now["keys"]) == before - 1
