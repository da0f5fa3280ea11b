# Asks for the key in hand while the door is open, which nobody needs any more.
#
# caught by: scenes
# because: door_open no longer holds at frame \d+ .* only another thing


def door_open(now, initial):
    seen = now["size"] == initial["size"] and len(initial["doors"]) == 1 and len(now["keys"]) == 0
    return seen and len(initial["open"]) == 0 and now["open"] == initial["doors"]
