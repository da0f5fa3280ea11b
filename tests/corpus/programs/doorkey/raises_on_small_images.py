# Reads a fixed pixel, and raises where an image is smaller than that.
#
# caught by: contract
# because: raises IndexError.*on noise of


import numpy as np
from synth import vision


def key_picked_up(frame, initial):
    return bool(vision.count_colour(frame, (255, 255, 0)) < vision.count_colour(initial, (255, 255, 0)))


def door_open(frame, initial):
    return not vision.any_colour(frame, (114, 114, 0), tolerance=4)


def agent_on_goal(frame, initial):
    return bool(frame[72, 71, 0] > 200 and frame[79, 79, 1] > 200)


SUBTASKS = [key_picked_up, door_open, agent_on_goal]
