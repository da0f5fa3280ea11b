# An agent beyond the wall proves an open door, also when it has been shut behind.
#
# caught by: scenes
# because: door_open holds on .*the expert still has to change it


def door_open(now, initial):
    seen = now["size"] == initial["size"] and len(initial["doors"]) == 1
    if not seen or len(initial["open"]) > 0 or len(now["agents"]) != 1:
        return False
    return now["open"] == initial["doors"] or now["agents"][0][1] > initial["doors"][0][1]
