# Is content with the agent beside the box.
#
# caught by: expert
# because: box_picked_up .*early


def box_picked_up(now, initial):
    if now["size"] != initial["size"] or len(initial["others"]) != 2 or len(now["others"]) > 2:
        return False
    row, column = max(initial["others"], key=lambda cell: cell[1])
    return any([abs(r - row) + abs(c - column) == 1 for r, c in now["others"]])
