# Takes the key for picked up while the agent is in the room where it lay.
#
# caught by: scenes
# because: key_picked_up no longer holds at frame \d+ .* nothing in the scene but the agent


def key_picked_up(now, initial):
    seen = now["size"] == initial["size"] and len(initial["doors"]) == 1
    if not seen or len(initial["keys"]) != 1 or len(now["keys"]) > 0:
        return False
    return all([column <= initial["doors"][0][1] for row, column in now["agents"]])
