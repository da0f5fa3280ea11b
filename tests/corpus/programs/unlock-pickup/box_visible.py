# Is content with the open door, through which the box can be fetched.
#
# caught by: expert
# because: box_picked_up


def box_picked_up(now, initial):
    seen = now["size"] == initial["size"] and len(initial["others"]) >= 2
    return seen and len(now["open"]) == 1 and len(now["others"]) >= 2
