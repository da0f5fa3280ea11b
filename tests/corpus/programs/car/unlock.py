"""The published logic for Unlock: the same key and door, and yellow as in DoorKey."""
from synth import vision

YELLOW = (255, 255, 0)
DARK_YELLOW = (114, 114, 0)
ROWS = 6


def perceive(frame):
    tile = frame.shape[0] // ROWS
    yellow = vision.blobs(vision.where(frame, YELLOW, tolerance=100), 4, diagonal=True)
    return {
        "keys": len([blob for blob in yellow if tile < 3 * blob.height < 3 * tile]),
        "doors": len([blob for blob in yellow if blob.height == tile]),
        "locked": vision.any_colour(frame, DARK_YELLOW),
    }


def key_picked_up(now, initial):
    return initial["keys"] == 1 and now["keys"] == 0 and now["doors"] == 1


def door_open(now, initial):
    return initial["locked"] and not now["locked"] and now["doors"] == 1


SUBTASKS = [key_picked_up, door_open]
