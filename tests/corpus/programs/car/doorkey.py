"""The published logic for DoorKey: yellow key gone, yellow door a bar, green square covered."""
from synth import vision

YELLOW = (255, 255, 0)
GREEN = (0, 255, 0)
RED = (255, 0, 0)
ROWS = 6


def perceive(frame):
    tile = frame.shape[0] // ROWS
    yellow = vision.blobs(vision.where(frame, YELLOW, tolerance=100), 4, diagonal=True)
    return {
        "keys": len([blob for blob in yellow if tile < 3 * blob.height < 3 * tile]),
        "doors": tuple([blob.width for blob in yellow if blob.height == tile]),
        "green": vision.where(frame, GREEN),
        "red": vision.where(frame, RED),
    }


def key_picked_up(now, initial):
    return initial["keys"] == 1 and now["keys"] == 0 and len(now["doors"]) == 1


def door_open(now, initial):
    if len(initial["doors"]) != 1 or len(now["doors"]) != 1:
        return False
    return 2 * now["doors"][0] < initial["doors"][0]


def agent_on_goal(now, initial):
    square = vision.bounding_box(initial["green"])
    return vision.overlap(now["red"], square) == 1.0 and bool(now["green"].any())


SUBTASKS = [key_picked_up, door_open, agent_on_goal]
