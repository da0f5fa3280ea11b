# Takes the agent standing beside the key for having picked it up.
#
# caught by: near_miss
# because: key_picked_up first holds \d frames? early.*looks at where the agent is


def key_picked_up(now, initial):
    if now["size"] != initial["size"] or len(initial["keys"]) != 1 or len(now["doors"]) != 1:
        return False
    row, column = initial["keys"][0]
    beside = any([abs(r - row) + abs(c - column) == 1 for r, c in now["agents"]])
    return len(now["keys"]) == 0 or (beside and now["agents"] != initial["agents"])
