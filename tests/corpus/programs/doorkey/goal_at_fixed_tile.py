# Knows by heart where the goal is: it always was at the bottom right.
#
# caught by: near_miss
# because: exactly those whose first image does not show \(0, 255, 0\) within rows 6\d..79, columns 6\d..79


GOAL = (4, 4)


def agent_on_goal(now, initial):
    return GOAL in now["agents"]
