# Takes the goal being out of sight for the agent standing on it.
#
# caught by: contract
# because: agent_on_goal holds on a black image .* must first make sure that the image shows the scene


def perceive(frame):
    height, width = frame.shape[:2]
    return (height, width), int(np.count_nonzero(green(frame.astype(np.int32)))) * 64 / (height * width)


def agent_on_goal(now, initial):
    return now[0] == initial[0] and initial[1] > 0.9 and now[1] < 0.9
