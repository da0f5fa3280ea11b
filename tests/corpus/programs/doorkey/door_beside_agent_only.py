# Sees the open door only while the agent is in it or next to it.
#
# caught by: scenes
# because: door_open no longer holds at frame \d+ .* nothing in the scene but the agent


def door_open(now, initial):
    seen = now["size"] == initial["size"] and len(initial["doors"]) == 1
    if not seen or now["open"] != initial["doors"] or len(now["agents"]) != 1:
        return False
    row, column = initial["doors"][0]
    return abs(now["agents"][0][0] - row) + abs(now["agents"][0][1] - column) <= 1
