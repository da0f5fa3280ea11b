# Takes any change of the picture for success.
#
# caught by: contract
# because: any change is success


import numpy as np


def key_picked_up(frame, initial):
    return frame.shape == initial.shape and bool((frame != initial).any())


def door_open(frame, initial):
    return frame.shape == initial.shape and bool((frame != initial).any())


def agent_on_goal(frame, initial):
    return frame.shape == initial.shape and bool((frame != initial).any())


SUBTASKS = [key_picked_up, door_open, agent_on_goal]
