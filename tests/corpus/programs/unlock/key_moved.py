# Takes a key that lies elsewhere for one that is carried.
#
# caught by: near_miss
# because: key_picked_up holds .* although the thing of which it tells .* lies elsewhere there


def key_picked_up(now, initial):
    seen = now["size"] == initial["size"]
    return seen and len(initial["keys"]) == 1 and now["keys"] != initial["keys"]
