# Looks at the key's first tile only: a key that lies elsewhere counts as picked up.
#
# caught by: near_miss
# because: key_picked_up holds .* although the thing of which it tells .* lies elsewhere there


def key_picked_up(now, initial):
    if now["size"] != initial["size"] or len(initial["keys"]) != 1:
        return False
    return initial["keys"][0] not in now["keys"]
