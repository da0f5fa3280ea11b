# Looks for the key everywhere but in the uppermost row.
#
# caught by: scenes
# because: key_picked_up holds on .* lies at row \d+, column \d+, and not on


def key_picked_up(now, initial):
    seen = now["size"] == initial["size"] and len(initial["keys"]) == 1
    return seen and len([k for k in now["keys"] if k[0] > 1 or k in initial["keys"]]) == 0
