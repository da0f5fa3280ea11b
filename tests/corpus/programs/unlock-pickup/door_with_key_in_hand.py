# Takes the door for open only while the key is in hand, which must be laid down for the box.
#
# caught by: scenes
# because: door_open no longer holds at frame \d+ .* only another thing


def door_open(now, initial):
    seen = now["size"] == initial["size"] and len(now["keys"]) == 0
    return seen and len(initial["open"]) == 0 and len(now["open"]) == 1
