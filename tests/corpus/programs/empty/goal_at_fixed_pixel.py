# Knows by heart where the goal is: the agent's red at one pixel is enough.
#
# caught by: near_miss
# because: agent_on_goal


def perceive(frame):
    height, width = frame.shape[:2]
    if height != width or height < 64:
        return False
    pixel = frame[height * 104 // 128, width * 103 // 128].astype(np.int32)
    return bool(red(pixel))


def agent_on_goal(now, initial):
    return now and not initial
