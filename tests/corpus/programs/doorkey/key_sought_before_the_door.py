# Looks for the key in the first room only, as if nobody could put it down beyond the door.
#
# caught by: scenes
# because: key_picked_up (holds|does not hold) on .* lies at row


def key_picked_up(now, initial):
    seen = now["size"] == initial["size"] and len(now["doors"]) == 1
    if not seen or len(initial["keys"]) != 1:
        return False
    return len([cell for cell in now["keys"] if cell[1] < now["doors"][0][1]]) == 0
