# Does not see that the box is gone where the agent stands beyond its place.
#
# caught by: scenes
# because: reports success, but box_picked_up does not hold


def box_picked_up(now, initial):
    seen = now["size"] == initial["size"] and len(initial["others"]) >= 2
    if not seen or len(now["others"]) != len(initial["others"]) - 1 or len(now["keys"]) != 1:
        return False
    row, column = max(initial["others"], key=lambda cell: cell[1])
    return (row, column + 1) not in now["others"]
