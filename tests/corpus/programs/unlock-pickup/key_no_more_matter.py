# Takes the key for picked up wherever it lies, once the door is open.
#
# caught by: scenes
# because: key_picked_up (holds|does not hold) on .* lies at row


def key_picked_up(now, initial):
    seen = now["size"] == initial["size"] and len(initial["keys"]) == 1
    return seen and (len(now["keys"]) == 0 or len(now["open"]) == 1)
