# Takes the key for picked up only while the door is shut.
#
# caught by: scenes
# because: key_picked_up no longer holds at frame \d+ .* only another thing


def key_picked_up(now, initial):
    seen = now["size"] == initial["size"] and len(now["open"]) == 0
    return seen and len(initial["keys"]) == 1 and len(now["keys"]) == 0
